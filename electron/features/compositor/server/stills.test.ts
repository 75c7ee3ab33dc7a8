import { get } from 'node:http'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { PictureServer } from './picture-server.ts'
import { Painting } from './testing/painting.ts'
import { PreviewReader } from './testing/preview-reader.ts'
import { createTestServer } from './testing/test-server.ts'
import { TestSource } from './testing/test-source.ts'
import { until } from './testing/until.ts'

const WIDTH = 320
const HEIGHT = 200
const CARD = { x: 40, y: 30, width: 100, height: 50 }
const NO_WAIT = { waitMs: 0 }

describe('copies of the picture', { timeout: 60_000 }, () => {
  ensureNoLeaks()
  let server: PictureServer
  let port = 0
  let painting: Painting
  let readers: PreviewReader[] = []
  const sources: TestSource[] = []

  beforeEach(async () => {
    server = createTestServer().server
    server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
    ;({ port } = await server.listen())
    painting = new Painting(WIDTH, HEIGHT)
  })

  afterEach(async () => {
    for (const reader of readers) reader.leave()
    readers = []
    for (const source of sources.splice(0)) await source.leave()
    await server.close()
  })

  async function openSource(): Promise<TestSource> {
    const source = await TestSource.connect('main', (await server.openSink('main')).uploadUrl)
    sources.push(source)
    return source
  }

  async function watch(query = ''): Promise<PreviewReader> {
    const reader = await PreviewReader.open(`http://127.0.0.1:${port}/picture/main.mjpeg?token=main${query}`)
    readers.push(reader)
    return reader
  }

  describe('stills', () => {
    it('P23: as PNG is the picture, alpha included', async () => {
      const source = await openSource()
      painting.paint(CARD, 7)
      painting.pixels.set([200, 100, 50, 3], 0)
      await source.sendKey(painting)
      const still = await server.snapshot('main', { type: 'png', ...NO_WAIT })
      const { data, info } = await sharp(still ?? Buffer.alloc(0))
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect(info).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 4 })
      expect(Buffer.compare(data, painting.pixels)).toBe(0)
    })

    it('P23: as WebP keeps alpha, as JPEG has the background, and both are as small as asked', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const webp = await server.snapshot('main', { type: 'webp', maxWidth: 64, ...NO_WAIT })
      expect(await sharp(webp ?? Buffer.alloc(0)).metadata()).toMatchObject({
        format: 'webp',
        width: 64,
        hasAlpha: true,
      })
      const jpeg = await server.snapshot('main', { type: 'jpeg', background: '#20c040', maxWidth: 9999, ...NO_WAIT })
      const { data, info } = await sharp(jpeg ?? Buffer.alloc(0))
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect(info).toMatchObject({ width: WIDTH, channels: 3 })
      for (const [channel, expected] of [0x20, 0xc0, 0x40].entries()) {
        expect(Math.abs((data[channel] ?? 0) - expected)).toBeLessThan(4)
      }
    })

    it('P23: waits for the first frame and counts as a viewer meanwhile', async () => {
      const demand: number[] = []
      const listening = server.onDidChangeViewers(({ viewers }) => demand.push(viewers))
      const still = server.snapshot('main', { type: 'png', waitMs: 60_000 })
      await until(() => demand.length === 1, 'somebody to paint for')
      const source = await openSource()
      await source.sendKey(painting)
      expect(await still).not.toBeNull()
      expect(demand).toEqual([1, 0])
      listening.dispose()
    })

    it('P23: is nothing where nothing is painted in time, or there is no output', async () => {
      expect(await server.snapshot('main', { type: 'png', waitMs: 20 })).toBeNull()
      expect(await server.snapshot('nowhere', { type: 'png', waitMs: 60_000 })).toBeNull()
      const waiting = server.snapshot('main', { type: 'png', waitMs: 60_000 })
      server.removeOutput('main')
      expect(await waiting).toBeNull()
    })
  })

  describe('previews', () => {
    it('P24: shows each change as a JPEG of the size asked for, over a background', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const reader = await watch('&width=160&background=ff0000&fps=30')
      await until(() => reader.pictures.length >= 1, 'the first picture')
      const { data, info } = await sharp(reader.pictures[0]).raw().toBuffer({ resolveWithObject: true })
      expect(info).toMatchObject({ width: 160, height: 100 })
      expect(data[0]).toBeGreaterThan(240)
      expect(data[1]).toBeLessThan(15)
      const before = reader.pictures.length
      await source.send(painting, [painting.paint(CARD, 1)])
      await until(() => reader.pictures.length > before, 'the next picture')
      expect(reader.pictures.at(-1)).not.toEqual(reader.pictures[0])
    })

    it('P24: is sent nothing while nothing changes', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const reader = await watch('&fps=30')
      await until(() => reader.pictures.length === 1, 'the first picture')
      const late = await watch('&fps=30')
      await until(() => late.pictures.length === 1, 'the same picture')
      expect(late.pictures[0]).toEqual(reader.pictures[0])
      expect(reader.pictures).toHaveLength(1)
    })

    it('P24: is encoded once for all who ask for the same', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const two = [await watch('&width=64'), await watch('&width=64&fps=5')]
      await until(() => two.every(({ pictures }) => pictures.length >= 1), 'the first pictures')
      expect(two[0]?.pictures[0]).toEqual(two[1]?.pictures[0])
      expect(server.viewers().map(({ canPlay }) => canPlay)).toEqual([false, false])
    })

    it('P24: counts as a viewer, can be dropped, and ends with its token', async () => {
      const demand: number[] = []
      const listening = server.onDidChangeViewers(({ viewers }) => demand.push(viewers))
      const [one, two] = [await watch(), await watch()]
      await until(() => server.viewers().length === 2 && demand.at(-1) === 2, 'two viewers')
      server.drop(server.viewers()[0]?.id ?? '')
      await until(() => one.isClosed !== two.isClosed, 'the end of one')
      server.revokeToken('token-main')
      await until(() => one.isClosed && two.isClosed, 'the end of the other')
      await until(() => demand.at(-1) === 0, 'nobody to paint for')
      listening.dispose()
    })

    it('P24: of a watcher that reads nothing costs nothing but its own pictures', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const stalled = await watch('&fps=30&width=300')
      stalled.stall()
      const reader = await watch('&fps=30&width=300')
      for (let frame = 0; frame < 20; frame++) {
        const before = reader.pictures.length
        await source.send(painting, [painting.paint({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, frame)])
        await until(() => reader.pictures.length > before, 'the next picture')
      }
      stalled.goOn()
      await until(() => stalled.pictures.length > 0, 'its pictures')
    })

    it.each([
      ['without a token', '/picture/main.mjpeg', 401],
      ['with another output’s token', '/picture/main.mjpeg?token=other', 401],
      ['of an output that is not there', '/picture/nowhere.mjpeg?token=any', 404],
      ['of no size', '/picture/main.mjpeg?token=main&width=0', 400],
      ['over no colour', '/picture/main.mjpeg?token=main&background=url(x)', 400],
      ['of something else', '/etc/passwd', 404],
    ])('P24: %s is refused', async (_, path, status) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      expect(response.status).toBe(status)
      expect(((await response.json()) as { error: { message: string } }).error.message.length).toBeGreaterThan(5)
    })

    it('P5: is refused under a name that is not ours, and to pages that are not ours', async () => {
      const status = (headers: Record<string, string>) =>
        new Promise((resolve) => {
          const path = '/picture/main.mjpeg?token=main'
          get({ host: '127.0.0.1', port, path, headers }, (response) => {
            resolve(response.statusCode)
            response.destroy()
          })
        })
      expect(await status({ host: 'evil.example' })).toBe(403)
      expect(await status({ origin: 'http://evil.example' })).toBe(403)
    })
  })
})
