import fc from 'fast-check'
import fastJsonPatch from 'fast-json-patch'
import { produce } from 'immer'
import { describe, expect, it } from 'vitest'
import { applyPatch } from '../../../contracts/client/apply-patch.ts'
import { jsonDiff } from './json-diff.ts'

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)

function applyOfficially(value: unknown, ops: readonly object[]): unknown {
  const document = JSON.parse(JSON.stringify({ value }))
  const inside = ops.map((op) => ({ ...op, path: `/value${(op as { path: string }).path}` }))
  return fastJsonPatch.applyPatch(document, inside as never, true, true, false).newDocument.value
}

describe('jsonDiff', () => {
  it('[W3] turns any value into any other, by a standard library and by our own', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const ops = JSON.parse(JSON.stringify(jsonDiff(before, after)))
        expect(applyPatch(before, ops)).toEqual(after)
        // The library refuses this one key on principle; ours has a test of its own for it.
        if (!JSON.stringify([before, after]).includes('__proto__')) {
          expect(applyOfficially(before, ops)).toEqual(after)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('[W3] says nothing of equal values, shared or not', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(jsonDiff(value, JSON.parse(JSON.stringify(value)))).toEqual([])
      }),
    )
  })

  it('follows any sequence of changes of a list', () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), value: fc.nat() }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), value: fc.nat() }),
      fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat() }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.nat() }),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ id: fc.nat(9) })), fc.array(change), (list, changes) => {
        let value = { list }
        let replica = value
        for (const { kind, at, value: id } of changes) {
          const next = produce(value, ({ list }) => {
            const place = list.length === 0 ? 0 : at % list.length
            if (kind === 'insert') list.splice(place, 0, { id })
            else if (kind === 'remove') list.splice(place, 1)
            else if (kind === 'cut') list.length = place
            else if (list[place]) list[place].id = id
          })
          replica = applyPatch(replica, JSON.parse(JSON.stringify(jsonDiff(value, next))))
          value = next
          expect(replica).toEqual(value)
        }
      }),
    )
  })

  it('takes one step for one element gained or lost, however long the list', () => {
    const list = Array.from({ length: 1000 }, (_, id) => ({ id }))
    expect(jsonDiff(list, list.slice(1))).toEqual([{ op: 'remove', path: '/0' }])
    expect(jsonDiff(list, [{ id: -1 }, ...list])).toEqual([{ op: 'add', path: '/0', value: { id: -1 } }])
  })

  it('escapes keys and minds those that objects have by birth', () => {
    const after = { 'a/b~c': 1, constructor: 2, ['__proto__']: 3 }
    const ops = JSON.parse(JSON.stringify(jsonDiff({}, after)))
    const replica = applyPatch({}, ops) as Record<string, unknown>
    expect(Object.entries(replica).sort()).toEqual(Object.entries(after).sort())
    expect(ops).toContainEqual({ op: 'add', path: '/a~1b~0c', value: 1 })
  })

  it('counts undefined as absent, as JSON does', () => {
    expect(jsonDiff({ a: undefined }, {})).toEqual([])
    expect(jsonDiff({ a: 1 }, { a: undefined })).toEqual([{ op: 'remove', path: '/a' }])
    expect(jsonDiff([undefined], [null])).toEqual([])
  })
})

describe('applyPatch', () => {
  it('throws where a path leads nowhere, so that drift is noticed', () => {
    expect(() => applyPatch({}, [{ op: 'replace', path: '/a', value: 1 }])).toThrow('nothing at /a')
    expect(() => applyPatch({ a: 1 }, [{ op: 'remove', path: '/a/b' }])).toThrow('nothing at /a/b')
    expect(() => applyPatch([1], [{ op: 'remove', path: '/1' }])).toThrow('no element at /1')
    expect(() => applyPatch([1], [{ op: 'add', path: '/x', value: 1 }])).toThrow('no element at /x')
  })

  it('leaves what it does not touch as it is', () => {
    const before = { a: { b: 1 }, c: [{ d: 1 }, { d: 2 }] }
    const after = applyPatch(before, [{ op: 'replace', path: '/c/1/d', value: 3 }])
    expect(after.a).toBe(before.a)
    expect(after.c[0]).toBe(before.c[0])
    expect(before.c[1]).toEqual({ d: 2 })
  })
})
