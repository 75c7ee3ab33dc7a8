/**
 * The difference of two JSON values as RFC 6902 operations. Values that share structure are compared by identity first,
 * so the cost follows the change and not the size. A list that gained or lost elements at one place yields just that,
 * however long it is; immer's own patches rewrite everything behind the place.
 */
import type { PatchOperation } from '../../../contracts/wire.ts'

/** What turns `before` into `after`; empty when they are equal. `undefined` counts as absent, as it does in JSON. */
export function jsonDiff(before: unknown, after: unknown): PatchOperation[] {
  const ops: PatchOperation[] = []
  diffValue(before, after, '', ops)
  return ops
}

type JsonObject = Record<string, unknown>

function diffValue(before: unknown, after: unknown, path: string, ops: PatchOperation[]): void {
  if (Object.is(before, after)) return
  if (Array.isArray(before) && Array.isArray(after)) diffList(before, after, path, ops)
  else if (isObject(before) && isObject(after)) diffObject(before, after, path, ops)
  else if (!isSame(before, after)) ops.push({ op: 'replace', path, value: after })
}

function diffObject(before: JsonObject, after: JsonObject, path: string, ops: PatchOperation[]): void {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && valueAt(after, key) === undefined) {
      ops.push({ op: 'remove', path: `${path}/${escaped(key)}` })
    }
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue
    const old = valueAt(before, key)
    const at = `${path}/${escaped(key)}`
    if (old === undefined) ops.push({ op: 'add', path: at, value })
    else diffValue(old, value, at, ops)
  }
}

function diffList(before: readonly unknown[], after: readonly unknown[], path: string, ops: PatchOperation[]): void {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && isSame(before[head], after[head])) head++
  let tail = 0
  while (tail < shorter - head && isSame(before.at(-1 - tail), after.at(-1 - tail))) tail++
  const [oldEnd, newEnd] = [before.length - tail, after.length - tail]
  const common = Math.min(oldEnd, newEnd)
  for (let at = head; at < common; at++) diffValue(listed(before[at]), listed(after[at]), `${path}/${at}`, ops)
  for (let at = oldEnd - 1; at >= common; at--) ops.push({ op: 'remove', path: `${path}/${at}` })
  for (let at = common; at < newEnd; at++) ops.push({ op: 'add', path: `${path}/${at}`, value: listed(after[at]) })
}

/** In a list JSON turns `undefined` into null. */
function listed(value: unknown): unknown {
  return value === undefined ? null : value
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => isSame(listed(value), listed(b[at])))
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every((key) => isSame(valueAt(a, key), valueAt(b, key)))
  }
  // Minus zero is zero in JSON.
  return a === b
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Own keys only: a state may well have a key called `constructor`. */
function valueAt(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** A key as a part of a JSON pointer (RFC 6901). */
function escaped(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}
