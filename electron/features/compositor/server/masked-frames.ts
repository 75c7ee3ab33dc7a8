/**
 * Reads the WebSocket frames of a client (RFC 6455 section 5) out of whatever pieces they arrive in. Messages are put
 * together in one pooled buffer, unmasked a word at a time on the way: for pictures of megabytes that takes a quarter of
 * what a reader for general use takes, and no memory that has to be collected. Owns no socket.
 */
import type { BufferPool } from './buffer-pool.ts'

export class FrameError extends Error {
  /** RFC 6455 close code. */
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export interface MaskedFramesEvents {
  /** `message` is lent until the call returns. */
  onMessage(message: Buffer, isBinary: boolean): void
  onPing(data: Buffer): void
  onPong(): void
  /** The client says goodbye. */
  onClose(code: number): void
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
const MAX_CONTROL_BYTES = 125
const MASK_BYTES = 4
const CLOSE_PROTOCOL_ERROR = 1002
const CLOSE_TOO_BIG = 1009
const CLOSE_NO_STATUS = 1005

interface FrameHeader {
  isFinal: boolean
  opcode: number
  length: number
  mask: Buffer
}

export class MaskedFrames {
  readonly #pool: BufferPool
  readonly #maxBytes: number
  readonly #events: MaskedFramesEvents
  /** The beginning of a header that has not come whole. */
  #headerRest: Buffer = Buffer.alloc(0)
  #frame: FrameHeader | null = null
  /** Of the frame's payload. */
  #read = 0
  /** The message that is being put together, fragments before this one included. */
  #message: Buffer | null = null
  #messageLength = 0
  #isBinary = false
  readonly #control = Buffer.alloc(MAX_CONTROL_BYTES)

  /** `maxBytes`: of a message. */
  constructor(pool: BufferPool, maxBytes: number, events: MaskedFramesEvents) {
    this.#pool = pool
    this.#maxBytes = maxBytes
    this.#events = events
  }

  /** @throws FrameError for what is no frame of a client, or too much; nothing more may be pushed then. */
  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) rest = this.#frame ? this.#takePayload(this.#frame, rest) : this.#takeHeader(rest)
  }

  /** Gives back what it holds. */
  dispose(): void {
    if (this.#message) this.#pool.giveBack(this.#message)
    this.#message = null
  }

  #takeHeader(chunk: Buffer): Buffer {
    const bytes = this.#headerRest.length > 0 ? Buffer.concat([this.#headerRest, chunk]) : chunk
    const length = headerLength(bytes)
    if (length === null || bytes.length < length) {
      // 14 bytes at most, and copied: it is a part of something large.
      this.#headerRest = Buffer.from(bytes)
      return Buffer.alloc(0)
    }
    this.#headerRest = Buffer.alloc(0)
    const frame = readHeader(bytes, length)
    this.#check(frame)
    this.#frame = frame
    this.#read = 0
    if (!isControl(frame)) this.#beginPart(frame)
    if (frame.length === 0) this.#endFrame(frame)
    return bytes.subarray(length)
  }

  #check({ opcode, length, isFinal }: FrameHeader): void {
    if (isControl({ opcode })) {
      if (!isFinal || length > MAX_CONTROL_BYTES) throw new FrameError(CLOSE_PROTOCOL_ERROR, 'a control frame too long')
      if (opcode > OPCODE.pong) throw new FrameError(CLOSE_PROTOCOL_ERROR, `opcode ${opcode}`)
      return
    }
    if (opcode > OPCODE.binary) throw new FrameError(CLOSE_PROTOCOL_ERROR, `opcode ${opcode}`)
    if ((opcode === OPCODE.continuation) !== (this.#message !== null)) {
      throw new FrameError(CLOSE_PROTOCOL_ERROR, 'a fragment without its message')
    }
    if (this.#messageLength + length > this.#maxBytes) {
      throw new FrameError(CLOSE_TOO_BIG, `a message of more than ${this.#maxBytes} bytes`)
    }
  }

  /** How long a message gets is known in its last fragment only, so the first makes room for the longest. */
  #beginPart({ opcode, isFinal, length }: FrameHeader): void {
    if (opcode === OPCODE.continuation) return
    this.#isBinary = opcode === OPCODE.binary
    this.#message = this.#pool.lend(isFinal ? length : this.#maxBytes)
  }

  #takePayload(frame: FrameHeader, chunk: Buffer): Buffer {
    const length = Math.min(chunk.length, frame.length - this.#read)
    const part = chunk.subarray(0, length)
    if (this.#message && !isControl(frame)) {
      this.#message.set(part, this.#messageLength)
      unmask(this.#message, this.#messageLength, length, frame.mask, this.#read)
      this.#messageLength += length
    } else {
      this.#control.set(part, this.#read)
      unmask(this.#control, this.#read, length, frame.mask, this.#read)
    }
    this.#read += length
    if (this.#read === frame.length) this.#endFrame(frame)
    return chunk.subarray(length)
  }

  #endFrame(frame: FrameHeader): void {
    this.#frame = null
    if (isControl(frame)) {
      this.#endControl(frame)
      return
    }
    const message = this.#message
    if (!frame.isFinal || !message) return
    const length = this.#messageLength
    this.#message = null
    this.#messageLength = 0
    try {
      this.#events.onMessage(message.subarray(0, length), this.#isBinary)
    } finally {
      this.#pool.giveBack(message)
    }
  }

  #endControl({ opcode, length }: FrameHeader): void {
    const data = Buffer.from(this.#control.subarray(0, length))
    if (opcode === OPCODE.ping) this.#events.onPing(data)
    else if (opcode === OPCODE.pong) this.#events.onPong()
    else this.#events.onClose(data.length >= 2 ? data.readUInt16BE(0) : CLOSE_NO_STATUS)
  }
}

function isControl({ opcode }: Pick<FrameHeader, 'opcode'>): boolean {
  return opcode >= OPCODE.close
}

/** Null when not even that can be said yet. */
function headerLength(bytes: Buffer): number | null {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1) & 0x7f
  const extended = short === LENGTH_IN_16_BITS ? 2 : short === LENGTH_IN_64_BITS ? 8 : 0
  return 2 + extended + MASK_BYTES
}

function readHeader(bytes: Buffer, headerBytes: number): FrameHeader {
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  if ((first & 0x70) !== 0) throw new FrameError(CLOSE_PROTOCOL_ERROR, 'an extension that was never agreed on')
  if ((second & 0x80) === 0) throw new FrameError(CLOSE_PROTOCOL_ERROR, 'a frame of a client without a mask')
  const mask = Buffer.from(bytes.subarray(headerBytes - MASK_BYTES, headerBytes))
  return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, length: payloadLength(bytes, second & 0x7f), mask }
}

function payloadLength(bytes: Buffer, short: number): number {
  if (short === LENGTH_IN_16_BITS) return bytes.readUInt16BE(2)
  if (short !== LENGTH_IN_64_BITS) return short
  if (bytes.readUInt16BE(2) !== 0) throw new FrameError(CLOSE_TOO_BIG, 'a message of more than 2^48 bytes')
  return bytes.readUIntBE(4, 6)
}

/** In place. `phase`: how much of the frame's payload came before `start`. */
function unmask(buffer: Buffer, start: number, length: number, mask: Buffer, phase: number): void {
  const end = start + length
  const byteAt = (at: number) => mask[(at - start + phase) & 3] as number
  let at = start
  for (; at < end && ((buffer.byteOffset + at) & 3) !== 0; at++) buffer[at] = (buffer[at] as number) ^ byteAt(at)
  const count = (end - at) >> 2
  if (count > 0) {
    const words = new Uint32Array(buffer.buffer, buffer.byteOffset + at, count)
    const word = byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24)
    for (let index = 0; index < count; index++) words[index] = (words[index] as number) ^ word
    at += count * 4
  }
  for (; at < end; at++) buffer[at] = (buffer[at] as number) ^ byteAt(at)
}
