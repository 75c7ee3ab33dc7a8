/** The doors over HTTP, on a real port, with raw lines where no honest client would say such a thing. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestHub } from '../channels/test-hub.ts'
import { HttpAnswer, HttpError, type RouteRequest } from './routes.ts'

let root: string
let hub: TestHub
const calls: RouteRequest<unknown, unknown>[] = []

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'landale-http-'))
  const built = join(root, 'built')
  for (const folder of ['renderer', 'overlays/stage', 'assets/fonts'])
    mkdirSync(join(built, folder), { recursive: true })
  writeFileSync(join(root, 'secret.js'), 'secret')
  writeFileSync(join(built, 'secret.js'), 'secret')
  writeFileSync(join(built, 'renderer/index.html'), '<title>dashboard</title>')
  writeFileSync(join(built, 'overlays/stage/index.html'), '<title>stage</title>')
  writeFileSync(join(built, 'assets/app-1a2b.js'), 'app')
  writeFileSync(join(built, 'assets/fonts/inter.woff2'), 'font')
  writeFileSync(join(built, 'assets/.hidden.js'), 'hidden')
  writeFileSync(join(built, 'assets/secret.key'), 'key')
  symlinkSync(join(root, 'secret.js'), join(built, 'assets/out.js'))
  symlinkSync(root, join(built, 'assets/up'))
  symlinkSync('app-1a2b.js', join(built, 'assets/inside.js'))
})
afterAll(() => rmSync(root, { recursive: true }))

beforeEach(async () => {
  calls.length = 0
  hub = new TestHub({
    staticRoot: join(root, 'built'),
    httpLimits: { maxBodyBytes: 1000, headersTimeoutMs: 300, requestTimeoutMs: 600 },
  })
  const { routes } = hub.http
  const note = (request: RouteRequest<unknown, unknown>) => {
    calls.push(request)
    return { params: request.params, query: request.query, body: request.body }
  }
  routes.add({ method: 'GET', path: '/health', scope: null, summary: 's', handle: () => ({ ok: true }) })
  routes.add({ method: 'POST', path: '/api/open', scope: null, summary: 's', body: z.unknown(), handle: note })
  routes.add({
    method: 'GET',
    path: '/api/things/:id',
    scope: 'read',
    summary: 'Reads a thing',
    query: z.object({ limit: z.coerce.number().max(10).optional() }),
    handle: note,
  })
  routes.add({
    method: 'GET',
    path: '/api/things/special',
    scope: 'read',
    summary: 's',
    handle: () => ({ special: true }),
  })
  routes.add({
    method: 'POST',
    path: '/api/things/:id',
    scope: 'obs',
    summary: 'Changes a thing',
    body: z.object({ name: z.string().max(500), tags: z.array(z.string()).optional() }),
    handle: note,
  })
  routes.add({
    method: 'DELETE',
    path: '/api/things/:id',
    scope: 'obs',
    summary: 's',
    handle(request) {
      note(request)
      return undefined
    },
  })
  routes.add({
    method: 'POST',
    path: '/api/files',
    scope: 'obs',
    summary: 's',
    upload: { contentType: 'audio/wav', maxBytes: 2000 },
    handle: ({ body }) => ({ bytes: [...(body as unknown as Buffer)] }),
  })
  const fail = (error: unknown) => () => {
    throw error
  }
  routes.add({
    method: 'GET',
    path: '/api/gone',
    scope: 'read',
    summary: 's',
    handle: fail(new HttpError(410, 'gone', 'it is gone', 'a.b')),
  })
  routes.add({ method: 'GET', path: '/api/bug', scope: 'read', summary: 's', handle: fail(new Error('inner detail')) })
  routes.add({
    method: 'GET',
    path: '/metrics',
    scope: null,
    summary: 's',
    handle: () => new HttpAnswer(200, 'a 1\n', { 'content-type': 'text/plain' }),
  })
  routes.add({
    method: 'GET',
    path: '/pictures/:id',
    scope: 'token',
    tokenInUrl: true,
    summary: 's',
    handle: () => new HttpAnswer(200, Buffer.from('GIF'), { 'content-type': 'image/gif' }),
  })
  await hub.start()
})
afterEach(() => hub.stop())

const control = { authorization: 'Bearer control-secret' }
const json = { ...control, 'content-type': 'application/json' }

async function request(path: string, init: RequestInit = { headers: control }) {
  const response = await fetch(hub.url + path, { redirect: 'manual', ...init })
  const text = await response.text()
  let body: unknown = text
  try {
    body = JSON.parse(text)
  } catch {}
  return { status: response.status, headers: response.headers, body, text }
}

/** Sends raw text and resolves with all that comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const line = connect(hub.port, '127.0.0.1')
    let answer = ''
    line.on('data', (data) => {
      answer += data
    })
    line.on('error', () => {})
    line.on('close', () => resolve(answer))
    line.write(text)
  })
}

const get = (path: string, headers = 'Host: 127.0.0.1') =>
  raw(`GET ${path} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`)

describe('routes', () => {
  it('answers with parts of the path, query and body, all parsed', async () => {
    expect(await request('/api/things/a%2Fb%20c?limit=5')).toMatchObject({
      status: 200,
      body: { params: { id: 'a/b c' }, query: { limit: 5 } },
    })
    const body = JSON.stringify({ name: 'x', more: 1 })
    expect(await request('/api/things/7', { method: 'POST', headers: json, body })).toMatchObject({
      status: 200,
      body: { params: { id: '7' }, body: { name: 'x' } },
    })
    expect((await request('/api/things/special')).body).toEqual({ special: true })
    expect((await request('/api/things/special/')).body).toEqual({ special: true })
  })

  it('gives each request an id, or keeps the caller’s', async () => {
    await request('/api/things/1', { headers: { ...control, 'x-correlation-id': 'abc-1' } })
    const { headers } = await request('/api/things/1', { headers: { ...control, 'x-correlation-id': 'a b\tc' } })
    expect(calls[0]?.correlationId).toBe('abc-1')
    expect(calls[1]?.correlationId).toMatch(/^[\da-f-]{36}$/)
    expect(headers.get('x-correlation-id')).toBe(calls[1]?.correlationId)
  })

  it('answers nothing with 204, other bodies as they are, and HEAD without one', async () => {
    expect(await request('/api/things/1', { method: 'DELETE', headers: control })).toMatchObject({
      status: 204,
      text: '',
    })
    const metrics = await request('/metrics', {})
    expect([metrics.text, metrics.headers.get('content-type')]).toEqual(['a 1\n', 'text/plain'])
    expect(await request('/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
    expect((await request('/ping', {})).status).toBe(204)
    expect((await request('/favicon.ico', {})).status).toBe(204)
    expect((await request('/', {})).headers.get('location')).toBe('/dashboard')
  })

  it('[W23] says 404 and 405 in JSON', async () => {
    expect(await request('/api/nothing')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
    const wrong = await request('/api/things/1', { method: 'PUT', headers: json, body: '{}' })
    expect(wrong).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } })
    expect(wrong.headers.get('allow')).toBe('GET, POST, DELETE')
    expect((await request('/api/things/1', { method: 'OPTIONS' })).status).toBe(405)
  })

  it('[W23] says what a handler says, and of its bugs only where to look', async () => {
    expect(await request('/api/gone')).toMatchObject({
      status: 410,
      body: { error: { code: 'gone', message: 'it is gone', path: 'a.b' } },
    })
    const bug = await request('/api/bug')
    expect(bug).toMatchObject({ status: 500, body: { error: { code: 'internal' } } })
    expect(bug.text).not.toContain('inner detail')
  })

  it('refuses a second owner of a route', () => {
    const again = { method: 'GET', path: '/api/things/:other', scope: null, summary: 's', handle: () => {} } as const
    expect(() => hub.http.routes.add(again)).toThrow('already there')
  })
})

describe('who may ask', () => {
  it.each([
    ['no token', {}],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: 'Basic control-secret' }],
  ])('[W22] says 401 to %s', async (_, headers) => {
    expect(await request('/api/things/1', { headers: headers as HeadersInit })).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthorized' } },
    })
    expect(calls).toEqual([])
  })

  it('[W22] does not count a token in the URL', async () => {
    expect((await request('/api/things/1?token=control-secret', {})).status).toBe(401)
  })

  it('[W22] counts it where a page can send no header', async () => {
    expect((await request('/pictures/1', {})).status).toBe(401)
    expect((await request('/pictures/1?token=wrong', {})).status).toBe(401)
    expect(await request('/pictures/1?token=control-secret', {})).toMatchObject({ status: 200, text: 'GIF' })
    expect((await request('/pictures/1')).status).toBe(200)
  })

  it('[W22] says 403 to a token without the scope', async () => {
    const headers = { authorization: 'Bearer read-secret', 'content-type': 'application/json' }
    const refused = await request('/api/things/1', { method: 'POST', headers, body: '{"name":"x"}' })
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } })
    expect((await request('/api/things/1', { headers })).status).toBe(200)
    expect(calls.length).toBe(1)
  })

  it('[W20] answers to no strange name, whatever the token', async () => {
    for (const host of ['evil.example', '127.attacker.example', '127.0.0.1.nip.io', 'localhost.evil.com', '127.1']) {
      const answer = await get('/api/things/1', `Host: ${host}\r\nAuthorization: Bearer control-secret`)
      expect(answer).toMatch(/^HTTP\/1.1 403 /)
      expect(answer).toContain('host_not_allowed')
    }
    expect(await raw('GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /)
    expect(await get('/health')).toMatch(/^HTTP\/1.1 200 /)
    expect(calls).toEqual([])
  })

  it('[W21] answers to no page of another origin', async () => {
    for (const origin of ['null', 'http://evil.example', 'http://127.0.0.1:1', `http://127.0.0.1.nip.io:${hub.port}`]) {
      const answer = await request('/api/open', { method: 'POST', headers: { ...json, origin }, body: '{}' })
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'origin_not_allowed' } } })
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
    expect(calls).toEqual([])
    const own = { ...json, origin: hub.url }
    expect((await request('/api/open', { method: 'POST', headers: own, body: '{}' })).status).toBe(200)
  })

  it('[W21] gives other sites nothing to embed, but lets links lead here', async () => {
    const site = (headers: string) => get('/dashboard', `Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n${headers}`)
    expect(await site('Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script')).toMatch(/ 403 /)
    expect(await site('Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe')).toMatch(/ 403 /)
    expect(await site('Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document')).toMatch(/ 200 /)
  })

  it('[W21] checks upgrades as it does requests', async () => {
    const upgrade = (headers: string, path = '/socket/websocket?token=control-secret') =>
      get(
        path,
        `${headers}\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade`,
      )
    expect(await upgrade('Host: 127.0.0.1\r\nOrigin: http://evil.example')).toMatch(/ 403 /)
    expect(await upgrade('Host: 127.0.0.1\r\nOrigin: null')).toMatch(/ 403 /)
    expect(await upgrade('Host: evil.example')).toMatch(/ 403 /)
    expect(await upgrade('Host: 127.0.0.1', '/elsewhere')).toMatch(/ 404 /)
    expect(hub.channels.stats.sockets).toBe(0)
  })
})

it('[W22] writes no token into the log', async () => {
  await hub.stop()
  let log = ''
  const onLog = (line: string) => {
    log += line
  }
  hub = await new TestHub({ staticRoot: join(root, 'built'), onLog }).start()
  hub.http.routes.add({
    method: 'GET',
    path: '/api/bug',
    scope: 'token',
    summary: 's',
    handle() {
      throw new Error('bug')
    },
  })
  await request('/overlay/main?token=control-secret', {})
  await request('/api/nothing?token=control-secret', {})
  await request('/pictures/1?token=control-secret', {})
  await request('/api/bug?token=control-secret')
  const client = await hub.connect()
  client.send('{')
  await client.join('commands')
  await hub.connect('vsn=7&token=control-secret').catch(() => {})
  expect(log).toContain('/overlay/main')
  expect(log).toContain('bug')
  expect(log).not.toContain('control-secret')
})

it('[W23] takes only so many connections, and drops the rest', async () => {
  await hub.stop()
  hub = await new TestHub({ httpLimits: { maxConnections: 20 } }).start()
  const lines = Array.from({ length: 20 }, () => connect(hub.port, '127.0.0.1'))
  await Promise.all(lines.map((line) => new Promise((resolve) => line.once('connect', resolve))))
  const dropped = connect(hub.port, '127.0.0.1')
  dropped.on('error', () => {})
  await new Promise((resolve) => dropped.once('close', resolve))
  for (const line of lines) line.destroy()
  const ping = () =>
    request('/ping', {}).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(ping).toBe(204)
})

describe('bodies', () => {
  const post = (body: string | undefined, headers: HeadersInit = json) =>
    request('/api/things/1', { method: 'POST', headers, ...(body === undefined ? {} : { body }) })

  it('[W23] names the fault', async () => {
    expect(await post('{')).toMatchObject({ status: 400, body: { error: { code: 'malformed_json' } } })
    expect(await post('{"name":5}')).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_body', path: 'name' } },
    })
    expect(await post('{"name":"x","tags":["a",1]}')).toMatchObject({ body: { error: { path: 'tags[1]' } } })
    expect(await post(undefined)).toMatchObject({ status: 422 })
    expect(await post(`{"name":${'['.repeat(100)}${']'.repeat(100)}}`)).toMatchObject({ status: 400 })
    expect(await request('/api/things/1?limit=99')).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_query', path: 'limit' } },
    })
  })

  it('[W23] takes JSON only, as a page elsewhere can send anything but that', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/plain; a=application/json',
    ]) {
      const headers = { ...control, 'content-type': type }
      expect(await post('{"name":"x"}', headers)).toMatchObject({ status: 415 })
      expect((await request('/api/open', { method: 'POST', headers: { 'content-type': type } })).status).toBe(415)
    }
    expect(calls).toEqual([])
    expect((await post('{"name":"x"}', { ...control, 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(
      200,
    )
  })

  it('[W23] refuses what is too large, said or unsaid, and the sender reads the answer', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(2000) })
    expect(await post(large)).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } })
    const head =
      'POST /api/things/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer control-secret\r\nContent-Type: application/json'
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
    expect(await raw(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`)).toMatch(/^HTTP\/1.1 413 /)
    expect(await raw(`${head}\r\nContent-Length: 999999999\r\n\r\nx`)).toMatch(/^HTTP\/1.1 413 /)
    expect(await raw(`${head}\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /)
    expect(calls).toEqual([])
  })

  it('[W23] takes a file as it is where a route asks for one, of that type and size only', async () => {
    const file = new Uint8Array([0, 255, 13, 10, 123])
    const put = (body: BodyInit | null, type: string, token = control) =>
      request('/api/files', { method: 'POST', body, headers: { ...token, 'content-type': type } })
    expect(await put(file, 'audio/wav')).toMatchObject({ status: 200, body: { bytes: [0, 255, 13, 10, 123] } })
    expect((await put(file, 'application/json')).status).toBe(415)
    expect((await put(null, 'audio/wav')).status).toBe(400)
    expect((await put(new Uint8Array(2001), 'audio/wav')).status).toBe(413)
    expect((await put(file, 'audio/wav', { authorization: 'Bearer nobody' })).status).toBe(401)
  })

  it('[W23] asks for the body of one who waits to be asked', async () => {
    const body = '{"name":"x"}'
    const head = `POST /api/things/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer control-secret\r\nContent-Type: application/json`
    const answer = raw(`${head}\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body}`)
    expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  })

  it('[W23] waits for no one who sends for ever', async () => {
    const started = performance.now()
    const [headers, body] = await Promise.all([
      raw('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '),
      raw(
        'POST /api/open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
      ),
    ])
    expect(headers).toMatch(/^HTTP\/1.1 408 /)
    expect(body).toMatch(/^(HTTP\/1.1 4|$)/)
    expect(performance.now() - started).toBeLessThan(5000)
    expect((await request('/health', {})).status).toBe(200)
  })

  it.each(['GARBAGE\r\n\r\n', '\u0000\u0001\u0002', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`])(
    '[W23] answers rubbish and goes on (%#)',
    async (text) => {
      expect(await raw(text)).toMatch(/^HTTP\/1.1 4/)
      expect((await request('/health', {})).status).toBe(200)
    },
  )
})

describe('commands', () => {
  it('[W24] runs them and answers as everywhere', async () => {
    const answer = await request('/api/commands/obs.scene.set', {
      method: 'POST',
      headers: json,
      body: '{"scene":"Game"}',
    })
    expect(answer).toMatchObject({ status: 200, body: { status: 'committed', result: { args: { scene: 'Game' } } } })
    expect((await request('/api/commands/obs.stream.start', { method: 'POST', headers: control })).status).toBe(200)
    expect(hub.invoked).toEqual([
      { name: 'obs.scene.set', args: { scene: 'Game' }, actor: 'control' },
      { name: 'obs.stream.start', args: {}, actor: 'control' },
    ])
    expect((await request('/api/commands/obs.stream.stop', { method: 'POST' })).status).toBe(401)
    expect((await request('/api/commands/obs.stream.stop', { headers: control })).status).toBe(405)
    expect(hub.invoked.length).toBe(2)
  })

  it('[W24] lists them, and describes itself whole', async () => {
    const { body } = await request('/api/commands')
    const { commands } = body as { commands: { name: string; args: { type: string } }[] }
    expect(commands.find(({ name }) => name === 'obs.scene.set')?.args.type).toBe('object')
    const document = (await request('/api/openapi')).body as {
      openapi: string
      paths: Record<string, Record<string, object>>
    }
    expect(document.openapi).toBe('3.1.0')
    expect(document.paths['/api/things/{id}']?.get).toMatchObject({
      summary: 'Reads a thing',
      parameters: [
        { name: 'id', in: 'path', required: true },
        { name: 'limit', in: 'query', required: false },
      ],
    })
    expect(document.paths['/api/commands/obs.scene.set']?.post).toHaveProperty('requestBody')
    expect(document.paths['/health']?.get).toMatchObject({ security: [] })
  })
})

describe('files', () => {
  it('[W25] serves the pages and their assets', async () => {
    expect((await request('/dashboard', {})).text).toContain('dashboard')
    expect((await request('/overlay/main?token=abc', {})).text).toContain('stage')
    const asset = await request('/assets/app-1a2b.js', {})
    expect(asset).toMatchObject({ status: 200, text: 'app' })
    expect(asset.headers.get('content-type')).toMatch('text/javascript')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect((await request('/assets/fonts/inter.woff2', {})).text).toBe('font')
    expect((await request('/assets/inside.js', {})).text).toBe('app')
    expect((await request('/assets/app-1a2b.js', { method: 'POST' })).status).toBe(405)
  })

  it.each([
    '/assets/../secret.js',
    '/assets/..%2fsecret.js',
    '/assets/%2e%2e/secret.js',
    '/assets/%2e%2e%2fsecret.js',
    '/assets/..%5csecret.js',
    '/assets/..\\secret.js',
    '/assets//etc/passwd',
    '/assets/%2fetc%2fpasswd',
    '/assets/secret.js%00.js',
    '/assets/%00',
    '/assets/out.js',
    '/assets/up/secret.js',
    '/assets/.hidden.js',
    '/assets/secret.key',
    '/assets/fonts',
    '/assets/',
    '/assets',
    '/assets/C:%5csecret.js',
    '/assets/app-1a2b.js::$DATA',
    '/assets/%ff%fe',
    '/secret.js',
    '/renderer/index.html',
    '/..%2fsecret.js',
    '//127.0.0.1/assets/app-1a2b.js',
    'http://evil.example/assets/app-1a2b.js',
    '*',
  ])('[W25] gives nothing for %s', async (path) => {
    const answer = await get(path)
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /)
    expect(answer).not.toContain('\r\nsecret')
  })

  it('[W25] says how to build what is not built', async () => {
    await hub.stop()
    hub = await new TestHub().start()
    const answer = await request('/dashboard', {})
    expect(answer).toMatchObject({
      status: 503,
      body: { error: { code: 'not_built', message: expect.stringContaining('npm run build') } },
    })
  })

  it('[W26] tells the browser to run only ours, and to share nothing', async () => {
    const page = await request('/dashboard', {})
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${hub.port}`)
    expect(policy).not.toContain('unsafe')
    for (const path of ['/dashboard', '/api/things/1', '/health', '/nowhere', '/assets/app-1a2b.js']) {
      const { headers } = await request(path, {})
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

it('stops though clients hold on', async () => {
  const line = connect(hub.port, '127.0.0.1')
  line.on('error', () => {})
  await hub.connect()
  const started = performance.now()
  await hub.stop()
  expect(performance.now() - started).toBeLessThan(10_000)
  line.destroy()
})
