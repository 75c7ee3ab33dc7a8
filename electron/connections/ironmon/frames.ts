/**
 * Takes the game's byte stream apart: `<length> <payload>`, the length in ASCII digits and counting bytes of UTF-8, one
 * space, no end mark. Works on bytes, because TCP cuts anywhere, inside a digit or a character too. Holds at most one
 * message. Knows no JSON.
 *
 * What is no frame is refused once and skipped, up to the next digits that are followed by a space and a `{`; so a message
 * whose length is wrong costs itself and at most the one after it.
 */

/** 1 MiB: far above any message of the plugin's. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/** As many digits as that length has. */
const MAX_LENGTH_DIGITS = 7

const SPACE = 0x20
/** Not sent by any plugin known; harmless between messages. */
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BRACE = 0x7b

export type Frame =
  | { kind: 'message'; text: string }
  | { kind: 'refused'; reason: 'bad-framing' | 'too-large'; detail: string }

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/**
 * Judges how a connection begins: a game's first bytes are a length, a space and `{`. A digit alone does not tell: a page
 * whose name was made to mean this machine may send a request whose method is a number.
 */
export class Opening {
  #digits = 0
  #hasSpace = false
  #verdict: boolean | null = null

  /** Whether it can be a game; null while too little has come to say. */
  judge(chunk: Uint8Array): boolean | null {
    for (const byte of chunk) {
      if (this.#verdict !== null) break
      if (this.#hasSpace) this.#verdict = byte === BRACE
      else if (isDigit(byte) && this.#digits < MAX_LENGTH_DIGITS) this.#digits += 1
      else if (byte === SPACE && this.#digits > 0) this.#hasSpace = true
      else this.#verdict = false
    }
    return this.#verdict
  }
}

type Position =
  /** Between messages, where a length must stand. */
  | 'length'
  | 'payload'
  /** Looking for the next frame. */
  | 'lost'
  /** Found something that may be one: a length and a space. */
  | 'found'

export class FrameDecoder {
  #position: Position = 'length'
  #digits = ''
  #payload = new Uint8Array(0)
  #filled = 0
  readonly #decoder = new TextDecoder()

  /** Everything complete in what has come so far, in order. */
  push(chunk: Uint8Array): Iterable<Frame> {
    return this.#read(chunk)
  }

  *#read(chunk: Uint8Array): Generator<Frame> {
    let at = 0
    while (at < chunk.length) {
      if (this.#position === 'payload') {
        at = this.#fill(chunk, at)
        if (this.#filled === this.#payload.length) yield this.#take()
      } else if (this.#position === 'found') {
        // Not consumed: the byte is the payload's first, or to be looked at again.
        if (chunk[at] === BRACE) this.#begin()
        else this.#lose()
      } else {
        const refusal = this.#step(chunk[at] ?? 0)
        at += 1
        if (refusal) yield refusal
      }
    }
  }

  #step(byte: number): Frame | null {
    const wasLost = this.#position === 'lost'
    if (isDigit(byte)) {
      if (this.#digits.length <= MAX_LENGTH_DIGITS) this.#digits += String.fromCharCode(byte)
      if (this.#digits.length <= MAX_LENGTH_DIGITS || wasLost) return null
      return this.#refuse('too-large', `a message of more than ${MAX_LENGTH_DIGITS} digits of length`)
    }
    const length = Number(this.#digits)
    const isLength = byte === SPACE && this.#digits !== ''
    if (wasLost) {
      if (isLength && length > 0 && length <= MAX_MESSAGE_BYTES) this.#position = 'found'
      else this.#lose()
      return null
    }
    if (this.#digits === '' && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) return null
    if (!isLength) return this.#refuse('bad-framing', `byte ${byte} where the length of a message must stand`)
    if (length === 0) return this.#refuse('bad-framing', 'a message of length 0')
    if (length > MAX_MESSAGE_BYTES) {
      return this.#refuse('too-large', `a message of ${length} bytes; at most ${MAX_MESSAGE_BYTES} are taken`)
    }
    this.#begin()
    return null
  }

  #refuse(reason: 'bad-framing' | 'too-large', detail: string): Frame {
    this.#lose()
    return { kind: 'refused', reason, detail }
  }

  #lose(): void {
    this.#position = 'lost'
    this.#digits = ''
  }

  #begin(): void {
    this.#payload = new Uint8Array(Number(this.#digits))
    this.#filled = 0
    this.#digits = ''
    this.#position = 'payload'
  }

  #fill(chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.length, from + this.#payload.length - this.#filled)
    this.#payload.set(chunk.subarray(from, to), this.#filled)
    this.#filled += to - from
    return to
  }

  #take(): Frame {
    const text = this.#decoder.decode(this.#payload)
    this.#payload = new Uint8Array(0)
    this.#position = 'length'
    return { kind: 'message', text }
  }
}
