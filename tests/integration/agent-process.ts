/** An agent as its machine has it: a process of its own, with a home of its own, run by the same words as there. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../build/stale.mjs'
import type { NetworkNamespace } from './network-namespace.ts'

const MAIN = join(root, 'agent/main.ts')

export class AgentProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  /** What it has printed. */
  said = ''
  readonly #network: NetworkNamespace | null
  #child: ChildProcess | null = null

  constructor(name: string, processes: readonly object[], network: NetworkNamespace | null = null) {
    this.#network = network
    writeFileSync(join(this.home, 'agent.json'), JSON.stringify({ name, port: 0 }))
    writeFileSync(join(this.home, 'processes.json'), JSON.stringify({ processes }))
  }

  /** `landale-agent <words>`; rejects with what it printed when it fails. */
  async run(...words: readonly string[]): Promise<string> {
    const [command, args] = this.#words(words)
    const { stdout } = await promisify(execFile)(command, args, { env: this.#environment() })
    return stdout
  }

  start(): void {
    const [command, args] = this.#words([])
    const child = spawn(command, args, { env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.said += chunk
      })
    }
    this.#child = child
  }

  /** What has happened and the hub has not stored yet, as the agent keeps it on its disk. */
  get unsent(): string {
    const path = join(this.home, 'events.jsonl')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Asks it to end, its processes before it. */
  async end(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 })
  }

  #words(words: readonly string[]): [command: string, args: string[]] {
    const args = [MAIN, ...words]
    return this.#network ? this.#network.within(process.execPath, args) : [process.execPath, args]
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, LANDALE_AGENT_HOME: this.home }
  }
}
