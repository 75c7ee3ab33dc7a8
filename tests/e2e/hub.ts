/**
 * Starts the built hub, headless, for a test: a data folder and a port of its own, and an OBS that the test chooses.
 * Reads the one line that says it is ready, and stops it as a user would, with SIGTERM.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DEFAULT_OUTPUT } from '../../electron/features/outputs/output-store.ts'

const ROOT = join(import.meta.dirname, '../..')
const ENTRY = join(process.env.LANDALE_BUILD ?? join(ROOT, 'out'), 'main/headless.js')

/** Nothing listens here, so that no OBS of this machine is touched by accident. */
const NO_OBS_URL = 'ws://127.0.0.1:9'

/** Far beyond the second it takes, for a loaded machine. */
const READY_DEADLINE_MS = 45_000
const STOP_DEADLINE_MS = 20_000

export interface RunningHub {
  /** e.g. `http://127.0.0.1:40123`. */
  http: string
  /** Signs in by itself. */
  dashboard: string
  overlay: string
  data: string
  controlToken: string
  /** Runs a command over HTTP with the control token and answers its result. Throws what the hub rejected. */
  command(name: string, args?: object): Promise<unknown>
  /** Ends the process at once, as a crash does. The data folder stays. */
  kill(): Promise<void>
  /** Asks it to stop, and answers its exit code. The data folder stays. */
  stop(): Promise<number | null>
}

export interface HubOptions {
  /** Kept by the caller; without it a new one that goes with the process. */
  data?: string | undefined
  port?: number | undefined
  demo?: boolean | undefined
  env?: Record<string, string> | undefined
  /** Written to `config.json` first. Unlike the environment, it gives way to what is set in the dashboard. */
  config?: { obs: { url: string; password?: string }; bind?: string; allowedHosts?: string[] } | undefined
}

/** A data folder that goes with the test. */
export function createDataDir(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'landale-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function startHub({
  data,
  port = 0,
  demo = false,
  env = {},
  config,
}: HubOptions = {}): Promise<RunningHub> {
  if (!existsSync(ENTRY)) throw new Error(`there is no ${ENTRY}; run "npm run build" first`)
  const own = data === undefined ? createDataDir() : null
  const dir = data ?? own?.path ?? ''
  const settings = config ?? { obs: { url: NO_OBS_URL } }
  writeFileSync(join(dir, 'config.json'), JSON.stringify(settings))
  const child = spawn(process.execPath, [ENTRY, '--port', String(port), '--data', dir, ...(demo ? ['--demo'] : [])], {
    env: { ...process.env, LANDALE_LOG_LEVEL: 'warn', LANDALE_IRONMON_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = exitOf(child)
  const ready = await readyLine(child)
  const controlToken = readFileSync(join(dir, 'control-token'), 'utf8').trim()
  const leave = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
    const code = await end
    clearTimeout(timer)
    own?.remove()
    return code
  }
  return {
    ...ready,
    controlToken,
    command: (name, args = {}) => command(ready.http, controlToken, name, args),
    kill: async () => void (await leave('SIGKILL')),
    stop: () => leave('SIGTERM'),
  }
}

type ReadyLine = Pick<RunningHub, 'http' | 'dashboard' | 'overlay' | 'data'>

/** Takes all but the alerts off `main`, so that nothing is on it unless one runs. */
export async function leaveOnlyAlerts(hub: Pick<RunningHub, 'command'>): Promise<void> {
  const others = DEFAULT_OUTPUT.layers.filter(({ id }) => id !== 'alerts')
  for (const { id } of others) await hub.command('layer.remove', { output: 'main', layer: id })
}

/** The first line that says `ready`; what it wrote to stderr when it never comes. */
function readyLine(child: ChildProcess): Promise<ReadyLine> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the hub was started without pipes')
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new Error(`the hub ${why}\n${said}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready within ${READY_DEADLINE_MS / 1000} s`)
    }, READY_DEADLINE_MS)
    stderr.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-4000)
    })
    child.once('exit', (code) => fail(`ended with ${code} before it was ready`))
    createInterface(stdout).on('line', (line) => {
      if (!line.includes('"ready":true')) return
      clearTimeout(timer)
      resolve(JSON.parse(line) as ReadyLine)
    })
  })
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}

async function command(http: string, token: string, name: string, args: object): Promise<unknown> {
  const response = await fetch(`${http}/api/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  const answer = (await response.json()) as { status: string; result?: unknown; error?: { message: string } }
  if (answer.status !== 'committed') throw new Error(`${name}: ${answer.error?.message ?? response.status}`)
  return answer.result
}
