/** A supervisor over real processes, for tests: its own folder and marker, and nothing of it left behind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { parse } from '../base/parse.ts'
import type { Definition } from '../definitions/definition.ts'
import { definition } from '../definitions/definition.ts'
import type { EventKind } from '../link/frames.ts'
import { createLinuxPlatform } from '../platform/linux.ts'
import type { ProcessRow } from '../platform/platform.ts'
import { createDocker } from '../supervision/docker.ts'
import { RunStore } from '../supervision/run-store.ts'
import { Supervisor } from '../supervision/supervisor.ts'

export const FOREVER = new AbortController().signal

export interface Told {
  readonly kind: EventKind
  readonly process: string
  readonly data: Record<string, unknown>
}

export class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  readonly platform = createLinuxPlatform()
  readonly events: Told[] = []
  readonly troubles: string[] = []
  supervisor: Supervisor
  store: RunStore
  environment: NodeJS.ProcessEnv = process.env
  readonly #instance = `test-${process.pid}-${Math.random().toString(36).slice(2)}`

  constructor() {
    this.store = new RunStore(join(this.folder, 'state.json'), () => {})
    this.supervisor = this.#make()
  }

  #make(): Supervisor {
    return new Supervisor({
      platform: this.platform,
      clock: systemClock,
      random: Math.random,
      environment: this.environment,
      logFolder: join(this.folder, 'logs'),
      store: this.store,
      docker: createDocker(this.environment, () => Date.now()),
      instance: this.#instance,
      onDidChange: () => {},
      onDidRemove: () => {},
      onEvent: (kind, process, data) => this.events.push({ kind, process, data }),
      onTrouble: (what) => this.troubles.push(what),
    })
  }

  get instance(): string {
    return this.#instance
  }

  /** The same machine with a new agent: the one before was killed, and could do nothing. */
  again(): Supervisor {
    this.supervisor.close()
    this.store = new RunStore(join(this.folder, 'state.json'), () => {})
    this.supervisor = this.#make()
    return this.supervisor
  }

  /** A program of its own for each test, so that it is found by name and mistaken for no other. */
  script(name: string, source: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, source, { mode: 0o755 })
    return path
  }

  /** Everything alive that this rig's agents started. */
  async alive(): Promise<ProcessRow[]> {
    const rows: ProcessRow[] = []
    for (const row of await this.platform.table()) {
      if ((await this.platform.marker(row))?.startsWith(`${this.#instance}/`)) rows.push(row)
    }
    return rows
  }

  async lines(id: string): Promise<string[]> {
    const log = this.supervisor.process(id)?.log
    log?.read()
    return log?.lines(1_000).map(([, , , text]) => text) ?? []
  }

  /** What the process printed first: its own word that it has begun. */
  async says(id: string, text: string): Promise<void> {
    await expect.poll(() => this.lines(id), { interval: 20 }).toContain(text)
  }

  state(id: string) {
    const view = this.supervisor.process(id)?.view()
    if (!view) throw new Error(`there is no ${id}`)
    return view
  }

  async end(): Promise<void> {
    this.supervisor.close()
    for (const row of await this.alive()) await this.platform.kill([row])
    await expect.poll(async () => (await this.alive()).length).toBe(0)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function define(entry: object): Definition {
  const parsed = parse(definition, { name: 'a process', ...entry })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.value
}
