import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { PictureServer } from './picture-server.ts'
import { Painting } from './testing/painting.ts'
import { createTestServer, PAGE_ORIGIN } from './testing/test-server.ts'
import { TestSource } from './testing/test-source.ts'
import { TestViewer, type TestViewerOptions } from './testing/test-viewer.ts'
import { until } from './testing/until.ts'

const WIDTH = 320
const HEIGHT = 200
const CARD = { x: 40, y: 30, width: 100, height: 50 }

describe('viewers that err, and viewers that mean harm', { timeout: 60_000 }, () => {
  ensureNoLeaks()
  let server: PictureServer
  let grants: ReturnType<typeof createTestServer>['grants']
  let port = 0
  let painting: Painting
  let source: TestSource
  /** It did nothing wrong, and must never notice. */
  let bystander: TestViewer
  let leaving: { leave(): Promise<void> }[] = []

  beforeEach(async () => {
    ;({ server, grants } = createTestServer())
    server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
    ;({ port } = await server.listen())
    painting = new Painting(WIDTH, HEIGHT)
    source = await TestSource.connect('main', (await server.openSink('main')).uploadUrl)
    painting.paint(CARD, 1)
    await source.sendKey(painting)
    bystander = await join()
    await shows(bystander)
  })

  afterEach(async () => {
    painting.paint(CARD, 99)
    await source.sendKey(painting)
    await shows(bystander)
    expect(bystander.gaps).toEqual([])
    for (const one of [...leaving, source]) await one.leave()
    leaving = []
    await server.close()
  })

  async function join(changes: Partial<TestViewerOptions> = {}): Promise<TestViewer> {
    const viewer = await TestViewer.connect({ port, output: 'main', token: 'main', ...changes })
    leaving.push(viewer)
    return viewer
  }

  const shows = (viewer: TestViewer) =>
    until(() => viewer.canvas !== null && Buffer.compare(viewer.canvas, painting.pixels) === 0, 'the same picture')

  async function closeOf(viewer: TestViewer): Promise<number | undefined> {
    await until(() => viewer.closed !== null, 'the goodbye')
    return viewer.closed?.code
  }

  async function knock(changes: Partial<TestViewerOptions>): Promise<string> {
    return join(changes).then(
      () => 'let in',
      (error: Error) => error.message,
    )
  }

  /** The HTTP status with which an upgrade was refused. */
  function refusalOf(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0)
        socket.terminate()
      })
      socket.on('open', () => {
        resolve(101)
        socket.terminate()
      })
      socket.on('error', () => {})
    })
  }

  it('P5: a token that is wrong, or another output’s, is told so by the code 4401', async () => {
    expect(await knock({ token: 'wrong' })).toContain('4401')
    expect(await knock({ token: 'other' })).toContain('4401')
    expect(await knock({ token: '' })).toContain('4401')
    expect(await knock({ token: 'any' })).toBe('let in')
  })

  it('P5: an output that is not there is 4404, and only for who may know', async () => {
    expect(await knock({ output: 'elsewhere', token: 'any' })).toContain('4404')
    expect(await knock({ output: 'elsewhere', token: 'main' })).toContain('4401')
  })

  it.each([
    ['of ours', PAGE_ORIGIN, 101],
    ['of ours by another name of this machine', 'http://localhost:7175', 101],
    ['of a stranger', 'http://evil.example', 403],
    ['of a stranger on our port', 'http://evil.example:7175', 403],
    ['of another server on this machine', 'http://127.0.0.1:3000', 403],
    ['without a name', 'null', 403],
  ])('P5: a page %s gets %s -> %i', async (_, origin, status) => {
    expect(await refusalOf('/picture/main?token=main', { origin })).toBe(status)
  })

  it('P5: a name that is not ours is refused, whatever token it shows', async () => {
    expect(await refusalOf('/picture/main?token=main', { host: `evil.example:${port}` })).toBe(403)
    expect(await refusalOf('/picture/main/more/still?token=main', {})).toBe(404)
    expect(await refusalOf('/elsewhere?token=main', {})).toBe(404)
  })

  it.each([
    ['no JSON', '{'],
    ['no message', '{"type":"paint"}'],
    ['a number where none belongs', '{"type":"ack","sequence":"1","drawMs":0,"shownAt":null}'],
    ['a negative sequence', '{"type":"ack","sequence":-1,"drawMs":0,"shownAt":null}'],
    ['an acknowledgement of what was never sent', '{"type":"ack","sequence":900,"drawMs":0,"shownAt":null}'],
    ['nested JSON', `${'['.repeat(900)}${']'.repeat(900)}`],
    ['bytes', Buffer.from([1, 2, 3])],
  ])('P14: %s is answered by the code 4400', async (_, message) => {
    const viewer = await join()
    viewer.socket.send(message)
    expect(await closeOf(viewer)).toBe(4400)
  })

  it('P14: a message too long ends the connection', async () => {
    const viewer = await join()
    viewer.socket.send('x'.repeat(100_000))
    expect(await closeOf(viewer)).toBe(1009)
  })

  it('P14: acknowledging what was acknowledged already does nothing', async () => {
    const viewer = await join()
    await shows(viewer)
    for (let time = 0; time < 5; time++) viewer.acknowledge()
    await source.send(painting, [painting.paint(CARD, 2)])
    await shows(viewer)
    expect(viewer.closed).toBeNull()
  })

  it.each([
    ['messages', (viewer: TestViewer) => viewer.say({ type: 'visible', visible: true }), 5000],
    ['requests for key frames', (viewer: TestViewer) => viewer.askForKey(), 100],
    ['pings', (viewer: TestViewer) => viewer.socket.ping(), 5000],
  ])('P14: a flood of %s ends by the code 1013', async (_, act, times) => {
    const viewer = await join()
    for (let time = 0; time < times; time++) act(viewer)
    expect(await closeOf(viewer)).toBe(1013)
  })

  it('P14: noise on the line harms nobody', async () => {
    const raw = connect(port, '127.0.0.1')
    raw.on('error', () => {})
    raw.resume()
    raw.write('\x16\x03\x01 this is no HTTP\r\n\r\n')
    await new Promise((resolve) => raw.once('close', resolve))
    const half = connect(port, '127.0.0.1')
    half.on('error', () => {})
    half.write('GET /picture/main?token=main HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n')
    half.destroy()
  })

  it('P15: a token that is revoked closes all it opened, those that read nothing included', async () => {
    const two = [await join(), await join()]
    const other = await join({ token: 'any' })
    two[1]?.stall()
    grants.delete('main')
    server.revokeToken('token-main')
    await until(() => bystander.closed !== null && two[0]?.closed !== null, 'the end of those')
    expect([bystander.closed?.code, two[0]?.closed?.code]).toEqual([4401, 4401])
    await until(() => server.viewers().length === 1, 'the end of the one that stalls')
    expect(await knock({ token: 'main' })).toContain('4401')
    await shows(other)
    bystander = other
  })

  it('P15: two viewers on one token are two viewers', async () => {
    const one = await join()
    const two = await join()
    await one.leave()
    await source.send(painting, [painting.paint(CARD, 3)])
    await shows(two)
  })

  it('P14: one token opens 32 viewers and leaves room for others', async () => {
    for (let count = 1; count < 32; count++) await join()
    expect(await knock({})).toContain('1013')
    expect(await knock({ token: 'any' })).toBe('let in')
  })
})
