import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../base/clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import { BufferPool } from './buffer-pool.ts'
import { FrameError, MaskedFrames } from './masked-frames.ts'

const MAX_BYTES = 200_000

interface Heard {
  messages: { bytes: Buffer; isBinary: boolean }[]
  pings: Buffer[]
  pongs: number
  closes: number[]
}

/** Reads `bytes` in pieces of these sizes, over and over. */
function read(bytes: Buffer, pieces: readonly number[]): Heard {
  const heard: Heard = { messages: [], pings: [], pongs: 0, closes: [] }
  const pool = new BufferPool(systemClock)
  const frames = new MaskedFrames(pool, MAX_BYTES, {
    onMessage: (message, isBinary) => heard.messages.push({ bytes: Buffer.from(message), isBinary }),
    onPing: (data) => heard.pings.push(data),
    onPong: () => {
      heard.pongs += 1
    },
    onClose: (code) => heard.closes.push(code),
  })
  try {
    for (let at = 0, piece = 0; at < bytes.length; piece++) {
      const size = pieces[piece % pieces.length] ?? 1
      frames.push(bytes.subarray(at, at + size))
      at += size
    }
  } finally {
    frames.dispose()
    pool.dispose()
  }
  return heard
}

interface FrameParts {
  opcode: number
  isFinal: boolean
  payload: Uint8Array
  mask: number
}

/** A frame as a client sends it. */
function frame({ opcode, isFinal, payload, mask }: FrameParts): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + extended + 4)
  header[0] = (isFinal ? 0x80 : 0) | opcode
  header[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) header.writeUInt16BE(length, 2)
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2)
  header.writeUInt32BE(mask, 2 + extended)
  const key = header.subarray(-4)
  return Buffer.concat([header, payload.map((byte, at) => byte ^ (key[at % 4] ?? 0))])
}

const mask = fc.nat(0xffffffff)
const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 })
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(70_000).map((size) => new Uint8Array(size).map((_, at) => at * 7)),
)

describe('frames of a client', () => {
  ensureNoLeaks()

  it('give their messages, however they are cut up and whatever stands between', () => {
    const message = fc.record({
      isBinary: fc.boolean(),
      parts: fc.array(fc.record({ payload, mask, ping: fc.option(fc.uint8Array({ maxLength: 125 })) }), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), sizes, (messages, pieces) => {
        const bytes = messages.flatMap(({ isBinary, parts }) =>
          parts.flatMap((part, index) => {
            const opcode = index > 0 ? 0 : isBinary ? 2 : 1
            const data = frame({ ...part, opcode, isFinal: index === parts.length - 1 })
            return part.ping ? [frame({ opcode: 9, isFinal: true, payload: part.ping, mask: part.mask }), data] : [data]
          }),
        )
        const total = messages.some(
          ({ parts }) => parts.reduce((sum, part) => sum + part.payload.length, 0) > MAX_BYTES,
        )
        fc.pre(!total)
        const heard = read(Buffer.concat(bytes), pieces)
        expect(heard.messages.map(({ isBinary }) => isBinary)).toEqual(messages.map(({ isBinary }) => isBinary))
        for (const [index, { parts }] of messages.entries()) {
          const whole = Buffer.concat(parts.map((part) => part.payload))
          expect(heard.messages[index]?.bytes.equals(whole)).toBe(true)
        }
        const pings = messages.flatMap(({ parts }) => parts.flatMap(({ ping }) => (ping ? [Buffer.from(ping)] : [])))
        expect(heard.pings).toEqual(pings)
      }),
      { numRuns: 60 },
    )
  })

  it('say goodbye with a code, or without', () => {
    const goodbye = frame({ opcode: 8, isFinal: true, payload: Uint8Array.from([3, 232]), mask: 5 })
    const silent = frame({ opcode: 8, isFinal: true, payload: new Uint8Array(0), mask: 5 })
    const pong = frame({ opcode: 10, isFinal: true, payload: new Uint8Array(3), mask: 5 })
    expect(read(Buffer.concat([pong, goodbye, silent]), [3])).toMatchObject({ closes: [1000, 1005], pongs: 1 })
  })

  const one = { isFinal: true, payload: new Uint8Array(4), mask: 1 }
  it.each([
    ['without a mask', Buffer.from([0x82, 0x01, 0x00, 0, 0, 0, 0]), 1002],
    ['with an extension', Buffer.from([0xc2, 0x80, 0, 0, 0, 0]), 1002],
    ['of no known kind', frame({ ...one, opcode: 3 }), 1002],
    ['of no known kind of control', frame({ ...one, opcode: 11 }), 1002],
    ['that go on where nothing began', frame({ ...one, opcode: 0 }), 1002],
    [
      'that begin where something goes on',
      Buffer.concat([1, 2].map(() => frame({ ...one, isFinal: false, opcode: 2 }))),
      1002,
    ],
    ['of control in parts', frame({ ...one, isFinal: false, opcode: 9 }), 1002],
    ['of control too long', frame({ ...one, opcode: 9, payload: new Uint8Array(126) }), 1002],
    ['too long', frame({ ...one, opcode: 2, payload: new Uint8Array(MAX_BYTES + 1) }), 1009],
    ['of astronomic length', Buffer.from([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]), 1009],
  ])('%s are refused', (_, bytes, code) => {
    expect(() => read(bytes, [1000])).toThrow(FrameError)
    try {
      read(bytes, [1])
    } catch (error) {
      expect(error).toMatchObject({ code })
    }
  })

  it('that are noise are read or refused, and throw nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), sizes, (bytes, pieces) => {
        try {
          read(Buffer.from(bytes), pieces)
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
