/** Install, upgrade and uninstall on each system, with tools that only remember what they were asked. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { placesFrom } from '../settings.ts'
import { PACKAGED_PROGRAM } from './linux-service.ts'
import { placeFor, putInPlace, withoutConsole } from './program.ts'
import { createService, type InstallOptions, purge, type ServiceContext } from './service.ts'
import { systemTools, type ToolResult } from './tools.ts'

const PLAIN: InstallOptions = { start: undefined, allowSetuid: false, asRoot: false }

let home: string
let said: string[]
let calls: string[]
let answers: Record<string, ToolResult>
let running: boolean
let starts: boolean

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'landale jörg '))
  said = []
  calls = []
  answers = {}
  running = false
  starts = true
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** `refuse('systemctl --user enable')`: whatever begins so fails. */
function refuse(call: string, says: string, code: ToolResult['code'] = 1): void {
  answers[call] = { code, said: says }
}

function context(more: Partial<ServiceContext> = {}): ServiceContext {
  return {
    environment: {},
    userHome: home,
    userId: 1000,
    program: more.program ?? { kind: 'executable', command: [download()] },
    agent: {
      answers: async () => running,
      async end(processes) {
        if (!running) return false
        calls.push(`the agent ends, its processes: ${processes}`)
        running = false
        return true
      },
      async comes() {
        running = starts
        return starts
      },
    },
    async tools(command, args) {
      const call = [command, ...args].join(' ')
      calls.push(call)
      const key = Object.keys(answers).find((known) => call.startsWith(known))
      return (key === undefined ? undefined : answers[key]) ?? { code: 0, said: '' }
    },
    print: (text) => said.push(text),
    ...more,
  }
}

/** An executable as somebody has fetched it. */
function download(content: string | Buffer = 'program 1'): string {
  const file = join(home, 'Downloads', 'landale-agent-linux')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

describe('on Linux', () => {
  const unit = () => join(home, '.config/systemd/user/landale-agent.service')
  const place = () => join(home, '.local/bin/landale-agent')
  const linux = (more: Partial<ServiceContext> = {}) => createService('linux', context(more))

  it('copies the program, writes the unit, starts it, and says that it runs', async () => {
    await linux().install(PLAIN)
    expect(readFileSync(place(), 'utf8')).toBe('program 1')
    expect(statSync(place()).mode & 0o777).toBe(0o755)
    expect(readFileSync(unit(), 'utf8')).toContain(`ExecStart="${place()}"`)
    expect(calls).toEqual([
      'systemctl --user show-environment',
      'systemctl --user daemon-reload',
      'systemctl --user disable landale-agent.service',
      'systemctl --user enable landale-agent.service',
      'loginctl enable-linger',
      'systemctl --user restart landale-agent.service',
    ])
    expect(said).toContain('it runs')
  })

  it('again is an upgrade: the former agent goes alone, the program is replaced, its settings stay', async () => {
    const places = placesFrom({ LANDALE_AGENT_HOME: join(home, 'settings') }, 'linux')
    mkdirSync(places.home)
    writeFileSync(places.settings, '{"name":"Zelan"}')
    await linux().install(PLAIN)
    calls = []
    await linux({ program: { kind: 'executable', command: [download('program 2')] } }).install(PLAIN)
    expect(readFileSync(place(), 'utf8')).toBe('program 2')
    expect(calls[1]).toBe('the agent ends, its processes: leave')
    expect(said.at(-1)).toBe('it runs, and has taken over what ran')
    expect(readFileSync(places.settings, 'utf8')).toBe('{"name":"Zelan"}')
  })

  it('with a desktop it starts with that, unless asked otherwise', async () => {
    await linux({ environment: { DISPLAY: ':0' } }).install(PLAIN)
    expect(calls).toContain('systemctl --user add-wants graphical-session.target landale-agent.service')
    expect(calls).not.toContain('loginctl enable-linger')
    await linux({ environment: { DISPLAY: ':0' } }).install({ ...PLAIN, start: 'boot' })
    expect(calls).toContain('loginctl enable-linger')
  })

  it('refused lingering is told, with what to do', async () => {
    refuse('loginctl', 'Access denied')
    await linux({ environment: { USER: 'jörg' } }).install(PLAIN)
    expect(said).toContain(
      'it starts at log-in only: lingering was refused (Access denied); as an administrator run: loginctl enable-linger jörg',
    )
  })

  it('takes the settings’ place, and setuid helpers, when asked to', async () => {
    await linux({ environment: { LANDALE_AGENT_HOME: '/srv/a b' } }).install({ ...PLAIN, allowSetuid: true })
    expect(readFileSync(unit(), 'utf8')).toContain('Environment="LANDALE_AGENT_HOME=/srv/a b"')
    expect(readFileSync(`${unit()}.d/allow-setuid.conf`, 'utf8')).toContain('NoNewPrivileges=no')
    await linux().install(PLAIN)
    expect(existsSync(`${unit()}.d`)).toBe(false)
  })

  it('from the Debian package it uses the package’s program and unit', async () => {
    await linux().install(PLAIN)
    const packaged = { program: { kind: 'executable', command: [PACKAGED_PROGRAM] } } as const
    await linux(packaged).install(PLAIN)
    expect(existsSync(unit())).toBe(false)
    expect(calls).toContain('systemctl --user restart landale-agent.service')
    await linux(packaged).uninstall()
    expect(said).toContain('the program itself is removed by: apt remove landale-agent')
  })

  it('refuses root, and a machine without a systemd for this user, before it changes anything', async () => {
    await expect(linux({ userId: 0 }).install(PLAIN)).rejects.toThrow('run this as the user whose processes they are')
    refuse('systemctl', 'there is no systemctl here', 'absent')
    await expect(linux().install(PLAIN)).rejects.toThrow('systemd runs no services for this user here')
    expect(existsSync(unit()) || existsSync(place())).toBe(false)
  })

  it('says where to look when it does not come up', async () => {
    starts = false
    await expect(linux().install(PLAIN)).rejects.toThrow('why: journalctl --user --unit landale-agent.service')
  })

  it('uninstalls: its processes end, nothing of it is left, twice is no fault', async () => {
    await linux().install({ ...PLAIN, allowSetuid: true })
    calls = []
    for (const _ of [1, 2]) await linux().uninstall()
    expect(calls.slice(0, 3)).toEqual([
      'the agent ends, its processes: stop',
      'systemctl --user disable --now landale-agent.service',
      'systemctl --user daemon-reload',
    ])
    expect([unit(), `${unit()}.d`, place()].filter(existsSync)).toEqual([])
  })

  it('knows how it is', async () => {
    expect((await linux().state()).state).toBe('installed')
    refuse('systemctl', 'inactive', 3)
    expect((await linux().state()).state).toBe('absent')
    mkdirSync(dirname(unit()), { recursive: true })
    writeFileSync(unit(), '')
    expect(await linux().state()).toMatchObject({ state: 'broken', says: expect.stringContaining('inactive') })
  })
})

describe('on macOS', () => {
  const plist = () => join(home, 'Library/LaunchAgents/app.landale.agent.plist')
  const darwin = (more: Partial<ServiceContext> = {}) => createService('darwin', context({ userId: 501, ...more }))

  it('signs the program, writes the plist, loads it anew', async () => {
    running = true
    await darwin().install(PLAIN)
    const place = join(home, '.local/bin/landale-agent')
    expect(calls).toEqual([
      'the agent ends, its processes: leave',
      'launchctl bootout gui/501/app.landale.agent',
      `codesign --force --sign - ${place}`,
      'launchctl enable gui/501/app.landale.agent',
      `launchctl bootstrap gui/501 ${plist()}`,
    ])
    expect(readFileSync(plist(), 'utf8')).toContain(`<string>${place}</string>`)
  })

  it('says what failed', async () => {
    refuse('launchctl bootstrap', 'Bootstrap failed: 5: Input/output error')
    await expect(darwin().install(PLAIN)).rejects.toThrow('Bootstrap failed: 5')
  })

  it('uninstalls without a trace', async () => {
    await darwin().install(PLAIN)
    await darwin().uninstall()
    expect(existsSync(plist()) || existsSync(join(home, '.local/bin/landale-agent'))).toBe(false)
    refuse('launchctl print', 'not found', 113)
    expect((await darwin().state()).state).toBe('absent')
  })
})

describe('on Windows', () => {
  const windows = (more: Partial<ServiceContext> = {}) =>
    createService(
      'win32',
      context({ userId: undefined, environment: { USERDOMAIN: 'DEMI', USERNAME: 'Jörg' }, ...more }),
    )
  const folder = () => join(home, 'AppData/Local/Programs/Landale Agent')
  const exe = () => ({ kind: 'executable', command: [download(windowsProgram())] }) as const

  it('puts the program and one without a window in place, and makes the task', async () => {
    refuse('schtasks /Query', 'TaskName: \\Landale Agent', 0)
    await windows({ program: exe() }).install(PLAIN)
    expect(existsSync(join(folder(), 'landale-agent.exe'))).toBe(true)
    expect(readFileSync(join(folder(), 'landale-agentw.exe')).readUInt16LE(SUBSYSTEM)).toBe(2)
    const created = calls.filter((call) => call.startsWith('schtasks /Create'))
    expect(created).toEqual([
      expect.stringMatching(/^schtasks \/Create \/TN Landale Agent \/XML .+\.xml \/F$/),
      expect.stringMatching(/^schtasks \/Create \/TN Landale Agent Revival \/XML .+\.xml \/F$/),
    ])
    expect(calls.at(-1)).toBe('schtasks /Run /TN Landale Agent')
  })

  it('an account that may make no tasks starts it by the Run key', async () => {
    refuse('schtasks /Create', 'ERROR: Access is denied.')
    const program = { kind: 'source', command: ['/bin/true', 'C:\\a b\\main.ts'] } as const
    await windows({ program }).install(PLAIN)
    const added = calls.find((call) => call.startsWith('reg add'))
    expect(added).toContain('/v Landale Agent /t REG_SZ /d /bin/true "C:\\a b\\main.ts" run --log-file /f')
    expect(said.join()).toContain('Access is denied')
  })

  it('a task scheduler that does not answer is asked once', async () => {
    refuse('schtasks', 'schtasks does not end', 'silent')
    await windows({ program: { kind: 'source', command: ['/bin/true', 'main.ts'] } }).install(PLAIN)
    expect(calls.filter((call) => call.startsWith('schtasks'))).toHaveLength(1)
    expect(calls.some((call) => call.startsWith('reg add'))).toBe(true)
  })

  it('uninstalls: both ways to start it go, and its files', async () => {
    await windows({ program: exe() }).install(PLAIN)
    calls = []
    await windows({ program: exe() }).uninstall()
    expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'the agent',
      'schtasks /Delete',
      'schtasks /Delete',
      'reg delete',
    ])
    expect(existsSync(folder())).toBe(false)
  })

  it('knows how it is', async () => {
    refuse('schtasks /Query', 'TaskName: \\Landale Agent', 0)
    expect((await windows().state()).state).toBe('installed')
    refuse('schtasks /Query', 'ERROR: The system cannot find the file specified.')
    refuse('reg query', 'ERROR')
    expect((await windows().state()).state).toBe('absent')
  })
})

describe('a program', () => {
  it('without a console differs in one field', () => {
    const program = windowsProgram()
    withoutConsole(program)
    expect(program.readUInt16LE(SUBSYSTEM)).toBe(2)
    program.writeUInt16LE(3, SUBSYSTEM)
    expect(program.equals(windowsProgram())).toBe(true)
    expect(() => withoutConsole(Buffer.from('no program'))).toThrow('no Windows program')
  })

  it('that cannot be put in place leaves the former one there', () => {
    const target = join(home, 'agent')
    writeFileSync(target, 'former')
    const fails = () => {
      throw new Error('no')
    }
    expect(() => putInPlace(download(), target, fails)).toThrow('no')
    expect(readFileSync(target, 'utf8')).toBe('former')
    expect(existsSync(`${target}.new`)).toBe(false)
  })

  it('has its place per user', () => {
    expect(placeFor({ LOCALAPPDATA: 'X' }, home, 'win32')).toBe(join('X', 'Programs/Landale Agent/landale-agent.exe'))
  })
})

describe.skipIf(process.platform === 'win32')('a tool', () => {
  it('says what it printed, how it ended, and that there is none', async () => {
    expect(await systemTools('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({ code: 3, said: 'out\nerr' })
    expect(await systemTools('no-such-tool', [])).toEqual({ code: 'absent', said: 'there is no no-such-tool here' })
  })

  it('is not waited for because of what it has started', async () => {
    const { code, said } = await systemTools('sh', ['-c', 'sleep 1000 & echo $!'])
    expect(code).toBe(0)
    process.kill(Number(said))
  })
})

describe('purge', () => {
  it('takes what the agent wrote, and nothing else', () => {
    const places = placesFrom({ LANDALE_AGENT_HOME: join(home, 'settings') }, 'linux')
    const fill = () => {
      mkdirSync(join(places.logs, 'obs'), { recursive: true })
      for (const file of [places.settings, places.definitions, places.pairing, `${places.state}.damaged`])
        writeFileSync(file, '{}')
    }
    fill()
    expect(purge(places)).toEqual([])
    expect(existsSync(places.home)).toBe(false)
    fill()
    writeFileSync(join(places.home, 'mine.txt'), '')
    expect(purge(places)).toEqual([places.home])
    expect(existsSync(places.settings)).toBe(false)
    const elsewhere = join(home, 'own.json')
    writeFileSync(elsewhere, '{}')
    expect(purge({ ...places, definitions: elsewhere })).toContain(elsewhere)
    expect(existsSync(elsewhere)).toBe(true)
  })
})

const SUBSYSTEM = 0x80 + 24 + 68

/** The headers alone of one for the console. */
function windowsProgram(): Buffer {
  const program = Buffer.alloc(0x200)
  program.write('MZ', 0, 'latin1')
  program.writeUInt32LE(0x80, 0x3c)
  program.write('PE\0\0', 0x80, 'latin1')
  program.writeUInt16LE(3, SUBSYSTEM)
  return program
}
