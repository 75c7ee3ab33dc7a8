import { describe, expect, test } from 'vitest'
import { createCodec } from './codec.ts'

const codec = createCodec()
const roundTrip = (value: unknown) => codec.decode(codec.encode(value))

describe('codec', () => {
  test('carries what structured clone carries', () => {
    const values = [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, 12n, [1, ['é']], { a: { b: undefined } }]
    expect(roundTrip(values)).toEqual(values)
    expect(Object.is(roundTrip(-0), -0)).toBe(true)
    expect(roundTrip(new Map([[{ k: 1 }, new Set(['x'])]]))).toEqual(new Map([[{ k: 1 }, new Set(['x'])]]))
    expect(roundTrip(new Uint8Array([0, 128, 255]))).toEqual(new Uint8Array([0, 128, 255]))
    expect(roundTrip(new Uint8Array([7]).buffer)).toEqual(new Uint8Array([7]).buffer)
  })

  test('keeps the name and the text of an error', () => {
    expect(roundTrip(new RangeError('too far'))).toMatchObject({ name: 'RangeError', message: 'too far' })
  })

  test('refuses what structured clone refuses, and says that it cannot do cycles', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(() => codec.encode(() => {})).toThrow('An object could not be cloned.')
    expect(() => codec.encode(cycle)).toThrow('circular')
  })

  test('the same object twice is no cycle', () => {
    const shared = { a: 1 }
    expect(roundTrip([shared, shared])).toEqual([shared, shared])
  })
})
