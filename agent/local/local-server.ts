/**
 * The HTTP surface on this machine's loopback, for its own people and programs: the original's eighteen routes, and logs.
 * It asks for no key, so nothing that a web page could send is answered: a foreign `Host`, any `Origin`, anything a browser marks as a
 * page's doing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Sample } from '../agent.ts'
import type { Clock } from '../base/clock.ts'
import { errorCode, errorMessage } from '../base/errors.ts'
import { isObject } from '../base/parse.ts'
import type { DefinitionFile } from '../definitions/definition-file.ts'
import type { ErrorCode, LogLine, MachineView, ProcessView } from '../link/frames.ts'
import type { LinkState } from '../link/link.ts'
import { type Platform, plainName } from '../platform/platform.ts'
import type { Asked, Supervisor } from '../supervision/supervisor.ts'
import type { Alerts } from './alerts.ts'

const MAX_BODY_BYTES = 256 * 1_024
const ORDER_MS = 60_000
const MAX_CONNECTIONS = 32
const MAX_FOLLOW_WAITING = 1_024 * 1_024

export interface LocalServerOptions {
  readonly port: number
  readonly supervisor: Supervisor
  readonly definitions: DefinitionFile
  readonly alerts: Alerts
  readonly machine: MachineView
  readonly platform: Platform
  readonly sample: () => Promise<Sample>
  readonly clock: Clock
  readonly linkState: () => LinkState
  readonly onAskedToEnd: (what: 'stop' | 'leave') => void
}

export interface LocalServer {
  readonly port: number
  close(): Promise<void>
}

interface Call {
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly body: () => Promise<unknown>
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** `handled`: it writes the response itself. */
type Answer = { status: number; body: unknown } | 'handled'
type Route = readonly [method: string, pattern: RegExp, handle: (call: Call) => Answer | Promise<Answer>]

/** Rejects with words for a person when the port is taken. */
export async function createLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const routes = routesOf(options)
  const server = createServer((request, response) => void handle(routes, request, response))
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options.port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = `port ${port} is taken: is an agent running already? Give this one another "port" in its agent.json`
      reject(new Error(errorCode(error) === 'EADDRINUSE' ? taken : errorMessage(error)))
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve)
  })
}

/** Why a request is not answered, or undefined. A page can send neither: browsers set these, and scripts cannot change them. */
export function refusal({ host, origin, site }: { host?: string; origin?: string; site?: string }): string | undefined {
  if (!host || !/^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host))
    return 'this address answers to localhost only'
  if (origin !== undefined) return 'web pages are not answered'
  if (site !== undefined && site !== 'none') return 'web pages are not answered'
  return undefined
}

async function handle(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host, origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const reason = refusal({
    ...(host === undefined ? {} : { host }),
    ...(origin === undefined ? {} : { origin }),
    ...(typeof site === 'string' ? { site } : {}),
  })
  if (reason !== undefined) return send(response, 403, { error: reason })
  try {
    const answer = await route(routes, request, response)
    if (answer !== 'handled') send(response, answer.status, answer.body)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else if (error instanceof BadRequest) send(response, error.status, { error: error.message })
    else send(response, 500, { error: errorMessage(error) })
  }
}

class BadRequest extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function route(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (!url) throw new BadRequest(400, 'the address is malformed')
  const found = routes.filter(([, pattern]) => pattern.test(url.pathname))
  const match = found.find(([method]) => method === request.method)
  if (!match) {
    if (found.length === 0) return { status: 404, body: { error: `there is no ${url.pathname} here` } }
    response.setHeader('allow', found.map(([method]) => method).join(', '))
    return { status: 405, body: { error: `${url.pathname} does not take ${request.method}` } }
  }
  const [, pattern, handler] = match
  const params = (pattern.exec(url.pathname) ?? []).slice(1).map(decoded)
  return handler({ params, query: url.searchParams, body: () => readBody(request), request, response })
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new BadRequest(400, 'the address is malformed')
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new BadRequest(415, 'the body must be application/json')
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new BadRequest(413, `the body is larger than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new BadRequest(400, 'the body is not JSON')
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
  })
  response.end(text)
}

function routesOf(options: LocalServerOptions): readonly Route[] {
  const { supervisor, definitions, alerts, machine, platform, sample, clock } = options
  const startedAt = clock.monotonic()
  const uptimeSeconds = () => Math.floor((clock.monotonic() - startedAt) / 1_000)
  const ok = (body: unknown): Answer => ({ status: 200, body })

  const view = (id: string): ProcessView => {
    const found = supervisor.process(id)?.view()
    if (found) return found
    throw new BadRequest(404, `there is no process "${id}" here; there are: ${supervisor.ids.join(', ') || 'none'}`)
  }
  const order = (what: 'start' | 'stop' | 'restart') => async (call: Call) => {
    const [id = ''] = call.params
    return ordered(await supervisor[what](id, AbortSignal.timeout(ORDER_MS)))
  }
  const metrics = async () => {
    const { processes } = await sample()
    return Object.fromEntries(supervisor.views().map((one) => [one.id, metricsOf(one, processes[one.id], clock.now())]))
  }
  const health = () => {
    const views = supervisor.views()
    const status = overall(views)
    const counted = counts(views)
    return {
      status: status === 'healthy' ? 200 : 503,
      body: {
        status,
        service: 'landale-agent',
        timestamp: new Date(clock.now()).toISOString(),
        uptime_seconds: uptimeSeconds(),
        version: machine.agentVersion,
        processes: { total: counted.total_processes, running: counted.running, stopped: counted.stopped },
        alerts: alerts.list.length,
      },
    }
  }

  return [
    ['GET', /^\/health$/, health],
    [
      'GET',
      /^\/api\/health\/detailed$/,
      async () => {
        const { status, body } = health()
        const link = options.linkState()
        return { status, body: { ...body, processes: supervisor.views(), faults: definitions.faults, link, machine } }
      },
    ],
    [
      'GET',
      /^\/api\/system\/status$/,
      () =>
        ok({
          ...counts(supervisor.views()),
          alerts: alerts.list.length,
          uptime: uptimeSeconds(),
          platform: machine.platform,
          hostname: machine.hostname,
        }),
    ],
    ['GET', /^\/api\/processes$/, () => ok({ processes: supervisor.views() })],
    [
      'POST',
      /^\/api\/processes$/,
      async ({ body }) => {
        const given = await body()
        const trouble = await definitions.put(given)
        if (trouble) return { status: STATUS[trouble.code], body: { error: trouble.reason, path: trouble.path } }
        const id = isObject(given) && typeof given.id === 'string' ? given.id : ''
        return { status: 201, body: view(id) }
      },
    ],
    [
      'GET',
      /^\/api\/processes\/([^/]+)$/,
      async ({ params: [id = ''] }) => ok({ ...view(id), metrics: (await metrics())[id] }),
    ],
    [
      'DELETE',
      /^\/api\/processes\/([^/]+)$/,
      async ({ params: [id = ''] }) => {
        const trouble = await definitions.remove(id)
        return trouble ? { status: STATUS[trouble.code], body: { error: trouble.reason } } : ok({ success: true })
      },
    ],
    ['POST', /^\/api\/processes\/([^/]+)\/start$/, order('start')],
    ['POST', /^\/api\/processes\/([^/]+)\/stop$/, order('stop')],
    ['POST', /^\/api\/processes\/([^/]+)\/restart$/, order('restart')],
    [
      'GET',
      /^\/api\/processes\/([^/]+)\/metrics$/,
      async ({ params: [id = ''] }) => {
        view(id)
        return ok((await metrics())[id])
      },
    ],
    ['GET', /^\/api\/processes\/([^/]+)\/logs$/, (call) => logs(supervisor, call)],
    ['GET', /^\/api\/metrics$/, async () => ok({ system: (await sample()).machine, processes: await metrics() })],
    ['GET', /^\/api\/alerts$/, () => ok({ alerts: alerts.list })],
    [
      'DELETE',
      /^\/api\/alerts$/,
      () => {
        alerts.clear()
        return ok({ success: true })
      },
    ],
    ['GET', /^\/api\/platform$/, () => ok({ ...machine, uptime: uptimeSeconds() })],
    ['GET', /^\/api\/platform\/processes$/, async () => ok({ processes: await everything(platform) })],
    [
      'GET',
      /^\/api\/platform\/processes\/([^/]+)$/,
      async ({ params: [name = ''] }) => {
        const wanted = plainName(name)
        return ok({ processes: (await everything(platform)).filter((one) => plainName(one.name) === wanted) })
      },
    ],
    [
      'POST',
      /^\/api\/config\/load$/,
      () => {
        definitions.reload()
        return ok({ success: true, processes: supervisor.ids, faults: definitions.faults })
      },
    ],
    [
      'POST',
      /^\/api\/agent\/end$/,
      ({ query, response }) => {
        const what = query.get('processes') === 'leave' ? 'leave' : 'stop'
        // The answer first: what ends, ends this connection too.
        response.once('finish', () => options.onAskedToEnd(what))
        return ok({ success: true, processes: what })
      },
    ],
  ]
}

const STATUS: Record<ErrorCode, number> = {
  'unknown-command': 404,
  invalid: 400,
  'not-found': 404,
  refused: 403,
  conflict: 409,
  failed: 500,
  timeout: 504,
  busy: 503,
  interrupted: 500,
}

function ordered(asked: Asked): Answer {
  if (asked.ok) return { status: 200, body: { success: true, process: asked.view } }
  return { status: STATUS[asked.code], body: { success: false, error: asked.reason } }
}

function counts(views: readonly ProcessView[]) {
  const running = views.filter(({ state }) => state === 'running').length
  const failed = views.filter(({ state }) => state === 'failed').length
  return { total_processes: views.length, running, stopped: views.length - running - failed, failed }
}

function overall(views: readonly ProcessView[]): 'healthy' | 'degraded' | 'unhealthy' {
  if (views.some(({ state }) => state === 'failed')) return 'unhealthy'
  return views.some(({ health, state }) => health === 'unhealthy' || state === 'backoff') ? 'degraded' : 'healthy'
}

function metricsOf({ startedAt, restarts, health }: ProcessView, use: readonly number[] | undefined, now: number) {
  return {
    cpu: use?.[0] ?? 0,
    memory: use?.[1] ?? 0,
    uptime: startedAt === null ? 0 : Math.max(0, Math.floor((now - startedAt) / 1_000)),
    restart_count: restarts,
    health,
  }
}

async function everything(platform: Platform) {
  const rows = await platform.table()
  return Promise.all(
    rows.map(async (row) => {
      const { pid, memory, cpuMs, startedAt } = row
      return {
        pid,
        name: row.name ?? (await platform.command(row))?.name ?? '',
        memory,
        cpu_ms: cpuMs,
        started_at: startedAt,
      }
    }),
  )
}

/** `?lines=` the newest; `?before=` a number; `?follow=1` goes on as newline-delimited JSON until the caller ends it. */
function logs(supervisor: Supervisor, { params: [id = ''], query, response }: Call): Answer {
  const log = supervisor.process(id)?.log
  if (!log) throw new BadRequest(404, `there is no process "${id}" here`)
  const lines = bounded(query.get('lines'), 100, 0, 1_000)
  log.read()
  if (query.get('follow') === null) {
    const before = query.get('before')
    const found = before === null ? log.lines(lines) : log.lines(lines, bounded(before, 1, 1, Number.MAX_SAFE_INTEGER))
    return { status: 200, body: { lines: found.map(shown), first: log.first, last: log.last } }
  }
  response.writeHead(200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  const write = (line: LogLine) => {
    // Who reads too slowly is let go rather than remembered for.
    if (response.writableLength > MAX_FOLLOW_WAITING) response.destroy()
    else response.write(`${JSON.stringify(shown(line))}\n`)
  }
  for (const line of log.lines(lines)) write(line)
  response.flushHeaders()
  const following = log.follow(write)
  response.on('close', () => following.dispose())
  return 'handled'
}

function shown([number, at, stream, text, cut]: LogLine) {
  return { number, at: new Date(at).toISOString(), stream, text, cut }
}

function bounded(given: string | null, otherwise: number, min: number, max: number): number {
  if (given === null) return otherwise
  const value = Number(given)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new BadRequest(400, `must be a number from ${min} to ${max}`)
  return value
}
