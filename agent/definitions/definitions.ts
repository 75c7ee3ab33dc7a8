/**
 * All definitions of a machine: a file's text to those that are valid, in start order, and the faults of the rest by
 * path. One invalid entry never costs another. Knows nothing of files on disk or of running processes.
 */
import { type Fault, INVALID, isObject } from '../base/parse.ts'
import { type Definition, definition } from './definition.ts'

const MAX_DEFINITIONS = 500

export interface Definitions {
  /** In start order: each after all it depends on. */
  readonly definitions: readonly Definition[]
  readonly faults: readonly Fault[]
  /** All ids that are written there for this system, those of invalid entries too; undefined when it is no list at all. */
  readonly ids: ReadonlySet<string> | undefined
}

/** `platform` leaves out, without a fault, what is meant for another system. */
export function parseDefinitions(source: string, platform: NodeJS.Platform): Definitions {
  let value: unknown
  try {
    // An editor on Windows may begin the file with a byte order mark.
    value = JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (error) {
    return nothing('', `is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  const entries = isObject(value) && 'processes' in value ? value.processes : value
  if (!Array.isArray(entries)) return nothing('processes', 'must be a list of processes')
  if (entries.length > MAX_DEFINITIONS) return nothing('processes', `has more than ${MAX_DEFINITIONS} entries`)
  const faults: Fault[] = []
  const parsed = entries.flatMap((entry, index): Definition[] => {
    const one = definition(entry, `processes[${index}]`, faults)
    return one === INVALID || (one.platform && one.platform !== platform) ? [] : [one]
  })
  const ids = new Set(entries.flatMap((entry) => (isForHere(entry, platform) ? [entry.id] : [])))
  return { definitions: inStartOrder(withoutDuplicates(parsed, faults), faults), faults, ids }
}

function nothing(path: string, reason: string): Definitions {
  return { definitions: [], faults: [{ path, reason }], ids: undefined }
}

function isForHere(entry: unknown, platform: NodeJS.Platform): entry is { id: string } {
  if (!isObject(entry) || typeof entry.id !== 'string') return false
  return typeof entry.platform !== 'string' || entry.platform === platform
}

function withoutDuplicates(parsed: readonly Definition[], faults: Fault[]): Definition[] {
  const seen = new Map<string, Definition>()
  for (const one of parsed) {
    if (seen.has(one.id))
      faults.push({ path: `processes(${one.id}).id`, reason: 'is used twice; the first one counts' })
    else seen.set(one.id, one)
  }
  return [...seen.values()]
}

/**
 * Each after all it depends on, otherwise in the file's order. What depends on something missing, or on itself in a
 * circle, is left out with a fault.
 */
export function inStartOrder(given: readonly Definition[], faults: Fault[]): Definition[] {
  const placed = new Map<string, Definition>()
  let waiting = [...given]
  for (let before = -1; waiting.length !== before; ) {
    before = waiting.length
    waiting = waiting.filter((one) => {
      if (!one.dependsOn.every((id) => placed.has(id))) return true
      placed.set(one.id, one)
      return false
    })
  }
  const ids = new Set(given.map(({ id }) => id))
  for (const one of waiting) {
    const missing = one.dependsOn.filter((id) => !ids.has(id))
    const reason =
      missing.length > 0
        ? `names "${missing.join('", "')}", which is not defined for this machine, or is invalid`
        : `goes in a circle, or leads to one: ${one.dependsOn.filter((id) => !placed.has(id)).join(', ')}`
    faults.push({ path: `processes(${one.id}).dependsOn`, reason })
  }
  return [...placed.values()]
}
