/**
 * The executables as built, run; the Debian package installed, upgraded and removed for good on this machine; the Windows
 * executable and installer under Wine. One after the other: there is one machine to install on. What this machine cannot do is
 * skipped with its reason; installing on it is done only where CI or LANDALE_TEST_INSTALLERS says that it may be.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AGENT_VERSION } from '../../agent/version.ts'
import { type Built, buildAgent } from './build-agent.ts'
import { makeDebianPackage } from './debian-package.ts'
import { NodeUnavailable } from './node-binary.ts'
import { isOnPath } from './tool.ts'

/** Downloads, Wine's first start, and a machine that does much else. */
const LONG_MS = 300_000
/** To install and to look at what became of it. */
const POLL = { timeout: 60_000, interval: 100 }

const WINE = ['/usr/lib/wine/wine64', '/usr/bin/wine64', '/usr/bin/wine'].find(existsSync)
const WINE_SERVER = ['/usr/lib/wine/wineserver64', '/usr/lib/wine/wineserver', '/usr/bin/wineserver'].find(existsSync)
const isLinux = process.platform === 'linux' && process.arch === 'x64'
const mayInstall = Boolean(process.env.CI || process.env.LANDALE_TEST_INSTALLERS) && process.getuid?.() === 0

const output = mkdtempSync(join(tmpdir(), 'landale installers '))
const prefix = mkdtempSync(join(tmpdir(), 'landale-wine-'))
const WINE_SETTINGS = {
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  // No browser, no Mono, no entries in this machine's menus.
  WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=',
}
const executable = join(output, `landale-agent-${AGENT_VERSION}-linux-x64`)
const windows = join(output, `landale-agent-${AGENT_VERSION}-win-x64.exe`)
const setup = join(output, `landale-agent-${AGENT_VERSION}-win-x64-setup.exe`)

/** Why there is nothing to test, or undefined. */
let unavailable: string | undefined
let built: Built
let keeper: ChildProcess | undefined

describe.skipIf(!isLinux)('what npm run build:agent makes', () => {
  beforeAll(async () => {
    const platforms = WINE ? (['linux-x64', 'win-x64'] as const) : (['linux-x64'] as const)
    try {
      // Wine waits more than it works when it starts for the first time.
      const [made, started] = await Promise.all([
        buildAgent({ platforms, output, fast: true, say: () => {} }),
        WINE ? startWine() : undefined,
      ])
      built = made
      keeper = started
    } catch (error) {
      if (!(error instanceof NodeUnavailable)) throw error
      unavailable = error.message
    }
  }, LONG_MS)
  afterAll(() => rmSync(output, { recursive: true, force: true, maxRetries: 5 }))
  beforeEach(({ skip }) => {
    if (unavailable !== undefined) skip(unavailable)
  })

  it('is whole, and its checksums are right', () => {
    expect(built.missing).toEqual(isOnPath('makensis') || !WINE ? [] : [expect.stringContaining('makensis is not on')])
    const lines = readFileSync(join(output, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
    for (const line of lines) {
      const [sum, name] = line.split('  ')
      const content = readFileSync(join(output, name ?? ''))
      expect([name, sum]).toEqual([name, createHash('sha256').update(content).digest('hex')])
    }
    const listing = JSON.parse(readFileSync(join(output, `landale-agent-${AGENT_VERSION}.json`), 'utf8'))
    expect(listing.files.map(({ file }: { file: string }) => file)).toEqual(lines.map((line) => line.split('  ')[1]))
  })

  describe('on Linux', () => {
    let home: string
    let port: number
    const programs: ChildProcess[] = []

    beforeEach(async () => {
      home = mkdtempSync(join(tmpdir(), 'landale agent jörg '))
      port = await freePort()
      mkdirSync(configFolder())
      writeFileSync(join(configFolder(), 'agent.json'), JSON.stringify({ name: 'Zelan', port }))
      const sleeper = { id: 'sleeper', name: 'Sleeper', command: 'sleep', args: ['1000'], autostart: true }
      writeFileSync(join(configFolder(), 'processes.json'), JSON.stringify({ processes: [sleeper] }))
    })
    afterEach(async () => {
      await run(executable, ['end'])
      for (const program of programs.splice(0)) {
        if (program.exitCode === null && program.signalCode === null && program.kill('SIGKILL'))
          await once(program, 'exit')
      }
      rmSync(home, { recursive: true, force: true })
    })

    const configFolder = () => join(home, 'config')
    const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
      HOME: home,
      // No Node is on this path.
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LANDALE_AGENT_HOME: configFolder(),
      ...more,
    })

    async function run(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
      const child = spawn(command, args, { env: environment(more), stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text
        })
      }
      const [code] = await once(child, 'close')
      return { code, said }
    }

    /** Until it has ended, or the test has. */
    function start(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
      const child = spawn(command, args, { env: environment(more), stdio: 'ignore' })
      programs.push(child)
      return child
    }

    interface Sleeper {
      state: string
      pid: number
      adopted: boolean
    }

    async function sleeper(): Promise<Sleeper | undefined> {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/api/health/detailed`)
        return ((await answer.json()) as { processes: Sleeper[] }).processes[0]
      } catch {
        return undefined
      }
    }

    const runs = async (how: object = {}) => {
      await expect.poll(sleeper, POLL).toMatchObject({ state: 'running', ...how })
      return (await sleeper())?.pid ?? 0
    }

    it('the executable needs no Node, from a folder with spaces and umlauts', async () => {
      const copy = join(home, 'ein ordner für mich')
      copyFileSync(executable, copy)
      expect(await run(copy, ['--version'])).toEqual({ code: 0, said: `${AGENT_VERSION}\n` })
      const { code, said } = await run(copy, ['doctor'])
      expect(said).toContain('1 processes defined for this system')
      expect(said).toMatch(/ok {4}\d+ processes can be seen/)
      expect([code, said]).toEqual([0, expect.not.stringContaining('bad')])
    })

    it('it supervises, hands over on SIGHUP, and ends with its processes', async () => {
      const first = start(executable, [])
      const pid = await runs()
      expect((await run(executable, ['status'])).said).toMatch(/sleeper +running/)
      first.kill('SIGHUP')
      // This code has a service manager start it again.
      expect(await once(first, 'exit')).toEqual([129, null])
      const second = start(executable, [])
      expect(await runs({ adopted: true })).toBe(pid)
      // One that only looks whether the agent died has nothing to do while it runs…
      expect(await run(executable, ['run', '--if-crashed'])).toEqual({ code: 0, said: '' })
      second.kill('SIGKILL')
      await once(second, 'exit')
      // …goes on when it did…
      const third = start(executable, ['run', '--if-crashed'])
      expect(await runs({ adopted: true })).toBe(pid)
      third.kill('SIGTERM')
      expect(await once(third, 'exit')).toEqual([0, null])
      expect(isAlive(pid)).toBe(false)
      // …and leaves it ended when it was asked to end.
      expect(await run(executable, ['run', '--if-crashed'])).toEqual({ code: 0, said: '' })
    })

    it('installs, upgrades and uninstalls itself', async () => {
      const place = join(home, '.local/bin/landale-agent')
      const path = `${fakeSystemctl(place)}:/usr/bin:/bin`
      const landale = (...args: string[]) => run(executable, args, { PATH: path })
      const first = await landale('install', '--as-root', '--boot')
      expect(first).toEqual({ code: 0, said: expect.stringMatching(/it runs\n$/) })
      const pid = await runs()
      expect((await landale('doctor')).said).toContain('ok    the service landale-agent.service runs')
      const again = await landale('install', '--as-root', '--boot')
      expect(again.said).toMatch(/it runs, and has taken over what ran\n$/)
      expect(await runs({ adopted: true })).toBe(pid)
      const gone = await landale('uninstall', '--purge')
      expect(gone).toEqual({ code: 0, said: 'uninstalled, with everything it wrote\n' })
      expect([isAlive(pid), existsSync(place), existsSync(configFolder())]).toEqual([false, false, false])
      expect(readdirSync(join(home, '.config/systemd/user'))).toEqual([])
    })

    /** Starts what it is asked to, as systemd would, and nothing else. Answers the folder it is in. */
    function fakeSystemctl(program: string): string {
      const bin = join(home, 'bin')
      mkdirSync(bin)
      const script = `#!/bin/sh\ncase "$*" in\n*' restart '*) "${program}" >/dev/null 2>&1 & ;;\nesac\n`
      writeFileSync(join(bin, 'systemctl'), script, { mode: 0o755 })
      writeFileSync(join(bin, 'loginctl'), '#!/bin/sh\n', { mode: 0o755 })
      return bin
    }

    describe('the Debian package', () => {
      beforeEach(({ skip }) => {
        skip(!mayInstall, 'it installs on this machine: only as root, and where CI or LANDALE_TEST_INSTALLERS is set')
        skip(!isOnPath('dpkg-deb'), 'dpkg is not on this machine')
        skip(existsSync('/usr/bin/landale-agent'), 'the agent is installed on this machine')
      })

      const INSTALLED = '/usr/bin/landale-agent'
      const dpkg = (...args: string[]) => {
        // Its own tools are where a user's path does not lead.
        const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` }
        const { status, stdout, stderr } = spawnSync('dpkg', args, { encoding: 'utf8', env })
        return { status, said: `${stdout}${stderr}` }
      }

      it(
        'is installed, upgraded under a running agent, removed and purged',
        async () => {
          const packages = await twoVersions()
          try {
            const first = dpkg('--install', packages[0])
            expect(first).toEqual({ status: 0, said: expect.stringContaining('run: landale-agent install') })
            expect(await run(INSTALLED, ['--version'])).toMatchObject({ said: `${AGENT_VERSION}\n` })
            // What systemd does with the unit: again, unless it ended well.
            const loop = `while :; do ${INSTALLED}; code=$?; [ $code = 129 ] || exit $code; done`
            const service = start('/bin/sh', ['-c', loop], { LANDALE_AGENT_SERVICE: 'test' })
            const pid = await runs()
            const before = agentPids()

            expect(dpkg('--install', packages[1]).status).toBe(0)
            expect(await runs({ adopted: true })).toBe(pid)
            expect(agentPids()).not.toEqual(before)
            expect(dpkg('--status', 'landale-agent').said).toContain(`Version: ${AGENT_VERSION}.1`)

            expect(dpkg('--remove', 'landale-agent')).toMatchObject({ status: 0 })
            expect(await once(service, 'exit')).toEqual([0, null])
            expect([isAlive(pid), existsSync(INSTALLED), agentPids()]).toEqual([false, false, []])
            expect(existsSync(join(configFolder(), 'processes.json'))).toBe(true)
            expect(dpkg('--purge', 'landale-agent').status).toBe(0)
          } finally {
            dpkg('--purge', 'landale-agent')
          }
          expect(dpkg('--listfiles', 'landale-agent').status).not.toBe(0)
          expect(existsSync('/usr/lib/systemd/user/landale-agent.service')).toBe(false)
        },
        LONG_MS,
      )

      /** The same program twice: what differs is how dpkg sees it. */
      async function twoVersions(): Promise<[string, string]> {
        const later = join(home, 'later.deb')
        await makeDebianPackage({
          version: `${AGENT_VERSION}.1`,
          architecture: 'amd64',
          program: executable,
          licences: '',
          examples: join(import.meta.dirname, '../../agent/examples'),
          folder: join(home, 'package'),
          target: later,
        })
        return [join(output, `landale-agent_${AGENT_VERSION}_amd64.deb`), later]
      }

      function agentPids(): string[] {
        return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && linkOf(`/proc/${pid}/exe`) === INSTALLED)
      }
    })
  })

  describe('on Windows, as far as Wine is that', () => {
    let port: number

    beforeAll(async () => {
      port = await freePort()
    })
    afterAll(async () => {
      keeper?.stdin?.end()
      if (WINE) await wine('wineboot', '--end-session', '--force', '--kill', '--shutdown')
      if (keeper?.exitCode === null && keeper.signalCode === null) await once(keeper, 'exit')
      // The last of it writes the registry when it ends.
      if (WINE_SERVER)
        for (const how of ['--kill', '--wait'])
          spawnSync(WINE_SERVER, [how], { timeout: LONG_MS, env: { ...process.env, ...WINE_SETTINGS } })
      rmSync(prefix, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    }, LONG_MS)
    beforeEach(({ skip }) => skip(!WINE, 'there is no wine64 on this machine'))

    const wine = (...command: readonly string[]) => runWine(command, { NURVUS_PORT: String(port) })
    const programs = () => {
      const users = join(prefix, 'drive_c/users')
      const user = readdirSync(users).find((name) => name !== 'Public') ?? ''
      return join(users, user, 'AppData/Local/Programs/Landale Agent')
    }
    const health = async () => {
      try {
        return ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { version: string }).version
      } catch {
        return undefined
      }
    }

    it(
      'the executable starts: --version and doctor',
      async () => {
        expect(await wine(windows, '--version')).toEqual({ code: 0, said: expect.stringMatching(/^[\d.]+\r?\n$/) })
        const { said } = await wine(windows, 'doctor')
        expect(said).toContain(`ok    landale-agent ${AGENT_VERSION}, Node 22`)
        expect(said).toContain('not paired with a hub')
        expect(said).toContain('it does not start by itself; run: landale-agent install')
      },
      LONG_MS,
    )

    it(
      'the installer puts an agent there that runs, replaces it, and takes it away again',
      async ({ skip }) => {
        skip(!existsSync(setup), 'there is no makensis on this machine')
        expect((await wine(setup, '/S')).code).toBe(0)
        expect(await health()).toBe(AGENT_VERSION)
        expect(readdirSync(programs()).sort()).toEqual([
          'LICENCES.txt',
          'examples',
          'landale-agent.exe',
          'landale-agentw.exe',
          'uninstall.exe',
        ])
        const settings = join(programs(), '../../../Roaming/landale-agent')
        // It answers before it has looked at all processes, and says so only then.
        const begun = () =>
          readFileSync(join(settings, 'agent.log'), { encoding: 'utf8', flag: 'a+' }).match(/ runs; http/g)
        await expect.poll(begun, POLL).toHaveLength(1)
        expect((await wine(setup, '/S')).code).toBe(0)
        expect(await health()).toBe(AGENT_VERSION)
        await expect.poll(begun, POLL).toHaveLength(2)
        // It goes on as a copy of itself, so that its own file can go too.
        await wine(join(programs(), 'uninstall.exe'), '/S')
        await expect.poll(() => existsSync(programs()), POLL).toBe(false)
        expect(await health()).toBeUndefined()
        expect(existsSync(join(settings, 'agent.log'))).toBe(true)
      },
      LONG_MS,
    )
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that has ended and whose parent has not looked yet is no process any more.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Answers a program that keeps Wine up: it would end with each program, and begin anew with the next. */
async function startWine(): Promise<ChildProcess> {
  await runWine(['wineboot', '--init'])
  const env = { ...process.env, ...WINE_SETTINGS }
  const keeper = spawn(WINE ?? '', ['cmd'], { env, cwd: output, stdio: ['pipe', 'ignore', 'ignore'] })
  await runWine(['winecfg', '-v', 'win10'])
  return keeper
}

/** Its output goes through files: Node under Wine can write to no pipe. */
async function runWine(
  command: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; said: string }> {
  const file = join(prefix, 'said.txt')
  const out = openSync(file, 'w')
  const child = spawn(WINE ?? '', command, {
    cwd: output,
    env: { ...process.env, ...WINE_SETTINGS, ...more },
    stdio: ['ignore', out, out],
  })
  const [code] = await once(child, 'exit')
  closeSync(out)
  return { code, said: readFileSync(file, 'utf8') }
}
