import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WireVersion } from '../../../contracts/wire.ts'
import { decodeFrame, encodeFrame, wireVersionOf } from './frame-codec.ts'

const versions = fc.constantFrom<WireVersion>(1, 2)

describe('decodeFrame', () => {
  it('[W1] reads both versions alike', () => {
    const message = { joinRef: '1', ref: '2', topic: 't', event: 'e', payload: { a: 1 } }
    expect(decodeFrame(2, '["1","2","t","e",{"a":1}]')).toEqual({ ok: true, message })
    expect(decodeFrame(1, '{"topic":"t","event":"e","payload":{"a":1},"ref":"2","join_ref":"1"}')).toEqual({
      ok: true,
      message,
    })
  })

  it('[W1] takes what old clients leave out', () => {
    expect(decodeFrame(1, '{"topic":"t","event":"e"}')).toEqual({
      ok: true,
      message: { joinRef: null, ref: null, topic: 't', event: 'e', payload: {} },
    })
    expect(decodeFrame(1, '{"topic":"t","event":"e","ref":7,"payload":null}')).toMatchObject({ message: { ref: 7 } })
  })

  it('[W1] reads back what it writes', () => {
    const ref = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.constant(null))
    const name = fc.string({ minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(
        versions,
        ref,
        ref,
        name,
        name,
        fc.jsonValue({ maxDepth: 3 }),
        (version, joinRef, ref, topic, event, value) => {
          const payloadJson = JSON.stringify({ value })
          const decoded = decodeFrame(version, encodeFrame(version, { joinRef, ref, topic, event, payloadJson }))
          const payload = JSON.parse(payloadJson)
          // Version 1 carries no join_ref.
          const expected = { joinRef: version === 1 ? null : joinRef, ref, topic, event, payload }
          expect(decoded).toEqual({ ok: true, message: expected })
        },
      ),
    )
  })

  it('[W8] never throws on any text, and names the fault', () => {
    fc.assert(
      fc.property(versions, fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (version, text) => {
        const decoded = decodeFrame(version, text)
        if (!decoded.ok) expect(decoded.fault).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })

  it('[W8] never throws on any list or object of any values', () => {
    const value = fc.anything({ maxDepth: 2 })
    const object = fc.record(
      { topic: value, event: value, ref: value, join_ref: value, payload: value },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 7 }), object, (list, record) => {
        for (const [version, thing] of [
          [2, list],
          [1, record],
        ] as const) {
          let text: string | undefined
          try {
            text = JSON.stringify(thing)
          } catch {}
          if (text !== undefined) expect(typeof decodeFrame(version, text).ok).toBe('boolean')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('[W8] tells which part is at fault, and to whom', () => {
    expect(decodeFrame(2, '[null,"7",5,"e",{}]')).toMatchObject({ ok: false, path: '[2]', ref: '7', topic: 'phoenix' })
    expect(decodeFrame(2, '["1","7","t",null,{}]')).toMatchObject({ ok: false, path: '[3]', joinRef: '1', topic: 't' })
    expect(decodeFrame(1, '{"topic":"t","event":"e","ref":{}}')).toMatchObject({ ok: false, path: 'ref', ref: null })
    expect(decodeFrame(2, '{"topic":"t"}')).toMatchObject({ ok: false, ref: null })
    expect(decodeFrame(2, `[null,"1","${'t'.repeat(201)}","e",{}]`)).toMatchObject({ ok: false, path: '[2]' })
  })

  it('[W8] refuses nesting that would overflow what comes behind', () => {
    const deep = `[null,"1","t","e",${'['.repeat(100_000)}${']'.repeat(100_000)}]`
    expect(decodeFrame(2, deep)).toMatchObject({ ok: false, fault: expect.stringContaining('64 levels') })
    const brackets = JSON.stringify([null, '1', 't', 'e', { text: '\\"[[[['.repeat(100) }])
    expect(decodeFrame(2, brackets)).toMatchObject({ ok: true })
  })
})

describe('wireVersionOf', () => {
  it('[W1] takes none for the first', () => {
    expect([null, '1.0.0', '2.0.0', '2.1.0', '3.0.0', ''].map(wireVersionOf)).toEqual([1, 1, 2, 2, null, null])
  })
})
