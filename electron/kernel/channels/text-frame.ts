/**
 * A WebSocket text frame as a server sends it (RFC 6455 section 5.2: final, not masked, not compressed), ready to be
 * written to any number of sockets. `ws` builds one for each client; for a broadcast they are all the same.
 */

const FINAL_TEXT = 0x81
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
const MAX_7_BIT_LENGTH = 125
const MAX_16_BIT_LENGTH = 65_535

export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const offset = headerLength(length)
  const frame = Buffer.allocUnsafe(offset + length)
  frame[0] = FINAL_TEXT
  if (offset === 2) frame[1] = length
  else if (offset === 4) {
    frame[1] = LENGTH_IN_16_BITS
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_IN_64_BITS
    frame.writeUInt16BE(0, 2)
    frame.writeUIntBE(length, 4, 6)
  }
  frame.write(text, offset)
  return frame
}

function headerLength(length: number): 2 | 4 | 10 {
  if (length <= MAX_7_BIT_LENGTH) return 2
  return length <= MAX_16_BIT_LENGTH ? 4 : 10
}
