/**
 * The one port. Owns the listening socket, the checks that every request passes (Host, Origin, token, scope, size,
 * schema), the pages and their assets, and hands WebSocket upgrades that passed the same checks to whoever took the
 * path. Knows no feature: routes are added by their owners.
 *
 * The router is our own because it is forty lines; a framework would bring its own body parser, its own errors and its
 * own way to be wrong about each of the checks above.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import { allows } from '../../../contracts/scopes.ts'
import { PING_PATH } from '../../../contracts/wire.ts'
import { type Actor, type Commands, pathText } from '../commands.ts'
import type { Logger } from '../log.ts'
import { newId } from '../new-id.ts'
import { StartError } from '../start-error.ts'
import type { Tokens } from '../tokens.ts'
import { addCommandRoutes } from './command-routes.ts'
import { createHostPolicy } from './host-policy.ts'
import { openApiDocument } from './open-api.ts'
import { discardRest, isJson, readJsonBody, readUpload } from './request-body.ts'
import { parseRequestPath, queryObject, type RequestPath } from './request-path.ts'
import { type AnyRoute, Router } from './router.ts'
import { HttpAnswer, HttpError, type Route, type RouteRequest, type Routes } from './routes.ts'
import { COMMON_HEADERS, DATA_POLICY, type PageSources, pagePolicy } from './security-headers.ts'
import { createStaticFiles, type Page } from './static-files.ts'

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface HttpServer {
  readonly routes: Routes
  /** Takes the WebSocket upgrades of one exact path. Host and Origin have been checked when the handler is called. */
  upgrade(path: string, handler: UpgradeHandler): Disposable
  /** Resolves when the port is open; rejects when it is taken. `url` has no slash at its end. */
  listen(): Promise<{ port: number; url: string }>
  /** Stops listening, lets running requests finish for a moment, then cuts what is left. */
  close(): Promise<void>
}

export interface HttpLimits {
  /** Largest request body, bytes. */
  maxBodyBytes: number
  /** Open connections, sockets of the channels included; more are dropped at once. */
  maxConnections: number
  /** For the request line and headers to arrive, ms. */
  headersTimeoutMs: number
  /** For the whole request to arrive, ms. */
  requestTimeoutMs: number
  /** How long `close` waits for running requests, ms. */
  closeGraceMs: number
}

const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBodyBytes: 100 * 1024,
  maxConnections: 4096,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  closeGraceMs: 1000,
}

export interface HttpServerOptions {
  /** 0 for any free port. */
  port: number
  /** Address of the interface to listen on; 127.0.0.1 unless the user chose another. */
  bind: string
  /** See `createHostPolicy`. */
  allowedHosts: readonly string[]
  tokens: Pick<Tokens, 'verify'>
  commands: Pick<Commands, 'invoke'>
  clock: Clock
  log: Logger
  /** The build's output folder, or null where nothing is built. */
  staticRoot: string | null
  /** Which pages there are; without it the dashboard and the overlays. */
  pages?: readonly Page[] | undefined
  /** Of Landale, for the OpenAPI document. */
  version?: string | undefined
  limits?: Partial<HttpLimits> | undefined
}

const ANYWHERE = ['http:', 'https:']
/** The picture has a port of its own, under the name the page was asked for by. */
const PICTURE_SOCKETS = ['ws://HOSTNAME:*', 'wss://HOSTNAME:*']
const PICTURE_PREVIEWS = ['http://HOSTNAME:*', 'https://HOSTNAME:*']

const PAGES: readonly Page[] = [
  { path: '/dashboard', file: 'renderer/index.html', sources: { images: PICTURE_PREVIEWS } },
  // Layers come from anywhere; each is tried before it is framed.
  { path: '/overlay/:output', file: 'overlays/stage/index.html', sources: { frames: ANYWHERE, connections: ANYWHERE } },
  { path: '/layer/alerts', file: 'overlays/alerts/index.html' },
  { path: '/layer/omnibar', file: 'overlays/omnibar/index.html' },
  { path: '/layer/takeover', file: 'overlays/takeover/index.html' },
  { path: '/widget/:widget', file: 'overlays/widgets/index.html' },
  { path: '/widget-preview/:kind', file: 'overlays/widgets/index.html' },
  { path: '/layer/ironmon', file: 'overlays/ironmon/index.html' },
  { path: '/layer/coding', file: 'overlays/coding/index.html' },
  { path: '/layer/status', file: 'overlays/status/index.html' },
  { path: '/layer/now-playing', file: 'overlays/now-playing/index.html' },
  { path: '/layer/captions', file: 'overlays/captions/index.html' },
  { path: '/layer/test-card', file: 'overlays/test-card/index.html' },
  // Where a headless hub paints; only its own Chromium makes use of it.
  { path: '/capture/:output', file: 'overlays/capture/index.html' },
  { path: '/live/:output', file: 'overlays/viewer/index.html', sources: { connections: PICTURE_SOCKETS } },
]

/** How often Node looks for slow senders; a timeout is this much late at worst. */
const CONNECTIONS_CHECK_MS = 1000
const CORRELATION_ID = /^[\w-]{1,64}$/
const NOBODY: Actor = { name: 'anyone', scopes: [] }

/** A request after its first checks. */
interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  path: RequestPath
  correlationId: string
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { tokens, commands, clock, log } = options
  const limits: HttpLimits = { ...DEFAULT_HTTP_LIMITS, ...options.limits }
  const policy = createHostPolicy(options.allowedHosts)
  const files = createStaticFiles(options.staticRoot)
  const router = new Router()
  const upgrades = new Map<string, UpgradeHandler>()
  let document: { routes: AnyRoute[]; json: unknown } | undefined

  const routes: Routes = {
    add<Q extends z.ZodType, B extends z.ZodType>(route: Route<Q, B>): Disposable {
      document = undefined
      return router.add(route as unknown as AnyRoute)
    },
  }

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      // Our own Host check says more than a bare 400.
      requireHostHeader: false,
      noDelay: true,
    },
    onRequest,
  )
  server.maxConnections = limits.maxConnections
  /** Upgraded ones are no longer Node's to close. */
  const upgraded = new Set<Duplex>()
  server.on('checkContinue', onRequest)
  server.on('upgrade', onUpgrade)
  server.on('clientError', onClientError)
  addOwnRoutes()

  function addOwnRoutes(): void {
    routes.add({
      method: 'GET',
      path: PING_PATH,
      scope: null,
      summary: 'Answers 204 while the hub is there',
      handle: () => undefined,
    })
    routes.add({
      method: 'GET',
      path: '/favicon.ico',
      scope: null,
      summary: 'Nothing; browsers ask for it unbidden',
      handle: () => new HttpAnswer(204, null, { 'cache-control': 'public, max-age=86400' }),
    })
    routes.add({
      method: 'GET',
      path: '/',
      scope: null,
      summary: 'Leads to the dashboard',
      handle: () => new HttpAnswer(302, null, { location: '/dashboard' }),
    })
    routes.add({
      method: 'GET',
      path: '/api/openapi',
      scope: 'token',
      summary: 'This document',
      handle: apiDocument,
    })
    addCommandRoutes(routes, commands)
    for (const page of options.pages ?? PAGES) addPage(page)
  }

  function addPage(page: Page): void {
    const { path, sources } = page
    const handle = async () => {
      const answer = await files.page(page)
      // The policy is completed with the request's own host when the answer is written.
      return new PageAnswer(answer, sources ?? {})
    }
    routes.add({ method: 'GET', path, scope: null, summary: `The page ${path}`, handle })
  }

  function apiDocument(): unknown {
    document ??= { routes: router.routes, json: openApiDocument(router.routes, options.version ?? '0.0.0') }
    return document.json
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = clock.monotonic()
    const given = request.headers['x-correlation-id']
    const correlationId = typeof given === 'string' && CORRELATION_ID.test(given) ? given : newId()
    const path = parseRequestPath(request.url ?? '')
    const answer = await answerTo(request, response, path, correlationId)
    write(request, response, answer, correlationId)
    const { method } = request
    const durationMs = clock.monotonic() - started
    log.debug({ method, path: path?.loggable ?? '?', status: answer.status, durationMs, correlationId }, 'http request')
  }

  async function answerTo(
    request: IncomingMessage,
    response: ServerResponse,
    path: RequestPath | null,
    correlationId: string,
  ): Promise<HttpAnswer> {
    try {
      checkDoor(request)
      if (!path) throw new HttpError(400, 'bad_path', 'the path can not be read: it must be plain and well escaped')
      return await dispatch({ request, response, path, correlationId })
    } catch (error) {
      if (error instanceof HttpError) return errorAnswer(error)
      if (response.destroyed) return new HttpAnswer(499, null)
      log.error({ err: error, path: path?.loggable, correlationId }, 'http handler failed')
      return errorAnswer(
        new HttpError(500, 'internal', `the request failed inside Landale; see ${correlationId} in the log`),
      )
    }
  }

  function checkDoor(request: IncomingMessage): void {
    const refusal = doorRefusal(request)
    if (refusal) throw refusal
  }

  function doorRefusal(request: IncomingMessage): HttpError | null {
    if (!policy.allowsHost(request.headers.host, request.socket)) {
      const how = 'add the name to "allowedHosts" in config.json if it is yours'
      return new HttpError(403, 'host_not_allowed', `this hub does not answer to the name in the Host header; ${how}`)
    }
    if (!policy.allowsOrigin(request.headers, request.socket) || isForeignSubresource(request)) {
      return new HttpError(403, 'origin_not_allowed', 'pages of other origins may not talk to this hub')
    }
    return null
  }

  async function dispatch(exchange: Exchange): Promise<HttpAnswer> {
    const { request, path } = exchange
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
    if (path.segments[0] === 'assets') {
      if (method !== 'GET') throw wrongMethod(['GET'])
      return files.asset(path.segments.slice(1))
    }
    const match = router.match(method, withoutTrailingSlash(path.segments))
    if (match.kind === 'none')
      throw new HttpError(404, 'not_found', 'there is nothing here; GET /api/openapi lists what is')
    if (match.kind === 'wrong-method') throw wrongMethod(match.allowed)
    return callRoute(match.route, match.params, exchange)
  }

  async function callRoute(route: AnyRoute, params: Record<string, string>, exchange: Exchange): Promise<HttpAnswer> {
    const { request, response, path, correlationId } = exchange
    const actor = authorize(route, exchange)
    const changes = route.method !== 'GET'
    if (changes && route.scope === null && !isJson(request.headers['content-type'])) {
      throw new HttpError(415, 'unsupported_media_type', 'send this request with Content-Type: application/json')
    }
    const query = route.query ? parseWith(route.query, queryObject(path.query), 400, 'invalid_query') : {}
    const body = changes ? await readBody(route, request, response) : undefined
    const signal = signalOf(response)
    const { hostname } = new URL(`http://${request.headers.host}`)
    const call: RouteRequest<unknown, unknown> = { params, query, body, actor, correlationId, hostname, signal }
    const result = await route.handle(call as never)
    if (result instanceof HttpAnswer) return result
    return result === undefined ? new HttpAnswer(204, null) : new HttpAnswer(200, result)
  }

  async function readBody(route: AnyRoute, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    if (route.upload) return readUpload(request, response, route.upload)
    const json = await readJsonBody(request, response, limits.maxBodyBytes)
    return route.body ? parseWith(route.body, json, 422, 'invalid_body') : undefined
  }

  function authorize(route: AnyRoute, { request, path }: Exchange): Actor {
    if (route.scope === null) return NOBODY
    const inHeader = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const secret = inHeader ?? (route.tokenInUrl ? (path.query.get('token') ?? undefined) : undefined)
    const actor = secret === undefined ? null : tokens.verify(secret)
    if (!actor) {
      throw new HttpError(401, 'unauthorized', 'send a valid token as "Authorization: Bearer <token>"')
    }
    if (route.scope !== 'token' && !allows(actor.scopes, route.scope)) {
      throw new HttpError(403, 'forbidden', `this needs the scope "${route.scope}"; make a token that has it`)
    }
    return actor
  }

  function write(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, correlationId: string): void {
    if (response.destroyed || response.headersSent) return
    const headers: Record<string, string | number> = { ...COMMON_HEADERS, 'x-correlation-id': correlationId }
    const body = bodyOf(answer)
    headers['content-security-policy'] =
      answer instanceof PageAnswer ? pagePolicy(request.headers.host ?? '', answer.sources) : DATA_POLICY
    if (body !== null) headers['content-length'] = body.length
    if (!('cache-control' in answer.headers)) headers['cache-control'] = 'no-store'
    if (typeof answer.body !== 'string' && !Buffer.isBuffer(answer.body)) headers['content-type'] = 'application/json'
    if (!request.complete) headers.connection = 'close'
    response.writeHead(answer.status, { ...headers, ...answer.headers })
    response.end(body === null || request.method === 'HEAD' ? undefined : body)
    discardRest(request, clock)
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const refusal = doorRefusal(request)
    const path = parseRequestPath(request.url ?? '')
    const handler = path && upgrades.get(`/${path.segments.join('/')}`)
    if (refusal) refuseUpgrade(socket, 403, refusal.message)
    else if (!handler) refuseUpgrade(socket, 404, 'there is no socket at this path')
    else {
      upgraded.add(socket)
      socket.once('close', () => upgraded.delete(socket))
      handler(request, socket, head)
    }
  }

  function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
    if (timedOut) refuseUpgrade(socket, 408, 'the request took too long to arrive')
    else refuseUpgrade(socket, tooLarge ? 431 : 400, tooLarge ? 'the headers are too large' : 'this is not valid HTTP')
  }

  return {
    routes,
    upgrade(path, handler) {
      if (upgrades.has(path)) throw new Error(`upgrades of ${path} are already taken`)
      upgrades.set(path, handler)
      return toDisposable(() => upgrades.delete(path))
    },
    listen: () =>
      new Promise((resolve, reject) => {
        const fail = (error: Error) => reject(new StartError(listenFault(error, options), { cause: error }))
        server.once('error', fail)
        server.listen({ port: options.port, host: options.bind }, () => {
          server.off('error', fail)
          server.on('error', (error) => log.error({ err: error }, 'http server error'))
          const { port } = server.address() as AddressInfo
          resolve({ port, url: `http://${urlHost(options.bind)}:${port}` })
        })
      }),
    close: () =>
      new Promise((resolve) => {
        const timer = clock.setTimeout(() => {
          server.closeAllConnections()
          for (const socket of upgraded) socket.destroy()
        }, limits.closeGraceMs)
        server.close(() => {
          timer.dispose()
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

function listenFault(error: NodeJS.ErrnoException, { port, bind }: Pick<HttpServerOptions, 'port' | 'bind'>): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return (
        `port ${port} on ${bind} is in use by another program, perhaps another Landale. Close that one, or choose ` +
        'another port (--port, LANDALE_PORT, or "port" in config.json).'
      )
    case 'EACCES':
      return `the system does not let Landale listen on port ${port}; choose one above 1023 (--port or LANDALE_PORT).`
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${bind}; correct "bind" in config.json.`
    default:
      return `Landale can't listen on ${bind}, port ${port}: ${error.message}`
  }
}

/** A page's answer still needs the request's host in its policy. */
class PageAnswer extends HttpAnswer {
  readonly sources: PageSources

  constructor(answer: HttpAnswer, sources: PageSources) {
    super(answer.status, answer.body, answer.headers)
    this.sources = sources
  }
}

/**
 * Browsers say where a request comes from even where they send no Origin (images, scripts, `no-cors`). A link or an
 * address typed in leads here as a navigation, which is fine: it shows our page and gives its referrer nothing.
 */
function isForeignSubresource(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== 'cross-site' && site !== 'same-site') return false
  return !(request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document')
}

function parseWith(schema: z.ZodType, value: unknown, status: number, code: string): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = pathText(issue?.path ?? [])
  throw new HttpError(status, code, issue ? `${path || 'the whole'}: ${issue.message}` : 'not valid', path)
}

function wrongMethod(allowed: readonly string[]): HttpError {
  return new MethodError(allowed)
}

class MethodError extends HttpError {
  readonly allowed: readonly string[]

  constructor(allowed: readonly string[]) {
    super(405, 'method_not_allowed', `this path takes ${allowed.join(', ')}`)
    this.allowed = allowed
  }
}

function errorAnswer(error: HttpError): HttpAnswer {
  const { code, message, path } = error
  const headers: Record<string, string> = {}
  if (error instanceof MethodError) headers.allow = error.allowed.join(', ')
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  return new HttpAnswer(
    error.status,
    { error: path === undefined ? { code, message } : { code, message, path } },
    headers,
  )
}

function bodyOf({ body, status }: HttpAnswer): Buffer | null {
  if (status === 204 || status === 304) return null
  if (Buffer.isBuffer(body)) return body
  if (typeof body === 'string') return Buffer.from(body)
  return body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))
}

function withoutTrailingSlash(segments: readonly string[]): readonly string[] {
  return segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments
}

/** Aborts when the client goes away before its answer. */
function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client went away'))
  })
  return controller.signal
}

const REASON_PHRASES: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** An answer on a bare socket, then the end of it. */
function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ error: { code: 'refused', message } })
  const headers = `Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? 'Error'}\r\n${headers}\r\n\r\n${body}`, () =>
    socket.destroy(),
  )
}

function urlHost(bind: string): string {
  if (bind === '0.0.0.0' || bind === '::') return '127.0.0.1'
  return bind.includes(':') ? `[${bind}]` : bind
}
