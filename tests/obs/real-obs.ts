/**
 * OBS Studio itself, without a screen: its own X server, configuration folder, port and password, so that any number run
 * side by side. Reachable from this machine only where a C compiler can build the shim; without one, obs-websocket
 * listens on all interfaces, as it always does. Ends OBS by SIGKILL: it crashes in about 1 of 10 orderly quits.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { writeObsConfig } from './obs-config.ts'

const run = promisify(execFile)

/** A first start on a busy machine; usually it is under 2 s. */
const START_DEADLINE_MS = 30_000
const POLL_MS = 20

/** What is missing to run OBS here, as the end of a test's name; null when nothing is. */
export function missingForObs(): string | null {
  const missing = ['obs', 'Xvfb'].filter((program) => !isInstalled(program))
  return missing.length === 0 ? null : `${missing.join(' and ')} not installed`
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export interface RealObsOptions {
  /** 30 unless told otherwise; 60 costs twice the processor. */
  fps?: number
}

export class RealObs {
  readonly port: number
  readonly password = 'correct horse battery staple'
  /** Whether it can be reached from other machines. */
  readonly loopbackOnly: boolean
  readonly #folder: string
  readonly #display: { name: string; server: ChildProcess }
  readonly #shim: string | null
  readonly #fps: number
  #process: ChildProcess | null = null

  constructor(parts: {
    folder: string
    port: number
    display: { name: string; server: ChildProcess }
    shim: string | null
    fps: number
  }) {
    this.#folder = parts.folder
    this.port = parts.port
    this.#display = parts.display
    this.#shim = parts.shim
    this.#fps = parts.fps
    this.loopbackOnly = parts.shim !== null
  }

  /** Prepares everything and starts OBS. */
  static async launch(options: RealObsOptions = {}): Promise<RealObs> {
    const obs = await RealObs.prepare(options)
    try {
      await obs.start()
    } catch (error) {
      await obs.dispose()
      throw error
    }
    return obs
  }

  /** Everything but OBS itself, for somebody else to start by `program`. */
  static async prepare({ fps = 30 }: RealObsOptions = {}): Promise<RealObs> {
    const folder = await mkdtemp(join(tmpdir(), 'landale-obs-'))
    const [port, shim] = [await freePort(), await buildShim(folder)]
    const display = await startDisplay()
    const obs = new RealObs({ folder, port, display, shim, fps })
    await Promise.all(['recordings', 'run'].map((name) => mkdir(join(folder, name), { mode: 0o700 })))
    return obs
  }

  get program(): { command: string; args: readonly string[]; env: NodeJS.ProcessEnv } {
    return { command: 'obs', args: OBS_ARGUMENTS, env: this.#environment() }
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** Starts OBS, with its configuration as new: one that was killed while it saved has left a broken one behind. */
  async start(): Promise<void> {
    await this.renew()
    const log = await open(join(this.#folder, 'obs.log'), 'a')
    const child = spawn('obs', OBS_ARGUMENTS, { env: this.#environment(), stdio: ['ignore', log.fd, log.fd] })
    endWithUs(child)
    this.#process = child
    let failure: Error | undefined
    child.on('error', (error) => {
      failure = error
    })
    await log.close()
    await waitFor('OBS to listen', async () => {
      if (failure) throw failure
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(await this.#obituary())
      return isListening(this.port)
    })
  }

  /** Its configuration as new, once the one before holds its port no more: until its last thread is gone it does. */
  async renew(): Promise<void> {
    await this.#writeConfig()
    await waitFor('the port to become free', async () => !(await isListening(this.port)))
  }

  async #writeConfig(): Promise<void> {
    const [configHome, recordings] = [join(this.#folder, 'config'), join(this.#folder, 'recordings')]
    await rm(configHome, { recursive: true, force: true })
    await writeObsConfig({ configHome, recordings, port: this.port, password: this.password, fps: this.#fps })
  }

  /** Ends it at once, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.#signal('SIGKILL', true)
  }

  /** Stops its every thread: it keeps its connections and says nothing. */
  async freeze(): Promise<void> {
    await this.#signal('SIGSTOP', false)
  }

  async thaw(): Promise<void> {
    await this.#signal('SIGCONT', false)
  }

  /** Asks it to quit, as closing its window does. Does not wait: it may take a while, or crash. */
  async quit(): Promise<void> {
    await this.#signal('SIGINT', false)
  }

  async dispose(): Promise<void> {
    await this.kill()
    await ended(this.#display.server, 'SIGTERM')
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  async #signal(signal: NodeJS.Signals, andWait: boolean): Promise<void> {
    const child = this.#process
    if (!child) return
    if (andWait) await ended(child, signal)
    else child.kill(signal)
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.#folder,
      DISPLAY: this.#display.name,
      XDG_CONFIG_HOME: join(this.#folder, 'config'),
      XDG_RUNTIME_DIR: join(this.#folder, 'run'),
      QT_QPA_PLATFORM: 'xcb',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      LIBGL_ALWAYS_SOFTWARE: '1',
      GALLIUM_DRIVER: 'llvmpipe',
      LP_NUM_THREADS: '1',
      ...(this.#shim === null ? {} : { LD_PRELOAD: this.#shim }),
    }
  }

  async #obituary(): Promise<string> {
    const log = await readFile(join(this.#folder, 'obs.log'), 'utf8')
    return `OBS ended before it listened. The end of its log:\n${log.split('\n').slice(-20).join('\n')}`
  }
}

const OBS_ARGUMENTS = [
  '--multi',
  '--minimize-to-tray',
  '--disable-shutdown-check',
  '--disable-missing-files-check',
  '--disable-updater',
  '--websocket_ipv4_only',
]

/** An X server on a display number that it finds free itself. */
async function startDisplay(): Promise<{ name: string; server: ChildProcess }> {
  const args = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  endWithUs(server)
  const number = await new Promise<string>((resolve, reject) => {
    let text = ''
    server.on('error', reject)
    server.on('exit', () => reject(new Error('Xvfb ended before it was ready')))
    server.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.endsWith('\n')) resolve(text.trim())
    })
  })
  return { name: `:${number}`, server }
}

/** Builds the shim that keeps OBS on loopback; null where there is no C compiler. */
async function buildShim(folder: string): Promise<string | null> {
  if (!isInstalled('cc')) return null
  const [source, library] = [join(import.meta.dirname, 'loopback-bind.c'), join(folder, 'loopback-bind.so')]
  await run('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'])
  return library
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.on('connect', () => answer(true))
    socket.on('error', () => answer(false))
  })
}

/** A test run that crashes must not leave programs behind. */
function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.removeListener('exit', end))
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exit
}

async function waitFor(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited ${START_DEADLINE_MS / 1000} s in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
