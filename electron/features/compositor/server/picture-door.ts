/**
 * The picture server's listening socket: who may come in, and as what. Checks Host and Origin by the hub's own rules and
 * has every token judged by the main thread. Knows nothing of pictures; hands over those it let in.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP, type Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Clock } from '../../../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../../../base/lifecycle.ts'
import { PICTURE_PATH, pictureCloseCodes } from '../../../../contracts/picture/messages.ts'
import { createHostPolicy } from '../../../kernel/http/host-policy.ts'
import { parseRequestPath, queryObject, type RequestPath } from '../../../kernel/http/request-path.ts'
import type { PictureGrant } from './picture-server.ts'
import type { PreviewParameters } from './preview.ts'

/** What the main thread says about a secret. */
export interface Verdict {
  grant: PictureGrant | null
  /** Exact Origins of the hub's pages. */
  pageOrigins: readonly string[]
}

interface Admitted {
  output: string
  tokenId: string
  /** The other end's. */
  address: string
  /** The other end is on this machine. */
  isLocal: boolean
  agent: string | null
}

export interface DoorEvents {
  hasOutput(output: string): boolean
  /** Null when there is room for one more of this token, else why not. */
  refusal(tokenId: string): string | null
  onViewer(viewer: Admitted & { socket: WebSocket; connection: Socket; canPlay: boolean }): void
  onPreview(watcher: Admitted & { response: ServerResponse; parameters: PreviewParameters }): void
  isUploadSecret(output: string, secret: string): boolean
  /** `socket` has been upgraded; `head` came with that. */
  onUpload(output: string, socket: Socket, head: Buffer): void
}

export interface DoorOptions {
  bind: string
  allowedHosts: readonly string[]
  /** Rejects when there is no answer in time, or too many are waiting. */
  ask(secret: string): Promise<Verdict>
  clock: Clock
}

/** What a viewer says is short; what it may send is no more. */
const MAX_VIEWER_MESSAGE_BYTES = 4096
const MAX_CONNECTIONS = 200
const HEADERS_TIMEOUT_MS = 10_000
const GOODBYE_MS = 1000
const MAX_AGENT_LENGTH = 200
const CLOSE_TRY_AGAIN_LATER = 1013

const previewQuery = z.object({
  background: z
    .string()
    .regex(/^#?[0-9a-f]{6}$/i, 'must be six hex digits')
    .default('000000')
    .transform((text) => text.replace('#', '').toLowerCase()),
  width: z.coerce.number().int().min(16).max(1920).default(640),
  fps: z.coerce.number().min(0.1).max(30).default(5),
})

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The dashboard shows previews, and its port is another one; on an IP address that counts as another site. The token guards.
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

export class PictureDoor {
  readonly #options: DoorOptions
  readonly #events: DoorEvents
  readonly #owned = new DisposableStore()
  readonly #policy: ReturnType<typeof createHostPolicy>
  readonly #server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, noDelay: true })
  readonly #viewers = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
    maxPayload: MAX_VIEWER_MESSAGE_BYTES,
  })

  constructor(options: DoorOptions, events: DoorEvents) {
    this.#options = options
    this.#events = events
    this.#policy = createHostPolicy(options.allowedHosts)
    this.#server.maxConnections = MAX_CONNECTIONS
    this.#server.on('request', (request, response) => void this.#answer(request, response))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Nobody else listens until it is let in.
      socket.on('error', ignore)
      socket.setNoDelay(true)
      void this.#upgrade(request, socket, head)
    })
  }

  /** Listens on the first of `ports` that is free, and answers which one. Rejects with the fault of the last. */
  async listen(ports: readonly number[]): Promise<number> {
    let fault: unknown
    for (const port of ports) {
      try {
        return await this.#listenOn(port)
      } catch (error) {
        fault = error
      }
    }
    throw fault
  }

  /** Lets nobody in any more, and cuts those that are in. */
  close(): Promise<void> {
    this.#owned.dispose()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #listenOn(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, this.#options.bind, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const path = parseRequestPath(request.url ?? '')
    const [first, output, rest, ...more] = path?.segments ?? []
    if (!this.#policy.allowsHost(request.headers.host, socket)) {
      refuse(socket, 403, 'this server does not go by that name; add it to allowedHosts')
    } else if (!path || `/${first}` !== PICTURE_PATH || output === undefined || more.length > 0) {
      refuse(socket, 404, 'there is nothing here')
    } else if (rest === 'upload') {
      this.#admitUpload(request, socket, head, output, path.query.get('secret') ?? '')
    } else if (rest === undefined) {
      await this.#admitViewer(request, socket, head, output, path.query)
    } else {
      refuse(socket, 404, 'there is nothing here')
    }
  }

  /** Its Origin says nothing: it is let in by a secret that only this process and the source know. */
  #admitUpload(request: IncomingMessage, socket: Socket, head: Buffer, output: string, secret: string): void {
    const key = request.headers['sec-websocket-key']
    if (key === undefined || request.headers['sec-websocket-version'] !== '13') {
      refuse(socket, 400, 'frame sources connect by WebSocket')
    } else if (!isSameMachine(socket) || !this.#events.isUploadSecret(output, secret)) {
      refuse(socket, 403, 'the session of this frame source is over')
    } else {
      socket.write(acceptance(key))
      socket.off('error', ignore)
      this.#events.onUpload(output, socket, head)
    }
  }

  async #admitViewer(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    output: string,
    query: URLSearchParams,
  ): Promise<void> {
    const verdict = await this.#judge(query)
    if (socket.destroyed) return
    if (!verdict) {
      refuse(socket, 503, 'too busy to look at the token; try again')
      return
    }
    if (!this.#allowsOrigin(request, verdict.pageOrigins)) {
      refuse(socket, 403, 'this page is not one of ours')
      return
    }
    socket.off('error', ignore)
    this.#viewers.handleUpgrade(request, socket, head, (webSocket) => {
      const refusal = this.#refusalOf(verdict, output)
      if (refusal || !verdict.grant) {
        this.#sendAway(webSocket, ...(refusal ?? [pictureCloseCodes.unauthorized, 'unauthorized']))
        return
      }
      const canPlay = !query.has('mute')
      const admitted = admittedOf(request, output, verdict.grant)
      // Behind a tunnel or a proxy everybody looks local; only the viewer's own address can say that it is not.
      const isLocal = admitted.isLocal && !query.has('remote')
      this.#events.onViewer({ ...admitted, isLocal, socket: webSocket, connection: socket, canPlay })
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    response.on('error', ignore)
    const path = parseRequestPath(request.url ?? '')
    const output = previewOutputOf(path)
    if (!this.#policy.allowsHost(request.headers.host, request.socket)) {
      answer(response, 403, 'this server does not go by that name; add it to allowedHosts')
    } else if (!path || output === null) {
      answer(response, 404, 'there is nothing here; pages are on the other port')
    } else if (request.method !== 'GET') {
      answer(response.setHeader('allow', 'GET'), 405, 'previews are read with GET')
    } else {
      await this.#admitPreview(request, response, output, path.query)
    }
  }

  async #admitPreview(request: IncomingMessage, response: ServerResponse, output: string, query: URLSearchParams) {
    const parameters = previewQuery.safeParse(queryObject(query))
    if (!parameters.success) {
      const issue = parameters.error.issues[0]
      answer(response, 400, `${issue?.path.join('.')}: ${issue?.message}`)
      return
    }
    const verdict = await this.#judge(query)
    if (response.destroyed) return
    if (!verdict) {
      answer(response, 503, 'too busy to look at the token; try again')
      return
    }
    if (!this.#allowsOrigin(request, verdict.pageOrigins)) {
      answer(response, 403, 'this page is not one of ours')
      return
    }
    const refusal = this.#refusalOf(verdict, output)
    if (refusal || !verdict.grant) {
      answer(response, STATUS_OF_CLOSE[refusal?.[0] ?? 0] ?? 401, refusal?.[1] ?? 'unauthorized')
      return
    }
    const { background, width, fps } = parameters.data
    const admitted = admittedOf(request, output, verdict.grant)
    this.#events.onPreview({ ...admitted, response, parameters: { background, width, framesPerSecond: fps } })
  }

  #judge(query: URLSearchParams): Promise<Verdict | null> {
    return this.#options.ask(query.get('token') ?? '').catch(() => null)
  }

  /** The close code and the reason for which someone may not watch; null when it may. */
  #refusalOf({ grant }: Verdict, output: string): [number, string] | null {
    if (!grant || (grant.outputs !== 'any' && grant.outputs !== output)) {
      return [pictureCloseCodes.unauthorized, 'this address needs the token of its output; copy it from the dashboard']
    }
    if (!this.#events.hasOutput(output)) return [pictureCloseCodes.unknownOutput, 'there is no such output']
    const full = this.#events.refusal(grant.tokenId)
    return full === null ? null : [CLOSE_TRY_AGAIN_LATER, full]
  }

  /** Programs have no Origin; a page's must be one of ours, or of ours under the name or address it came by. */
  #allowsOrigin({ headers, socket }: IncomingMessage, pageOrigins: readonly string[]): boolean {
    const { origin } = headers
    if (origin === undefined || pageOrigins.includes(origin)) return true
    const { localAddress } = socket
    return pageOrigins.some((page) => this.#policy.allowsOrigin(headers, { localAddress, localPort: portOf(page) }))
  }

  #sendAway(socket: WebSocket, code: number, reason: string): void {
    socket.on('error', ignore)
    const timer: Disposable = this.#owned.add(this.#options.clock.setTimeout(() => socket.terminate(), GOODBYE_MS))
    socket.once('close', () => this.#owned.delete(timer))
    socket.close(code, reason)
  }
}

const STATUS_OF_CLOSE: Record<number, number> = {
  [pictureCloseCodes.unauthorized]: 401,
  [pictureCloseCodes.unknownOutput]: 404,
  [CLOSE_TRY_AGAIN_LATER]: 503,
}

const PREVIEW_ENDING = '.mjpeg'

function previewOutputOf(path: RequestPath | null): string | null {
  const [first, file, ...more] = path?.segments ?? []
  if (`/${first}` !== PICTURE_PATH || !file?.endsWith(PREVIEW_ENDING) || more.length > 0) return null
  return file.slice(0, -PREVIEW_ENDING.length)
}

function admittedOf({ socket, headers }: IncomingMessage, output: string, { tokenId }: PictureGrant): Admitted {
  const agent = headers['user-agent']?.slice(0, MAX_AGENT_LENGTH) ?? null
  return { output, tokenId, address: plainAddress(socket.remoteAddress), isLocal: isSameMachine(socket), agent }
}

function isSameMachine({ remoteAddress, localAddress }: Socket): boolean {
  const remote = plainAddress(remoteAddress)
  return remote === '::1' || remote.startsWith('127.') || remote === plainAddress(localAddress)
}

/** `::ffff:127.0.0.1` is IPv4. */
function plainAddress(address: string | undefined): string {
  if (address?.startsWith('::ffff:') && isIP(address.slice(7)) === 4) return address.slice(7)
  return address ?? ''
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  return port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port)
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

function ignore(): void {}

function answer(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { code: 'refused', message } }))
}

/** RFC 6455 section 4.2.2. */
function acceptance(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** An answer on a bare socket, then the end of it. */
function refuse(socket: Socket, status: number, message: string): void {
  const body = JSON.stringify({ error: { code: 'refused', message } })
  const headers = `Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`HTTP/1.1 ${status} Refused\r\n${headers}\r\n\r\n${body}`, () => socket.destroy())
}
