/** Reads a moving preview as a browser would: part after part. */
import { get, type IncomingMessage } from 'node:http'

export class PreviewReader {
  /** JPEGs, in order. */
  readonly pictures: Buffer[] = []
  isClosed = false
  readonly #response: IncomingMessage
  readonly #boundary: string
  #rest: Buffer = Buffer.alloc(0)

  private constructor(response: IncomingMessage) {
    this.#response = response
    this.#boundary = `--${/boundary=(.+)$/.exec(response.headers['content-type'] ?? '')?.[1] ?? ''}\r\n`
    response.on('data', (chunk: Buffer) => this.#read(chunk))
    response.on('error', () => {})
    response.on('close', () => {
      this.isClosed = true
    })
  }

  /** Rejects when it is refused. */
  static open(url: string): Promise<PreviewReader> {
    return new Promise((resolve, reject) => {
      const request = get(url, (response) => {
        if (response.statusCode === 200) resolve(new PreviewReader(response))
        else reject(new Error(`refused: ${response.statusCode}`))
      })
      request.on('error', reject)
    })
  }

  stall(): void {
    this.#response.pause()
  }

  goOn(): void {
    this.#response.resume()
  }

  leave(): void {
    this.#response.destroy()
  }

  /** A part is whole when the boundary behind it has come. */
  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (let end = this.#rest.indexOf(this.#boundary); end !== -1; end = this.#rest.indexOf(this.#boundary)) {
      const part = this.#rest.subarray(0, end)
      this.#rest = this.#rest.subarray(end + this.#boundary.length)
      const body = part.indexOf('\r\n\r\n')
      if (body !== -1) this.pictures.push(Buffer.from(part.subarray(body + 4, part.length - 2)))
    }
  }
}
