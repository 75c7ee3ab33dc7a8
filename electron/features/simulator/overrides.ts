/** Puts a caller's own fields over a made-up payload and checks the whole; a fault is named by its path. */
import { type EventPayload, eventSchemas } from '../../../contracts/events.ts'
import { CommandError, pathText } from '../../kernel/commands.ts'
import type { SimulatedType } from './payloads.ts'

/** The payload with `overrides` over it: objects are merged, everything else is replaced. Throws a `CommandError`. */
export function overridePayload<T extends SimulatedType>(
  type: T,
  payload: EventPayload<T>,
  overrides: Record<string, unknown>,
): EventPayload<T> {
  const merged = merge(payload, overrides)
  const parsed = eventSchemas[type].safeParse(merged)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw fault(issue?.path ?? [], issue?.message ?? 'not valid')
  }
  // A name the schema does not know would be dropped in silence: it is a slip of the pen, so it is told.
  for (const key of Object.keys(overrides)) {
    if (!Object.hasOwn(parsed.data, key)) throw fault([key], `"${type}" has no such field`)
  }
  return parsed.data as EventPayload<T>
}

function fault(path: readonly PropertyKey[], message: string): CommandError {
  const text = pathText(['payload', ...path])
  return new CommandError('invalid_args', `${text}: ${message}`, { path: text })
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    if (key !== '__proto__') merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value
  }
  return merged
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
