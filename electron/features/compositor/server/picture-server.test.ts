import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { PictureServer } from './picture-server.ts'
import { Painting } from './testing/painting.ts'
import { createTestServer } from './testing/test-server.ts'
import { TestSource } from './testing/test-source.ts'
import { TestViewer, type TestViewerOptions } from './testing/test-viewer.ts'
import { until } from './testing/until.ts'

const WIDTH = 320
const HEIGHT = 200
const CARD = { x: 40, y: 30, width: 100, height: 50 }
const CORNER = { x: 300, y: 180, width: 20, height: 20 }

describe('picture server', { timeout: 60_000 }, () => {
  ensureNoLeaks()
  let server: PictureServer
  let port = 0
  let painting: Painting
  let leaving: { leave(): Promise<void> }[] = []

  beforeEach(async () => {
    server = createTestServer().server
    server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
    ;({ port } = await server.listen())
    painting = new Painting(WIDTH, HEIGHT)
  })

  afterEach(async () => {
    for (const one of leaving) await one.leave()
    leaving = []
    await server.close()
  })

  async function join(changes: Partial<TestViewerOptions> = {}): Promise<TestViewer> {
    const viewer = await TestViewer.connect({ port, output: 'main', token: 'main', ...changes })
    leaving.push(viewer)
    return viewer
  }

  async function openSource(): Promise<TestSource> {
    const source = await TestSource.connect('main', (await server.openSink('main')).uploadUrl)
    leaving.push(source)
    return source
  }

  const shows = (viewer: TestViewer) =>
    until(() => viewer.canvas !== null && Buffer.compare(viewer.canvas, painting.pixels) === 0, 'the same picture')

  describe('what a viewer is sent', () => {
    it('P6, P9: a hello with the size, then a key frame', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      expect(viewer.messages[0]).toEqual({ type: 'hello', viewer: viewer.id, width: WIDTH, height: HEIGHT })
      expect(viewer.packets).toHaveLength(1)
      expect(viewer.packets[0]).toMatchObject({ key: true, previous: 0, output: 'main', width: WIDTH, height: HEIGHT })
    })

    it('P4: a key frame holds what is painted and leaves out what is clear', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const early = await join()
      await until(() => early.packets.length === 1, 'a key frame of nothing')
      expect(early.packets[0]).toMatchObject({ key: true, rects: [], pixelBytes: 0 })
      await source.send(painting, [painting.paint(CARD, 1)])
      const late = await join()
      await shows(late)
      expect(late.packets[0]?.pixelBytes).toBeLessThanOrEqual(CARD.width * CARD.height * 4)
    })

    it('P7, P8: one packet at a time, and then the union of what it missed', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const viewer = await join()
      await until(() => viewer.packets.length === 1, 'the key frame')
      await shows(viewer)
      viewer.holdAcknowledgements()
      const first = viewer.sequence
      for (let frame = 1; frame <= 5; frame++) {
        await source.send(painting, [painting.paint(frame % 2 === 0 ? CARD : CORNER, frame)])
      }
      await until(() => viewer.packets.length === 2, 'the first of five')
      expect(viewer.sequence).toBe(first + 1)
      viewer.letAcknowledgementsGo()
      await shows(viewer)
      expect(viewer.packets).toHaveLength(3)
      expect(viewer.packets[2]).toMatchObject({ key: false, previous: first + 1, sequence: first + 5 })
      expect(viewer.packets[2]?.rects).toHaveLength(2)
      expect(viewer.gaps).toEqual([])
    })

    it.for([
      ['here', 2],
      ['elsewhere', 1],
    ] as const)('P7: of large packets a viewer %s has %d to draw at most', async ([where, most]) => {
      const whole = { x: 0, y: 0, width: 1280, height: 720 }
      server.setOutput({ id: 'main', width: whole.width, height: whole.height, frameRate: 60 })
      painting = new Painting(whole.width, whole.height)
      const source = await openSource()
      painting.paint(whole, 1)
      await source.sendKey(painting)
      const viewer = await join(where === 'elsewhere' ? { query: 'remote=1' } : {})
      await shows(viewer)
      viewer.holdAcknowledgements()
      for (let frame = 2; frame <= 5; frame++) await source.send(painting, [painting.paint(whole, frame)])
      await until(() => viewer.packets.length === 1 + most, 'what may be under way')
      viewer.letAcknowledgementsGo()
      await shows(viewer)
      expect(viewer.packets).toHaveLength(2 + most)
      expect(viewer.gaps).toEqual([])
    })

    it('P8: viewers that need the same share one packet', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const viewers = [await join(), await join(), await join()]
      for (const viewer of viewers) await shows(viewer)
      // All are idle at once sooner or later, though not for every frame.
      const isShared = () => {
        const [one, ...others] = viewers.map(({ packets }) => packets.filter(({ key }) => !key))
        return one?.some(({ sentAt }) => others.every((packets) => packets.some((other) => other.sentAt === sentAt)))
      }
      for (let frame = 0; frame < 200 && !isShared(); frame++) {
        await source.send(painting, [painting.paint(CARD, frame)])
        for (const viewer of viewers) await shows(viewer)
      }
      expect(isShared()).toBe(true)
    })

    it('P12: nothing while nothing changes, also when the source begins anew with the same picture', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      const again = await openSource()
      await again.sendKey(painting)
      await again.send(painting, [painting.paint(CORNER, 2)])
      await shows(viewer)
      expect(viewer.packets).toHaveLength(2)
      expect(viewer.packets[1]?.rects).toEqual([CORNER])
    })

    it('P9: a key frame when it asks for one', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      viewer.askForKey()
      await until(() => viewer.packets.length === 2, 'another key frame')
      expect(viewer.packets[1]).toMatchObject({ key: true, sequence: viewer.packets[0]?.sequence })
    })

    it('P11: nothing while it is hidden, and a key frame when it is seen again', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      viewer.setVisible(false)
      await until(() => server.viewers().length === 1 && demand === 0, 'nobody to paint for')
      await source.send(painting, [painting.paint(CARD, 1)])
      const witness = await join()
      await shows(witness)
      expect(viewer.packets).toHaveLength(1)
      viewer.setVisible(true)
      await shows(viewer)
      expect(viewer.packets.map(({ key }) => key)).toEqual([true, true])
    })

    let demand: number | undefined
    beforeEach(() => {
      demand = undefined
      const listening = server.onDidChangeViewers(({ output, viewers }) => {
        if (output === 'main') demand = viewers
      })
      leaving.push({ leave: async () => listening.dispose() })
    })

    it('P10: "blank" when the source is gone for long, and a key frame after it', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      server.blank('main')
      await until(() => viewer.canvas === null, 'nothing to be seen')
      const late = await join()
      await source.send(painting, [painting.paint(CORNER, 2)])
      await shows(viewer)
      await shows(late)
      expect(viewer.packets.at(-1)?.key).toBe(true)
    })

    it('P10: a session that is over leaves the picture with those who have it; who comes now waits for the next', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      server.closeSink('main')
      await until(() => source.closed !== null, 'the end of the session')
      const late = await join()
      expect(viewer.canvas).not.toBeNull()
      const next = await openSource()
      painting.paint(CORNER, 2)
      await next.sendKey(painting)
      await shows(viewer)
      await shows(late)
      expect(late.packets).toHaveLength(1)
      expect(viewer.packets.map(({ key }) => key)).toEqual([true, false])
    })

    it('P13: another size blanks the picture, ends the session, and begins with a key frame', async () => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      server.setOutput({ id: 'main', width: 64, height: 48, frameRate: 60 })
      await until(() => viewer.canvas === null && source.closed !== null, 'the end of the old size')
      expect(source.closed?.code).toBe(4410)
      painting = new Painting(64, 48)
      painting.paint({ x: 1, y: 2, width: 3, height: 4 }, 9)
      await (await openSource()).sendKey(painting)
      await shows(viewer)
      expect(viewer.packets.at(-1)).toMatchObject({ key: true, width: 64, height: 48 })
    })

    it('P3: is compressed for viewers on another machine', async () => {
      const source = await openSource()
      painting.pixels.fill(200)
      await source.sendKey(painting)
      const first = await join({ query: 'remote=1' })
      await shows(first)
      // The first of them may come before the compressor is loaded.
      await until(() => {
        if (!first.packets.some(({ format }) => format === 'lz4')) first.askForKey()
        return first.packets.some(({ format }) => format === 'lz4')
      }, 'a compressed packet')
      expect(first.canvas).toEqual(painting.pixels)
      const local = await join()
      await shows(local)
      expect(local.packets[0]?.format).toBe('raw')
    })
  })

  describe('frames of this process', () => {
    const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

    it('P18: are converted, and only what really changed is sent', async () => {
      const sink = await server.openSink('main')
      painting.paint(CARD, 1)
      sink.frame(painting.bitmap(whole))
      const viewer = await join()
      await shows(viewer)
      painting.paint(CORNER, 2)
      sink.frame(painting.bitmap(whole))
      await shows(viewer)
      expect(viewer.packets[1]?.rects).toEqual([CORNER])
      const area = { x: 30, y: 20, width: 200, height: 100 }
      painting.paint(CARD, 3)
      sink.frame(painting.bitmap({ ...CARD, x: CARD.x - 5, width: CARD.width + 20 }, area))
      await shows(viewer)
      expect(viewer.packets[2]?.rects).toEqual([CARD])
      expect(sink.painted()).toBe(3)
      expect(server.figures('main')).toMatchObject({ counts: { painted: 3 }, framesPerSecond: 3 })
    })

    it('P18: of a session that is over, or of another size, change nothing', async () => {
      const old = await server.openSink('main')
      const sink = await server.openSink('main')
      painting.paint(CARD, 1)
      sink.frame(painting.bitmap(whole))
      const viewer = await join()
      await shows(viewer)
      const stray = new Painting(WIDTH, HEIGHT)
      stray.paint(whole, 5)
      old.frame(stray.bitmap(whole))
      sink.frame(new Painting(10, 10).bitmap({ x: 0, y: 0, width: 10, height: 10 }))
      painting.paint(CORNER, 2)
      sink.frame(painting.bitmap(CORNER))
      await shows(viewer)
      expect(viewer.packets).toHaveLength(2)
    })

    it('P18: arrive although the thread is far behind, the newest last', async () => {
      const sink = await server.openSink('main')
      const viewer = await join()
      sink.frame(painting.bitmap(whole))
      for (let frame = 0; frame < 200; frame++) {
        const rect = painting.paint(frame % 2 === 0 ? CARD : CORNER, frame)
        sink.frame(painting.bitmap(rect, rect))
      }
      await shows(viewer)
      expect(viewer.gaps).toEqual([])
    })
  })

  describe('a source of another process', () => {
    it('P16: replaces the one before in the middle of its frame', async () => {
      const first = await openSource()
      const viewer = await join()
      await first.sendKey(new Painting(WIDTH, HEIGHT))
      first.sendHalf(painting)
      const second = await openSource()
      painting.paint(CARD, 4)
      await second.sendKey(painting)
      await shows(viewer)
      await until(() => first.closed !== null, 'the end of the first')
      expect(first.closed?.code).toBe(4410)
    })

    it('P17: that leaves out a frame is asked for the whole picture', async () => {
      const source = await openSource()
      const viewer = await join()
      await source.sendKey(painting)
      painting.paint(CARD, 1)
      await source.send(painting, [painting.paint(CORNER, 1)], { previous: 77 })
      expect(source.keysAskedFor).toBe(1)
      await source.sendKey(painting)
      await shows(viewer)
    })

    it('P17: that begins with a part is asked for the whole picture', async () => {
      const source = await openSource()
      await source.send(painting, [CARD])
      expect(source.keysAskedFor).toBe(1)
    })

    it('P16: gets in by the secret of its session, and by no other', async () => {
      const { uploadUrl } = await server.openSink('main')
      const forged = uploadUrl.replace(/secret=.*/, 'secret=AAAA')
      await expect(TestSource.connect('main', forged)).rejects.toThrow('refused')
      const old = uploadUrl
      await server.openSink('main')
      await expect(TestSource.connect('main', old)).rejects.toThrow('refused')
    })

    it.each([
      ['text', 'hello', 4400],
      ['noise', Buffer.from('no packet at all, however one looks at it'), 4400],
      ['more than a canvas', Buffer.alloc(WIDTH * HEIGHT * 4 + 100_000), 1009],
    ])('P2, P17: that sends %s is closed, and its viewers keep their picture', async (_, bytes, code) => {
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      source.socket.send(bytes)
      await until(() => source.closed !== null, 'the end of it')
      expect(source.closed?.code).toBe(code)
      const next = await openSource()
      await next.sendKey(painting)
      await next.send(painting, [painting.paint(CORNER, 3)])
      await shows(viewer)
    })

    it.each([
      ['of another output', { output: 'other' }],
      ['of another size', { width: WIDTH - 1, height: HEIGHT - 1 }],
      ['with a block that is none', { format: 'lz4' as const }],
    ])('P17: that sends a packet %s is closed', async (_, changes) => {
      const source = await openSource()
      await source.send(painting, [CARD], { key: true, previous: 0, ...changes })
      expect(source.closed?.code).toBe(4400)
    })
  })

  describe('the life of the server', () => {
    it('P20: says goodbye, and is found again on the same port with the same outputs', async () => {
      const viewer = await join()
      await server.close()
      await until(() => viewer.closed !== null, 'the goodbye')
      expect(viewer.closed?.code).toBe(1001)
      expect(server.port).toBeNull()
      expect((await server.listen()).port).toBe(port)
      painting.paint(CARD, 1)
      const again = await join()
      await (await openSource()).sendKey(painting)
      await shows(again)
    })

    it('P20: a thread that dies is started anew, and says which sources have to begin anew', async () => {
      const posted = vi.spyOn(Worker.prototype, 'postMessage')
      const lost: string[] = []
      const left: string[] = []
      const listening = [server.onDidLoseSource((id) => lost.push(id)), server.onDidLeave(({ id }) => left.push(id))]
      const viewer = await join()
      const source = await openSource()
      painting.paint(CARD, 1)
      await source.sendKey(painting)
      const worker = posted.mock.contexts.at(-1)
      posted.mockRestore()
      if (!(worker instanceof Worker)) throw new Error('no thread was spoken to')
      await worker.terminate()
      await until(() => viewer.closed !== null && source.closed !== null, 'the end of all connections')
      await until(() => server.port === port, 'the new thread')
      expect(left).toEqual([viewer.id])
      expect(lost).toEqual(['main'])
      const again = await join()
      await (await openSource()).sendKey(painting)
      await shows(again)
      await until(() => server.figures('main').counts.painted > 0, 'its figures')
      for (const one of listening) one.dispose()
    })

    it('P20: takes another port, or says what to do, when its own is taken', async () => {
      const rival = createTestServer({ port, ifTaken: 'fail' }).server
      await expect(rival.listen()).rejects.toThrow(
        /can't listen on 127\.0\.0\.1:\d+ .*EADDRINUSE.*another picture port/,
      )
      const modest = createTestServer({ port, ifTaken: 'any-port' }).server
      expect((await modest.listen()).port).not.toBe(port)
      await modest.close()
    })

    it('P5: an output that is removed sends its viewers away', async () => {
      const viewer = await join()
      server.removeOutput('main')
      await until(() => viewer.closed !== null, 'the goodbye')
      expect(viewer.closed?.code).toBe(4404)
    })
  })

  describe('what the hub knows', () => {
    it('P21: who watches, since when, from where, and what it has been sent', async () => {
      const joined: string[] = []
      const left: string[] = []
      const listening = [server.onDidJoin(({ id }) => joined.push(id)), server.onDidLeave(({ id }) => left.push(id))]
      const viewer = await join({ headers: { 'user-agent': `OBS/31 ${'x'.repeat(300)}` } })
      const mute = await join({ query: 'mute=1' })
      const source = await openSource()
      await source.sendKey(painting)
      await source.send(painting, [painting.paint(CARD, 1)])
      await shows(viewer)
      await until(() => server.viewers().some(({ framesShown }) => framesShown === 2), 'the figures of a second')
      const seen = server.viewers().find(({ id }) => id === viewer.id)
      expect(seen).toMatchObject({ output: 'main', address: '127.0.0.1', canPlay: true, framesBehind: 0 })
      expect(seen?.agent).toHaveLength(200)
      expect(seen?.bytesPerSecond).toBeGreaterThan(CARD.width * CARD.height * 4)
      expect(server.viewers().find(({ id }) => id === mute.id)?.canPlay).toBe(false)
      await until(() => server.viewers().every(({ bytesPerSecond }) => bytesPerSecond === 0), 'nothing flowing')
      await viewer.leave()
      await until(() => left.length === 1, 'the news that it left')
      expect(joined).toEqual([viewer.id, mute.id])
      expect(left).toEqual([viewer.id])
      for (const one of listening) one.dispose()
    })

    it('P21: what was painted, sent, left out and late, and how long it took', async () => {
      const source = await openSource()
      await source.sendKey(painting)
      const viewer = await join()
      await shows(viewer)
      viewer.holdAcknowledgements()
      for (let frame = 1; frame <= 4; frame++) await source.send(painting, [painting.paint(CARD, frame)])
      await until(() => viewer.packets.length === 2, 'the first')
      viewer.letAcknowledgementsGo()
      await shows(viewer)
      await until(() => server.figures('main').counts.sent === 3, 'the figures')
      expect(server.figures('main').counts).toMatchObject({ painted: 5, changed: 5, sent: 3, skipped: 2 })
      const { captureToSend, sendToDraw } = server.histograms()
      expect(captureToSend.count).toBe(2)
      expect(sendToDraw.count).toBeGreaterThanOrEqual(2)
    })

    it('P22: brings a cue to one viewer, hears that it began, refreshes and drops it', async () => {
      const started: { viewer: string; id: string }[] = []
      const listening = server.onDidStartCue((cue) => started.push(cue))
      const viewer = await join()
      const other = await join()
      const { id } = viewer
      if (id === null) throw new Error('no hello')
      server.cue(id, { id: 'c1', sound: 'chime', volume: 0.5 })
      await until(() => viewer.messages.length === 2, 'the cue')
      expect(viewer.messages[1]).toEqual({ type: 'cue', id: 'c1', sound: 'chime', volume: 0.5 })
      viewer.say({ type: 'cue-started', id: 'c1' })
      await until(() => started.length === 1, 'the beginning of the sound')
      expect(started).toEqual([{ viewer: id, id: 'c1' }])
      server.refresh(id)
      server.drop(id)
      await until(() => viewer.closed !== null, 'the goodbye')
      expect(viewer.messages.slice(2)).toEqual([{ type: 'refresh' }, { type: 'drop' }])
      expect(viewer.closed?.code).toBe(4410)
      expect(other.messages).toHaveLength(1)
      listening.dispose()
    })
  })
})
