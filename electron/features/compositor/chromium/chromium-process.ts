/**
 * One headless Chromium, on a profile of its own, spoken to over a pipe. Owns the process and its folder. Should we be
 * killed outright, the pipe closes and Chromium ends by itself; its folder is removed at the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { statfsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { type Clock, sleep } from '../../../../base/clock.ts'
import { withDeadline } from '../../../../base/deadline.ts'
import { CdpConnection, type CdpSession, pipeTransport } from './cdp.ts'
import { makeProfileFolder, type ProfileFolder } from './profile-folder.ts'

export interface ChromiumProcess {
  readonly pid: number
  /** e.g. `Chrome/156.0.8078.79`. */
  readonly version: string
  /** The conversation with the browser itself. */
  readonly browser: CdpSession
  /** The conversation with an attached page. */
  session(sessionId: string): CdpSession
  /** Drops the listeners of a session that has ended and rejects what it still waits for. */
  forget(sessionId: string): void
  /** Aborts when it is gone; its reason is an error that says why. */
  readonly ended: AbortSignal
  /** Ends the process and removes its folder. */
  stop(): Promise<void>
}

export interface ChromiumOptions {
  executable: string
  /** Where its folder is made. */
  tempRoot: string
  clock: Clock
  extraSwitches: readonly string[]
}

/** A cold start takes about half a second; a loaded machine ten times that. */
const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 1500
/** What is kept of its last words for the message when it does not start. */
const MAX_SAID = 500
/** Less shared memory than this, as containers have, and pages crash for want of it. */
const ENOUGH_SHARED_MEMORY_BYTES = 512 * 1024 * 1024
/** A page that grows beyond this is broken, and dies alone. */
const MAX_PAGE_HEAP_MB = 1024

/** Chromium makes a socket some folders below; the longest name of one is 104 bytes. */
const MAX_TEMP_PATH = 58

const SWITCHES = [
  '--headless',
  '--no-startup-window',
  '--remote-debugging-pipe',
  // Drawing of HTML in a canvas; and a process for each origin, so that a layer on this machine can't stop the stage.
  '--enable-features=CanvasDrawElement,OriginKeyedProcessesByDefault',
  '--disable-features=Translate,MediaRouter,DialMediaRouteProvider,OptimizationHints,AutofillServerCommunication',
  `--js-flags=--max-old-space-size=${MAX_PAGE_HEAP_MB}`,
  // Hidden never means frozen.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
  // The same pixels everywhere.
  '--disable-gpu',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
  '--force-device-scale-factor=1',
  '--hide-scrollbars',
  // Nobody is there to hear, allow or answer anything.
  '--mute-audio',
  '--deny-permission-prompts',
  '--block-new-web-contents',
  '--disable-notifications',
  '--noerrdialogs',
  '--no-first-run',
  '--no-default-browser-check',
  '--password-store=basic',
  '--use-mock-keychain',
  // It asks the network for what its pages want and for nothing else.
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--metrics-recording-only',
]

/** Rejects with its own words when it does not come up, and with the signal's reason on abort. */
export async function startChromium(options: ChromiumOptions, signal: AbortSignal): Promise<ChromiumProcess> {
  const { executable, tempRoot, clock } = options
  const profile = makeProfileFolder(tempRoot)
  const child = launch(options, profile)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + String(chunk)).slice(-MAX_SAID)
  })
  const ended = new AbortController()
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, reason) => resolve(`it ended with ${reason ?? `code ${code}`}`))
  })
  void gone.then((why) => ended.abort(new Error(`Chromium is gone: ${why}`)))
  const onOurEnd = () => {
    killGroup(child)
    profile.removeNow()
  }
  process.once('exit', onOurEnd)
  const connection = new CdpConnection(pipeTransport(child.stdio[4] as Readable, child.stdio[3] as Writable))
  const browser = connection.session()

  async function end(): Promise<void> {
    killGroup(child)
    await gone
    connection.close()
    process.off('exit', onOurEnd)
    await profile.remove()
  }

  try {
    const error = new Error(`Chromium (${executable}) gave no sign of life in ${START_DEADLINE_MS / 1000} s`)
    const died = gone.then((why) => {
      throw new Error(`Chromium (${executable}) does not start: ${why}. It said: ${said.trim() || 'nothing'}`)
    })
    const asked = browser.send('Browser.getVersion')
    asked.catch(() => {})
    const { product } = await withDeadline(Promise.race([died, asked.catch(() => died)]), {
      clock,
      ms: START_DEADLINE_MS,
      signal,
      error,
    })
    return {
      pid: child.pid ?? 0,
      version: product,
      browser,
      session: (sessionId) => connection.session(sessionId),
      forget: (sessionId) => connection.forget(sessionId),
      ended: ended.signal,
      async stop() {
        browser.send('Browser.close').catch(() => {})
        const late = new AbortController()
        await Promise.race([gone, sleep(clock, STOP_DEADLINE_MS, late.signal)])
        late.abort()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

function launch({ executable, extraSwitches }: ChromiumOptions, profile: ProfileFolder): ChildProcess {
  const switches = [...SWITCHES, ...forThisMachine(), `--user-data-dir=${profile.path}`, ...extraSwitches]
  return spawn(executable, switches, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: Debian's chromium is a script with children, and Ctrl+C is ours to pass on.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: environmentFor(profile),
  })
}

function forThisMachine(): string[] {
  const switches: string[] = []
  // Chromium's sandbox refuses to run as root.
  if (process.getuid?.() === 0) switches.push('--no-sandbox')
  if (process.platform === 'linux' && sharedMemoryBytes() < ENOUGH_SHARED_MEMORY_BYTES) {
    switches.push('--disable-dev-shm-usage')
  }
  return switches
}

function sharedMemoryBytes(): number {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm')
    return bsize * blocks
  } catch {
    return 0
  }
}

/** The hub's settings may hold tokens, of which Chromium needs none. What it leaves lying about goes with its profile. */
function environmentFor({ path }: ProfileFolder): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LANDALE_')))
  return path.length <= MAX_TEMP_PATH ? { ...env, TMPDIR: path } : env
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid === undefined) return
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // already gone
  }
}
