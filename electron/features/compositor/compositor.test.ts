import { afterEach, beforeEach, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { Output } from '../../../contracts/output.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import type { HttpAnswer } from '../../kernel/http/routes.ts'
import type { TokenActor } from '../../kernel/tokens.ts'
import { createCompositor } from './compositor.ts'
import { FakeFrameSources } from './fake-frame-sources.ts'
import { FakePictureServer } from './fake-picture-server.ts'
import { LINGER_MS } from './painter.ts'

ensureNoLeaks()

const output = (id: string, width = 1920): Output => ({ id, name: id, width, height: 1080, frameRate: 60, layers: [] })

let clock: FakeClock
let metricsText: () => string
let channels: FakeChannels
let routes: FakeRoutes
let commands: ReturnType<typeof createCommands>
let sources: FakeFrameSources
let server: FakePictureServer
let outputs: Output[]
let outputsChanged: Emitter<readonly Output[]>
let revoked: Emitter<string>
let elected: string | null
let playerChanged: Emitter<void>
let controller: AbortController
let running: Promise<void>

/** Each output's secret is its own name; `reader` reads everything. */
function verify(secret: string): TokenActor | null {
  if (secret === 'reader') return { name: 'reader', scopes: ['read'], tokenId: 'reader' }
  if (secret === 'simulator') return { name: 'simulator', scopes: ['simulator'], tokenId: 'simulator' }
  return outputs.some(({ id }) => id === secret)
    ? { name: `overlay:${secret}`, scopes: ['overlay'], tokenId: `token-${secret}`, output: secret }
    : null
}

beforeEach(() => {
  clock = new FakeClock()
  channels = new FakeChannels()
  routes = new FakeRoutes()
  commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  sources = new FakeFrameSources()
  server = new FakePictureServer()
  outputs = [output('main')]
  outputsChanged = new Emitter()
  revoked = new Emitter()
  elected = null
  playerChanged = new Emitter()
  controller = new AbortController()
  const compositor = createCompositor({
    outputs: {
      get outputs() {
        return outputs
      },
      onDidChange: outputsChanged.event,
      tokenOutput: (tokenId) => /^token-(.+)$/.exec(tokenId)?.[1] ?? null,
    },
    player: {
      get elected() {
        return elected
      },
      onDidChange: playerChanged.event,
    },
    tokens: { verify, onDidRevoke: revoked.event, overlayToken: async (id) => id },
    sources,
    server,
    channels,
    commands,
    routes,
    metrics: {
      add(collect) {
        metricsText = collect
        return { dispose: () => {} }
      },
    },
    clock,
    hubUrl: () => 'http://127.0.0.1:7175',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    random: () => 0,
  })
  running = compositor.run(controller.signal)
})

afterEach(async () => {
  controller.abort()
  await running
})

const settle = () => clock.advance(0)
const state = () => channels.stateOf('state:picture')
const ask = (name: string, args: object) => commands.invoke(name, args, HUB_ACTOR)
const get = (path: string, id: string, query: object) => routes.call('GET', path, { params: { output: id }, query })

it('paints an output when its first viewer comes, from its own stage, and says so', async () => {
  expect(state().sources).toMatchObject([{ output: 'main', state: 'off' }])
  server.watch('v1', 'main')
  await settle()
  expect(sources.running).toMatchObject([
    {
      output: 'main',
      stageUrl: 'http://127.0.0.1:7175/overlay/main?token=main&picture=1',
      width: 1920,
      height: 1080,
      frameRate: 60,
    },
  ])
  sources.beginPainting('main', 'chromium-screencast', 'a layer of another origin')
  expect(state().sources).toMatchObject([
    { state: 'painting', kind: 'chromium-screencast', reason: 'a layer of another origin' },
  ])
})

it('stops some time after the last viewer has gone, and keeps no old picture for the next', async () => {
  server.watch('v1', 'main')
  await settle()
  server.goAway('v1')
  await clock.advance(LINGER_MS)
  expect(sources.running).toEqual([])
  expect(server.told).toEqual(['closed main'])
})

it('follows the outputs: new ones can be watched, another size starts anew, removed ones stop', async () => {
  server.watch('v1', 'main')
  await settle()
  outputs = [output('main', 1280), output('tall')]
  outputsChanged.fire(outputs)
  await settle()
  expect(sources.running.map(({ width }) => width)).toEqual([1280])
  server.watch('v2', 'tall')
  await settle()
  expect(sources.running.map(({ output }) => output)).toEqual(['main', 'tall'])
  outputs = [output('main', 1280)]
  outputsChanged.fire(outputs)
  await settle()
  expect(sources.running.map(({ output }) => output)).toEqual(['main'])
  expect([...server.outputs.keys()]).toEqual(['main'])
  expect(state().sources.map(({ output }) => output)).toEqual(['main'])
})

it('does not touch the painting when only a layer changed', async () => {
  server.watch('v1', 'main')
  await settle()
  outputs = [{ ...output('main'), name: 'Renamed' }]
  outputsChanged.fire(outputs)
  await settle()
  expect(sources.jobs).toHaveLength(1)
})

it('lets the stage in the picture in again when its token was renewed', async () => {
  server.watch('v1', 'main')
  await settle()
  revoked.fire('token-main')
  await settle()
  expect(sources.jobs).toHaveLength(2)
  expect(server.told).toEqual(['revoke token-main'])
  revoked.fire('another')
  await settle()
  expect(sources.jobs).toHaveLength(2)
})

it('shows every watcher, whichever way it watches, and who plays the sound', async () => {
  const stage = channels.join('overlay:main', { params: { canPlay: true }, agent: 'OBS/30.2' })
  channels.join('overlay:main', { params: { canPlay: false } })
  server.watch('v1', 'main')
  elected = stage.id
  await clock.advance(1000)
  playerChanged.fire()
  expect(state().watchers).toMatchObject([
    { id: stage.id, output: 'main', way: 'overlay', agent: 'OBS/30.2', framesShown: null, sound: true },
    { id: 'v1', output: 'main', way: 'live', framesShown: 0, sound: false },
  ])
  stage.leave()
  expect(state().watchers).toMatchObject([{ id: 'v1' }])
})

it('refreshes and drops a watcher of either way, and knows none that has gone', async () => {
  const stage = channels.join('overlay:main', { params: { canPlay: true } })
  server.watch('v1', 'main')
  await ask('watcher.refresh', { watcher: stage.id })
  await ask('watcher.drop', { watcher: 'v1' })
  expect(stage.told('refresh')).toEqual([{}])
  expect(server.told).toEqual(['drop v1'])
  expect(await ask('watcher.drop', { watcher: 'gone' })).toMatchObject({
    error: { code: 'not_found', path: 'watcher' },
  })
})

it('gives the source a new way in when the picture server had to start anew', async () => {
  server.watch('v1', 'main')
  await settle()
  server.loseSource('main')
  await settle()
  expect(server.sinks).toEqual(['main', 'main'])
  expect(sources.running).toHaveLength(1)
})

it('starts the painting anew when asked', async () => {
  server.watch('v1', 'main')
  await settle()
  expect(await ask('picture.restart', { output: 'main' })).toMatchObject({ status: 'committed' })
  await settle()
  expect(sources.jobs).toHaveLength(2)
  expect(await ask('picture.restart', { output: 'none' })).toMatchObject({ error: { path: 'output' } })
})

it('tells a viewer where the pixels are, under the name by which it came', async () => {
  expect(await get('/live/:output.json', 'main', { token: 'main' })).toEqual({
    socket: 'ws://127.0.0.1:7176/picture/main',
    width: 1920,
    height: 1080,
  })
  const preview = (await get('/live/:output.mjpeg', 'main', { token: 'main', background: '#102030' })) as HttpAnswer
  expect(preview.status).toBe(302)
  expect(preview.headers.location).toBe('http://127.0.0.1:7176/picture/main.mjpeg?token=main&background=%23102030')
})

it('gives stills with their alpha or over a colour, and says why there is none', async () => {
  await expect(get('/live/:output.png', 'main', { token: 'main' })).rejects.toMatchObject({ status: 503 })
  server.still = Buffer.from('png')
  const answer = (await get('/live/:output.webp', 'main', {
    token: 'main',
    width: '640',
    background: '00ff00',
  })) as HttpAnswer
  expect([answer.headers['content-type'], answer.body]).toEqual(['image/webp', Buffer.from('png')])
  expect(server.stills.at(-1)).toMatchObject({ type: 'webp', background: '00ff00', maxWidth: 640 })
})

it.each([
  ['no token', undefined, 401],
  ['a wrong token', 'guess', 401],
  ['the token of another output', 'tall', 401],
  ['a token that may not read', 'simulator', 401],
])('gives nothing for %s', async (_name, token, status) => {
  outputs = [output('main'), output('tall')]
  outputsChanged.fire(outputs)
  for (const path of ['/live/:output.json', '/live/:output.png', '/live/:output.webp', '/live/:output.mjpeg']) {
    await expect(get(path, 'main', { token })).rejects.toMatchObject({ status })
  }
  expect(server.port).toBeNull()
})

it('opens every output for a token that reads everything, and none that is not there', async () => {
  await expect(get('/live/:output.json', 'main', { token: 'reader' })).resolves.toBeTruthy()
  await expect(get('/live/:output.json', 'none', { token: 'reader' })).rejects.toMatchObject({ status: 404 })
})

it('takes the picture down when its source stays away', async () => {
  server.watch('v1', 'main')
  await settle()
  sources.die('main', 'gone')
  sources.unavailable = 'no'
  await clock.advance(200)
  expect(server.told).toEqual([])
  for (let i = 0; i < 40; i += 1) {
    await clock.advance(100)
    if (sources.running.length > 0) sources.die('main', 'gone')
  }
  expect(server.told).toContain('blank main')
})

it('tells Prometheus of every output, and how old pictures are', () => {
  const text = metricsText()
  expect(text).toContain('landale_picture_frames_total{output="main",what="painted"} 0\n')
  expect(text).toContain('landale_picture_send_to_draw_seconds_bucket{le="+Inf"} 0\n')
  expect(text).toContain('# TYPE landale_picture_capture_to_send_seconds histogram\n')
})
