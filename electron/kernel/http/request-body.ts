/** Reads a request's body up to a limit. A sender of too much gets its answer, and a moment to read it, then the line is cut. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../../base/clock.ts'
import { parseJson } from '../parse-json.ts'
import { HttpError, type Upload } from './routes.ts'

/** How long a refused sender may go on sending before the line is cut: enough to read the answer. */
const LINGER_MS = 1000

/** The parsed JSON, or undefined when there is no body. Throws `HttpError` 400, 413 or 415. */
export async function readJsonBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<unknown> {
  if (!hasBody(request)) return undefined
  if (!isJson(request.headers['content-type'])) {
    throw new HttpError(
      415,
      'unsupported_media_type',
      'the body must be JSON: send it with Content-Type: application/json',
    )
  }
  const text = (await readWhole(request, response, maxBytes)).toString('utf8')
  if (text.trim() === '') return undefined
  const parsed = parseJson(text)
  if (!parsed.ok) throw new HttpError(400, 'malformed_json', `the body is not valid JSON: ${parsed.error}`)
  return parsed.value
}

/** The bytes of a file. Throws `HttpError` 400, 413 or 415. */
export async function readUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, maxBytes }: Upload,
): Promise<Buffer> {
  if (mediaType(request.headers['content-type']) !== contentType) {
    throw new HttpError(
      415,
      'unsupported_media_type',
      `the body must be a file: send it with Content-Type: ${contentType}`,
    )
  }
  if (!hasBody(request)) throw new HttpError(400, 'empty_body', 'the body is empty: send the file itself')
  return readWhole(request, response, maxBytes)
}

async function readWhole(request: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  return readBytes(request, maxBytes)
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase()
}

export function isJson(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'application/json'
}

function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        request.removeAllListeners('data')
        reject(tooLarge(maxBytes))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new HttpError(400, 'incomplete_body', 'the body ended too early')))
  })
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, 'body_too_large', `the body is over the limit of ${maxBytes} bytes`)
}

/** After an early answer: what is still arriving is thrown away for a moment, then the connection is closed. */
export function discardRest(request: IncomingMessage, clock: Clock): void {
  if (request.complete) return
  request.on('error', () => {})
  request.resume()
  const timer = clock.setTimeout(() => request.socket.destroy(), LINGER_MS)
  const stop = () => timer.dispose()
  request.on('end', stop)
  request.socket.once('close', stop)
}
