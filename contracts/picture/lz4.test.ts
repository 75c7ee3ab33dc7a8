import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { compressSync } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { decompressLz4, Lz4Error } from './lz4.ts'

const MODULE = join(import.meta.dirname, 'lz4.ts')
/** What went wrong before went wrong in five of twelve. */
const FRESH_PROCESSES = 10
const FIRST_TIME = `
import { readFileSync } from 'node:fs'
const [, , module, folder] = process.argv
const { decompressLz4 } = await import(module)
const picture = readFileSync(folder + '/picture')
const target = new Uint8Array(picture.length)
decompressLz4(readFileSync(folder + '/block'), target)
process.stdout.write(picture.equals(target) ? 'equal' : 'different')
`

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

  it('P3: of a large picture is right the first time, in a process whose compilers have not seen it yet', async () => {
    const picture = new Uint8Array(1280 * 720 * 4)
    for (let at = 0; at < picture.length; at += 4) {
      const [x, y] = [(at / 4) % 1280, Math.floor(at / 4 / 1280)]
      if ((x + y) % 5 !== 0) picture.set([3, x * 3, y * 5 + 3, 255], at)
    }
    const folder = mkdtempSync(join(tmpdir(), 'landale-lz4-'))
    try {
      writeFileSync(join(folder, 'picture'), picture)
      writeFileSync(join(folder, 'block'), compress(picture))
      writeFileSync(join(folder, 'first.ts'), FIRST_TIME)
      const first = () => promisify(execFile)(process.execPath, [join(folder, 'first.ts'), MODULE, folder])
      for (let time = 0; time < FRESH_PROCESSES; time++) expect((await first()).stdout).toBe('equal')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
