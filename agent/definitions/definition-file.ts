/**
 * `processes.json` on disk: loaded, watched, and edited as far as this machine allows. Owns the file; what the
 * definitions mean for running processes is the supervisor's business.
 *
 * An edit that breaks something never costs a running process: an entry that has become invalid, or a file that cannot be
 * read, leaves the former definitions in force, with a fault that says so.
 */
import {
  copyFileSync,
  type FSWatcher,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Clock, Disposable } from '../base/clock.ts'
import { errorCode, errorMessage } from '../base/errors.ts'
import { type Fault, faultText, isObject, parse } from '../base/parse.ts'
import type { DefinitionEdits } from '../link/commands.ts'
import type { ErrorCode } from '../link/frames.ts'
import { type Definition, definition } from './definition.ts'
import { inStartOrder, parseDefinitions } from './definitions.ts'

/** An editor writes in several steps. */
const SETTLE_MS = 150
/** Where the system's own notice does not come: network drives, some containers. */
const LOOK_MS = 5_000

/** What decides which program runs, and how: never changed over the link where only safe edits are allowed. */
const EXECUTING = ['id', 'command', 'args', 'cwd', 'env', 'platform', 'detect', 'ports', 'oneShot'] as const

export interface DefinitionFileOptions {
  readonly path: string
  readonly platform: NodeJS.Platform
  readonly edits: 'off' | 'safe' | 'full'
  readonly clock: Clock
  readonly onDidChange: () => void
}

interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
  readonly path?: string
}

export class DefinitionFile implements DefinitionEdits {
  #definitions: readonly Definition[] = []
  #faults: readonly Fault[] = []
  #stamp = ''
  #watcher: FSWatcher | undefined
  #settling: Disposable | undefined
  #looking: Disposable | undefined
  readonly #options: DefinitionFileOptions

  constructor(options: DefinitionFileOptions) {
    this.#options = options
    this.#load()
  }

  get edits(): 'off' | 'safe' | 'full' {
    return this.#options.edits
  }

  get definitions(): readonly Definition[] {
    return this.#definitions
  }

  get faults(): readonly Fault[] {
    return this.#faults
  }

  read(): { definitions: readonly Definition[]; faults: readonly Fault[] } {
    return { definitions: this.#definitions, faults: this.#faults }
  }

  watch(): void {
    const { path, clock } = this.#options
    try {
      // The folder, for an editor replaces the file.
      this.#watcher = watch(dirname(path), (_event, name) => {
        if (name === null || name === basename(path)) this.#soon()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // The look every few seconds remains.
    }
    this.#looking = clock.setInterval(() => this.#look(), LOOK_MS)
  }

  /** Reads it again now, whether or not it has changed. */
  reload(): void {
    this.#load()
    this.#options.onDidChange()
  }

  async put(given: unknown): Promise<Refusal | undefined> {
    const parsed = parse(definition, given, 'definition')
    if (!parsed.ok) {
      return { code: 'invalid', reason: faultText(parsed.faults), path: parsed.faults[0]?.path ?? 'definition' }
    }
    const wanted = parsed.value
    const before = this.#definitions.find(({ id }) => id === wanted.id)
    const refusal = this.#forbids(before, wanted)
    if (refusal) return refusal
    const others = this.#definitions.filter(({ id }) => id !== wanted.id)
    const faults: Fault[] = []
    inStartOrder([...others, wanted], faults)
    const [fault] = faults
    if (fault) return { code: 'invalid', reason: `${fault.path} ${fault.reason}`, path: 'definition.dependsOn' }
    return this.#rewrite((entries) => {
      const at = entries.findIndex((entry) => isObject(entry) && entry.id === wanted.id)
      return at < 0 ? [...entries, given] : entries.with(at, given)
    })
  }

  async remove(id: string): Promise<Refusal | undefined> {
    if (this.#options.edits !== 'full') return refused(this.#options.edits)
    if (!this.#definitions.some((one) => one.id === id)) {
      return { code: 'not-found', reason: `there is no process "${id}" here` }
    }
    const needing = this.#definitions.filter(({ dependsOn }) => dependsOn.includes(id)).map((one) => one.id)
    if (needing.length > 0) return { code: 'conflict', reason: `${needing.join(', ')} depend on it` }
    return this.#rewrite((entries) => entries.filter((entry) => !isObject(entry) || entry.id !== id))
  }

  close(): void {
    this.#watcher?.close()
    this.#settling?.dispose()
    this.#looking?.dispose()
  }

  #forbids(before: Definition | undefined, wanted: Definition): Refusal | undefined {
    const { edits } = this.#options
    if (edits === 'full') return undefined
    if (edits === 'off' || !before) return refused(edits)
    const differing = EXECUTING.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(wanted[key]))
    if (stopProgram(before) !== stopProgram(wanted)) return refused(edits, 'stop.command')
    if (healthProgram(before) !== healthProgram(wanted)) return refused(edits, 'health')
    return differing[0] ? refused(edits, differing[0]) : undefined
  }

  #rewrite(change: (entries: unknown[]) => unknown[]): Refusal | undefined {
    const { path } = this.#options
    try {
      const value: unknown = readEntries(path)
      const listed = isObject(value) && Array.isArray(value.processes) ? value.processes : value
      if (!Array.isArray(listed))
        return { code: 'failed', reason: `${path} is no list of processes; correct it by hand` }
      const next = isObject(value) ? { ...value, processes: change(listed) } : change(listed)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      if (exists(path)) copyFileSync(path, `${path}.bak`)
      writeFileSync(`${path}.new`, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
      renameSync(`${path}.new`, path)
    } catch (error) {
      return { code: 'failed', reason: `${path} could not be written: ${errorMessage(error)}` }
    }
    this.reload()
    return undefined
  }

  #soon(): void {
    this.#settling?.dispose()
    this.#settling = this.#options.clock.setTimeout(() => this.#look(), SETTLE_MS)
  }

  #look(): void {
    if (stampOf(this.#options.path) !== this.#stamp) this.reload()
  }

  #load(): void {
    const { path, platform } = this.#options
    this.#stamp = stampOf(path)
    let source: string
    try {
      source = readFileSync(path, 'utf8')
    } catch (error) {
      const missing = errorCode(error) === 'ENOENT'
      // Nothing is defined yet; but one that disappears is an accident.
      if (missing && this.#definitions.length === 0) this.#faults = []
      else this.#faults = [{ path: '', reason: `${path}: ${errorMessage(error)}${this.#kept()}` }]
      return
    }
    const { definitions, faults, ids } = parseDefinitions(source, platform)
    if (!ids) {
      this.#faults = faults.map((fault) => ({ ...fault, reason: `${fault.reason}${this.#kept()}` }))
      return
    }
    const valid = new Set(definitions.map(({ id }) => id))
    const former = this.#definitions.filter(({ id }) => !valid.has(id) && ids.has(id))
    const notes = former.map(({ id }) => ({ path: `processes(${id})`, reason: 'its former definition stays in force' }))
    this.#definitions = former.length > 0 ? inStartOrder([...definitions, ...former], []) : definitions
    this.#faults = [...faults, ...notes]
  }

  #kept(): string {
    return this.#definitions.length > 0 ? '; the former definitions stay in force' : ''
  }
}

function refused(edits: 'off' | 'safe' | 'full', path?: string): Refusal {
  const reason =
    edits === 'off'
      ? 'this machine allows no edits; change "edits" in its agent.json, or edit processes.json there'
      : 'this machine allows no change of what is run; change "edits" to "full" in its agent.json, or edit processes.json there'
  return path === undefined ? { code: 'refused', reason } : { code: 'refused', reason, path: `definition.${path}` }
}

function stopProgram({ stop: { command, args } }: Definition): string {
  return JSON.stringify([command ?? null, args])
}

/** What a check runs or asks; its times are anybody's. */
function healthProgram({ health }: Definition): string {
  if (!health) return 'none'
  if (health.type === 'command') return JSON.stringify([health.command, health.args])
  return health.type === 'http' ? health.url : `${health.host}:${health.port}`
}

function readEntries(path: string): unknown {
  return exists(path) ? JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) : { processes: [] }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : 'none'
}
