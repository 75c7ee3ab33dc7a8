/**
 * The built hub as a process, exactly as a shell starts it: words in, two streams, an exit code and a data folder out.
 * For tests of the process itself; those that only need a running hub take `tests/e2e/hub.ts`.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { root } from '../../build/stale.mjs'

const ENTRY = join(process.env.LANDALE_BUILD ?? join(root, 'out'), 'main/headless.js')

/** Nothing listens here, so that no OBS of this machine is touched by accident. */
const NO_OBS_URL = 'ws://127.0.0.1:9'
/** Far beyond what it takes, for a loaded machine. */
const DEADLINE_MS = 20_000

interface ReadyLine {
  ready: true
  http: string
  dashboard: string
  overlay: string
  data: string
}

interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  /** From the signal (or the start, when there was none) to the end, ms. */
  tookMs: number
}

export class HeadlessProcess {
  stdout = ''
  stderr = ''
  readonly ended: Promise<Ending>
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #startedAt = performance.now()
  #signalledAt: number | undefined

  /** `env` is all it sees of ours: no variable of Landale's comes from outside. */
  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('LANDALE_'))
    this.#child = spawn(process.execPath, [ENTRY, ...args], {
      env: {
        ...Object.fromEntries(outside),
        LANDALE_OBS_URL: NO_OBS_URL,
        LANDALE_IRONMON_PORT: '0',
        LANDALE_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout.on('data', (chunk) => {
      this.stdout += String(chunk)
    })
    this.#child.stderr.on('data', (chunk) => {
      this.stderr += String(chunk)
    })
    this.ended = new Promise((resolve) => {
      // After its streams too, so that the last words are there.
      this.#child.once('close', (code, signal) => {
        resolve({ code, signal, tookMs: performance.now() - (this.#signalledAt ?? this.#startedAt) })
      })
    })
  }

  /** ms from the start to the ready line. Rejects when it ends before or takes far too long. */
  async ready(): Promise<ReadyLine & { controlToken: string }> {
    while (!this.stdout.includes('\n')) {
      const { exitCode, signalCode } = this.#child
      if (exitCode !== null || signalCode !== null) throw new Error(`ended before it was ready:\n${this.stderr}`)
      if (performance.now() - this.#startedAt > DEADLINE_MS) throw new Error(`never became ready:\n${this.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const line = JSON.parse(this.stdout) as ReadyLine
    return { ...line, controlToken: readFileSync(join(line.data, 'control-token'), 'utf8').trim() }
  }

  /** Sends a signal and waits for the end; one that does not come is forced, and shows in the answer. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.#signalledAt ??= performance.now()
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE_MS)
    const ending = await this.ended
    clearTimeout(timer)
    return ending
  }
}
