/** Bytes of one output stream to lines of bounded length. Knows nothing of files. */
import { StringDecoder } from 'node:string_decoder'

/** A longer line is handed on in pieces: memory never depends on what a process prints. */
export const MAX_LINE = 8_192

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  readonly #emit: (text: string, cut: boolean) => void

  /** `cut`: the line goes on in the next piece. */
  constructor(emit: (text: string, cut: boolean) => void) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk)
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#line(text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end))
      from = end + 1
    }
    this.#rest = this.#pieces(text.slice(from))
  }

  /** The process has ended: what has no line end is a line too. */
  end(): void {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    if (rest !== '') this.#line(rest)
  }

  #line(text: string): void {
    this.#emit(this.#pieces(text), false)
  }

  /** Hands on what is too much; answers the rest. */
  #pieces(text: string): string {
    let from = 0
    while (text.length - from > MAX_LINE) {
      const end = wholeCharacters(text, from + MAX_LINE)
      this.#emit(text.slice(from, end), true)
      from = end
    }
    return from === 0 ? text : text.slice(from)
  }
}

/** Not between the two halves of one character. */
function wholeCharacters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1)
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end
}
