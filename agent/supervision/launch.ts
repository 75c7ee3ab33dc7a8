/** Starts one process by its definition, as nobody's child in particular: it outlives the agent. No shell is involved. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { errorCode, errorMessage } from '../base/errors.ts'
import { type Definition, neededPorts } from '../definitions/definition.ts'
import type { ProcessLog } from '../logs/process-log.ts'
import { MARKER, plainName } from '../platform/platform.ts'

export type Launched =
  | { ok: true; child: ChildProcess; pid: number }
  | { ok: false; reason: string; permanent: boolean }

/** Will not be otherwise the next time, unless somebody changes something. */
const PERMANENT = new Set(['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOEXEC', 'EINVAL', 'E2BIG'])

/** On Windows `TEMP` and `Temp` are one variable; Node would take the first of them in the alphabet. */
export function environmentOf(
  definition: Pick<Definition, 'env'>,
  own: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): NodeJS.ProcessEnv {
  if (platform !== 'win32') return { ...own, ...definition.env }
  const given = new Set(Object.keys(definition.env).map((name) => name.toLowerCase()))
  const kept = Object.entries(own).filter(([name]) => !given.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...definition.env }
}

const SHELLS = new Set(['cmd', 'powershell', 'pwsh'])

/** A shell opens a console where it has none. Any other program that is told to hide hides its own window: OBS would run unseen. */
export function isHidden(command: string): boolean {
  return SHELLS.has(plainName(command))
}

export async function launch(
  definition: Definition,
  log: ProcessLog,
  marker: string,
  own: NodeJS.ProcessEnv,
): Promise<Launched> {
  const { command, args, cwd } = definition
  if (cwd !== undefined && !isFolder(cwd)) return failed(`the folder "${cwd}" does not exist`, true)
  for (const port of neededPorts(definition)) {
    const trouble = await portTrouble(port)
    if (trouble !== undefined) return failed(`port ${port} is not free: ${trouble}`, false)
  }
  let files: { out: number; err: number }
  try {
    const logFolder = definition.env.LOG_DIR
    if (logFolder) mkdirSync(logFolder, { recursive: true })
    files = log.openForProcess()
  } catch (error) {
    return failed(`its output has nowhere to go: ${errorMessage(error)}`, false)
  }
  try {
    return await begun(
      spawn(command, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...environmentOf(definition, own), [MARKER]: marker },
        // A group of its own: a Ctrl+C meant for the agent is not for it, and all of it can be signalled at once.
        detached: true,
        stdio: ['ignore', files.out, files.err],
        windowsHide: isHidden(command),
      }),
      command,
    )
  } catch (error) {
    return spawnFault(error, command)
  } finally {
    closeSync(files.out)
    closeSync(files.err)
  }
}

function begun(child: ChildProcess, command: string): Promise<Launched> {
  const { pid } = child
  if (pid !== undefined) {
    // A kill that fails is told here too, and is nobody's fault.
    child.on('error', () => {})
    return Promise.resolve({ ok: true, child, pid })
  }
  return new Promise((resolve) => child.once('error', (error) => resolve(spawnFault(error, command))))
}

function spawnFault(error: unknown, command: string): Launched {
  const code = errorCode(error) ?? ''
  const known: Record<string, string> = {
    ENOENT: `there is no command "${command}"; give its full path or correct the name`,
    EACCES: `"${command}" may not be executed by this account`,
    EINVAL: `"${command}" is no program; make cmd.exe its command, and "/c" and the file its args`,
  }
  return failed(known[code] ?? `"${command}" did not start: ${errorMessage(error)}`, PERMANENT.has(code))
}

function failed(reason: string, permanent: boolean): Launched {
  return { ok: false, reason, permanent }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Undefined when it is free on all addresses. */
function portTrouble(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) =>
      resolve(errorCode(error) === 'EADDRINUSE' ? 'another program listens there' : errorMessage(error)),
    )
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
