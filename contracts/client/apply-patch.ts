/**
 * Applies the patches of a replicated state. Only what the hub sends (`add`, `replace`, `remove`), on values that are
 * never changed in place: what a patch does not touch keeps its identity, so a page re-renders only what changed.
 */
import type { PatchOperation } from '../wire.ts'

/** The value after `ops`. Throws when a path leads nowhere: then the replica and the hub have drifted apart. */
export function applyPatch<T>(value: T, ops: readonly PatchOperation[]): T {
  return ops.reduce<unknown>((current, op) => applyAt(current, pointerParts(op.path), 0, op), value) as T
}

function pointerParts(path: string): string[] {
  if (path === '') return []
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function applyAt(target: unknown, parts: readonly string[], depth: number, op: PatchOperation): unknown {
  const key = parts[depth]
  if (key === undefined) return op.op === 'remove' ? null : op.value
  const isLast = depth === parts.length - 1
  if (Array.isArray(target)) return applyToList(target, key, isLast, parts, depth, op)
  if (typeof target !== 'object' || target === null) throw new Error(`patch: nothing at ${op.path}`)
  return applyToObject(target as Record<string, unknown>, key, isLast, parts, depth, op)
}

function applyToList(
  list: readonly unknown[],
  key: string,
  isLast: boolean,
  parts: readonly string[],
  depth: number,
  op: PatchOperation,
): unknown[] {
  const at = key === '-' ? list.length : Number(key)
  const end = isLast && op.op === 'add' ? list.length : list.length - 1
  if (!Number.isInteger(at) || at < 0 || at > end) throw new Error(`patch: no element at ${op.path}`)
  if (isLast && op.op === 'remove') return [...list.slice(0, at), ...list.slice(at + 1)]
  if (isLast && op.op === 'add') return [...list.slice(0, at), op.value, ...list.slice(at)]
  const copy = [...list]
  copy[at] = applyAt(list[at], parts, depth + 1, op)
  return copy
}

function applyToObject(
  object: Record<string, unknown>,
  key: string,
  isLast: boolean,
  parts: readonly string[],
  depth: number,
  op: PatchOperation,
): Record<string, unknown> {
  const present = Object.hasOwn(object, key)
  if (!present && !(isLast && op.op === 'add')) throw new Error(`patch: nothing at ${op.path}`)
  if (isLast && op.op === 'remove') {
    const { [key]: _, ...rest } = object
    return rest
  }
  // A computed key makes an own property of any name, `__proto__` included.
  return { ...object, [key]: applyAt(present ? object[key] : undefined, parts, depth + 1, op) }
}
