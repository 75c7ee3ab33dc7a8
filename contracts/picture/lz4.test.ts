import fc from 'fast-check'
import { compressSync } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { decompressLz4, Lz4Error } from './lz4.ts'

/** One LZ4 block by an independent encoder, which writes the size before it. */
function compress(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(compressSync(Buffer.from(bytes)).subarray(4))
}

/** Pictures: runs, repeats near and far, and some noise between them. */
const pictures = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('run' as const),
        value: fc.nat(0xffffffff),
        count: fc.integer({ min: 1, max: 3000 }),
      }),
      fc.record({ kind: fc.constant('noise' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }) }),
      fc.record({ kind: fc.constant('again' as const), back: fc.nat(), count: fc.integer({ min: 1, max: 600 }) }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => {
    const bytes: number[] = []
    for (const part of parts) {
      if (part.kind === 'noise') bytes.push(...part.bytes)
      else if (part.kind === 'run') {
        for (let at = 0; at < part.count; at++) bytes.push((part.value >>> ((at % 4) * 8)) & 255)
      } else if (bytes.length > 0) {
        const start = part.back % bytes.length
        for (let at = 0; at < part.count; at++) bytes.push(bytes[start + at] ?? 0)
      }
    }
    return Uint8Array.from(bytes)
  })

describe('LZ4 block', () => {
  it('P3: is read as an independent encoder wrote it', () => {
    fc.assert(
      fc.property(pictures, (bytes) => {
        const target = new Uint8Array(bytes.length)
        decompressLz4(compress(bytes), target)
        expect(target).toEqual(bytes)
      }),
    )
  })

  it('P3: of a whole clear canvas is read', () => {
    const target = new Uint8Array(1920 * 1080 * 4).fill(9)
    decompressLz4(compress(new Uint8Array(target.length)), target)
    expect(target.every((byte) => byte === 0)).toBe(true)
  })

  it('P3: that is damaged is refused, and nothing outside of the target is written', () => {
    fc.assert(
      fc.property(
        pictures,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        fc.nat(20),
        (bytes, edits, cut) => {
          const block = compress(bytes)
          for (const [at, value] of edits) block[at % block.length] = value
          const memory = new Uint8Array(bytes.length + 32).fill(0xaa)
          const target = memory.subarray(16, 16 + bytes.length)
          try {
            decompressLz4(block.subarray(0, block.length - cut), target)
          } catch (error) {
            expect(error).toBeInstanceOf(Lz4Error)
          }
          expect([...memory.subarray(0, 16), ...memory.subarray(-16)].every((byte) => byte === 0xaa)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('P3: of noise that was never a block is refused or fills the target exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(400), (block, size) => {
        try {
          decompressLz4(block, new Uint8Array(size))
        } catch (error) {
          expect(error).toBeInstanceOf(Lz4Error)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
