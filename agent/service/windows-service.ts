/**
 * The agent as two logon tasks of one user (one starts it, one looks whether it died), or, where this account may make no tasks, an entry under its Run key. Owns these, the copy of
 * the executable, and a second copy beside it that has no console window. Checked under Wine alone.
 */
import { spawn } from 'node:child_process'
import { existsSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  asTaskFile,
  logonTaskXml,
  quoteForWindows,
  REVIVAL_TASK_NAME,
  TASK_NAME,
  type TaskOptions,
} from './logon-task.ts'
import { placeFor, putInPlace, rmIfPossible, withoutConsole } from './program.ts'
import { carriedEnvironment, type Service, type ServiceContext } from './service.ts'
import type { ToolResult } from './tools.ts'

const RUN_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'

/** An agent that dies is missed for so long at most. */
const REVIVAL_MINUTES = 2
/** Until what a task starts has to answer. */
const TASK_STARTS_MS = 5_000

export function createWindowsService(context: ServiceContext): Service {
  const { environment, userHome, program, agent, print } = context
  let schedulerIsSilent = false
  const place = placeFor(environment, userHome, 'win32')
  const silent = join(dirname(place), 'landale-agentw.exe')

  /** A task scheduler that does not answer once is not asked again: the Run key is there too. */
  async function tools(command: string, args: readonly string[]): Promise<ToolResult> {
    if (command === 'schtasks' && schedulerIsSilent)
      return { code: 'silent', said: 'the task scheduler does not answer' }
    const result = await context.tools(command, args)
    if (command === 'schtasks' && result.code === 'silent') schedulerIsSilent = true
    return result
  }

  async function demand(command: string, args: readonly string[]): Promise<void> {
    const { code, said } = await tools(command, args)
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${said}`)
  }

  /** The program and its arguments, which start at logon. */
  function putPrograms(): readonly [string, ...string[]] {
    if (program.kind === 'source') return [...program.command, 'run', '--log-file'] as [string, ...string[]]
    putInPlace(program.command[0], place)
    putInPlace(place, silent, withoutConsole)
    print(`the program is ${place}`)
    return [silent, 'run', '--log-file']
  }

  /** False when this account may not. */
  async function makeTasks([command, ...args]: readonly [string, ...string[]]): Promise<boolean> {
    const user = `${environment.USERDOMAIN ?? environment.COMPUTERNAME ?? '.'}\\${environment.USERNAME ?? ''}`
    const task = { user, program: command, args, folder: dirname(command) }
    const revival = { ...task, args: [...args, '--if-crashed'], everyMinutes: REVIVAL_MINUTES }
    const said = (await makeTask(TASK_NAME, task)) ?? (await makeTask(REVIVAL_TASK_NAME, revival))
    if (said === undefined) return true
    print(
      `Windows takes no task from this account (${said}); the Run key is used instead: it is not started again if it dies`,
    )
    return false
  }

  /** What Windows says against it, or undefined. */
  async function makeTask(name: string, options: TaskOptions): Promise<string | undefined> {
    const file = join(tmpdir(), `landale-agent-task-${process.pid}.xml`)
    writeFileSync(file, asTaskFile(logonTaskXml(options)))
    try {
      const { code, said } = await tools('schtasks', ['/Create', '/TN', name, '/XML', file, '/F'])
      return code === 0 ? undefined : said
    } finally {
      rmSync(file, { force: true })
    }
  }

  /** Wine takes tasks and forgets them. */
  async function hasTask(): Promise<boolean> {
    const { code, said } = await tools('schtasks', ['/Query', '/TN', TASK_NAME, '/FO', 'LIST'])
    return code === 0 && said.includes(TASK_NAME)
  }

  async function removeStart(): Promise<void> {
    for (const name of [TASK_NAME, REVIVAL_TASK_NAME]) await tools('schtasks', ['/Delete', '/TN', name, '/F'])
    await tools('reg', ['delete', RUN_KEY, '/v', TASK_NAME, '/f'])
  }

  /** False when it does not come. */
  async function startNow(words: readonly [string, ...string[]], byTask: boolean): Promise<boolean> {
    // That Windows takes the order does not mean that it starts anything: not where nobody is at the desk.
    if (
      byTask &&
      (await tools('schtasks', ['/Run', '/TN', TASK_NAME])).code === 0 &&
      (await agent.comes(TASK_STARTS_MS))
    ) {
      return true
    }
    const [command, ...args] = words
    const child = spawn(command, args, { detached: true, stdio: 'ignore', windowsHide: true, cwd: dirname(command) })
    // Whether it runs is looked for.
    child.on('error', () => {})
    child.unref()
    return agent.comes()
  }

  return {
    async install() {
      const carried = carriedEnvironment(environment)
      const before = await agent.end('leave')
      const words = putPrograms()
      await removeStart()
      const byTask = await makeTasks(words)
      if (!byTask) {
        await removeStart()
        await demand('reg', [
          'add',
          RUN_KEY,
          '/v',
          TASK_NAME,
          '/t',
          'REG_SZ',
          '/d',
          words.map(quoteForWindows).join(' '),
          '/f',
        ])
      }
      if (Object.keys(carried).length > 0) {
        print(
          `at logon ${Object.keys(carried).join(', ')} must be in the account's environment (setx), or they do not count`,
        )
      }
      if (!(await startNow(words, byTask))) {
        throw new Error(
          'it was started, but does not answer; what it says is in agent.log in the folder that "landale-agent doctor" names',
        )
      }
      print(before ? 'it runs, and has taken over what ran' : 'it runs, and starts at logon')
    },

    async uninstall() {
      await agent.end('stop')
      await removeStart()
      const left = [silent, `${silent}.old`, `${place}.old`, place].filter((file) => !rmIfPossible(file))
      if (left.length > 0) print(`Windows removes no program that runs; remove it afterwards: ${left.join(', ')}`)
      try {
        rmdirSync(dirname(place))
      } catch {
        // The uninstaller is in it too, or the program that runs.
      }
    },

    async state() {
      if (await hasTask()) return { state: 'installed', says: `the logon task "${TASK_NAME}" is there` }
      const key = await tools('reg', ['query', RUN_KEY, '/v', TASK_NAME])
      if (key.code === 0) return { state: 'installed', says: 'it starts at logon by the Run key' }
      return existsSync(silent)
        ? { state: 'broken', says: 'nothing starts it at logon; run: landale-agent install' }
        : { state: 'absent', says: 'it does not start by itself; run: landale-agent install' }
    },
  }
}
