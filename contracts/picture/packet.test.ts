import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressLz4 } from './lz4.ts'
import { headerBytes, PacketError, type PacketHeader, readPacket, writeHeader } from './packet.ts'

interface Vectors {
  good: { name: string; header: PacketHeader; pixels: string; packet: string }[]
  bad: { name: string; packet: string }[]
}

const vectors = JSON.parse(readFileSync(new URL('./packet-vectors.json', import.meta.url), 'utf8')) as Vectors

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

const headers: fc.Arbitrary<PacketHeader> = fc
  .record({
    key: fc.boolean(),
    output: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    width: fc.integer({ min: 1, max: 64 }),
    height: fc.integer({ min: 1, max: 64 }),
    sequence: fc.nat(0xffffffff),
    previous: fc.nat(0xffffffff),
    capturedAt: fc.double({ noNaN: true, min: 0, max: 2 ** 43 }),
    sentAt: fc.double({ noNaN: true, min: 0, max: 2 ** 43 }),
    corners: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { maxLength: 20 }),
  })
  .map(({ corners, ...rest }) => {
    const rects = corners.map(([a, b, c, d]) => {
      const x = a % rest.width
      const y = b % rest.height
      return { x, y, width: 1 + (c % (rest.width - x)), height: 1 + (d % (rest.height - y)) }
    })
    const pixelBytes = rects.reduce((sum, { width, height }) => sum + width * height * 4, 0)
    return { ...rest, format: 'raw' as const, rects, pixelBytes }
  })

function packetOf(header: PacketHeader): Uint8Array {
  const packet = new Uint8Array(headerBytes(header.output, header.rects.length) + header.pixelBytes)
  const pixelsAt = writeHeader(header, packet)
  for (let at = pixelsAt; at < packet.length; at++) packet[at] = at
  return packet
}

describe('picture packets', () => {
  it.each(vectors.good)('P1: $name is written and read as the vector says', ({ header, pixels, packet }) => {
    const bytes = fromHex(packet)
    const read = readPacket(bytes)
    expect(read.header).toEqual(header)
    const raw = new Uint8Array(header.pixelBytes)
    if (header.format === 'raw') raw.set(read.pixels)
    else decompressLz4(read.pixels, raw)
    expect(raw).toEqual(fromHex(pixels))
    const written = new Uint8Array(headerBytes(header.output, header.rects.length))
    expect(writeHeader(header, written)).toBe(written.length)
    expect(written).toEqual(bytes.subarray(0, written.length))
  })

  it.each(vectors.bad)('P2: $name is refused', ({ packet }) => {
    expect(() => readPacket(fromHex(packet))).toThrow(PacketError)
  })

  it('P1: reads what it wrote, wherever it lies in memory', () => {
    fc.assert(
      fc.property(headers, fc.nat(7), (header, offset) => {
        const packet = packetOf(header)
        const shifted = new Uint8Array(packet.length + offset).subarray(offset)
        shifted.set(packet)
        const { header: read, pixels } = readPacket(shifted)
        expect(read).toEqual(header)
        expect(pixels).toEqual(packet.subarray(packet.length - header.pixelBytes))
      }),
    )
  })

  it('P2: reads or refuses whatever comes, and throws nothing else', () => {
    const noise = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(
        headers,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        noise,
        (header, edits, rest) => {
          const packet = packetOf(header)
          for (const [at, value] of edits) packet[at % packet.length] = value
          for (const bytes of [packet, packet.subarray(0, packet.length - rest.length), rest]) {
            try {
              const { header: read, pixels } = readPacket(bytes)
              expect(pixels.length).toBe(read.format === 'raw' ? read.pixelBytes : pixels.length)
            } catch (error) {
              expect(error).toBeInstanceOf(PacketError)
            }
          }
        },
      ),
    )
  })
})
