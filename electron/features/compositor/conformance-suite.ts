/**
 * What every source of frames must do, whatever it paints with. A source's own test calls `describeFrameSource` with a way
 * to make it; the suite puts a stage before it that does what it is told, and looks only at the picture that arrives.
 * Waits for what must come, never for a time to pass; only that nothing comes is watched for a while.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import type { Rect } from '../../../base/pixels/rect.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { FrameSourceKind } from '../../../contracts/state/picture.ts'
import type { FrameSources } from '../../kernel/ports/frame-source.ts'
import { PictureSink, type Pixel } from './conformance/picture-sink.ts'
import { type Box, StagedHub } from './conformance/staged-hub.ts'

export interface FrameSourceSubject {
  sources: FrameSources
  /** Ends the process that paints, as if it had crashed. */
  crash(): Promise<void>
  /** Makes the painting stand still while the page goes on; absent where a test can't. */
  freeze?: () => Promise<void>
  /** Called when every painting has been ended. */
  dispose(): Promise<void>
}

export interface FrameSourceSuite {
  create(): Promise<FrameSourceSubject>
  /** The folder of the built pages; the test's stage must be installed in it. */
  root(): string
  /** Frames come with exactly what changed, not with what may have. */
  exactDamage: boolean
}

/** Real time that anything may take before a test gives up, ms. Generous: a busy machine is not a failure. */
export const PATIENCE_MS = 20_000
/** A frozen or hanging source must be told in 2 s; the rest is for a busy machine. */
const DETECTION_MS = 10_000
/** For so long nothing may come where nothing changes. */
const QUIET_MS = 800

export interface Painting {
  sink: PictureSink
  /** What `onPainting` said, in order. */
  ways: [FrameSourceKind, string | null][]
  /** Settles with null, or with why it rejected. */
  ended: Promise<string | null>
  stop(): Promise<void>
}

/** By what their pages do. */
type LayerServers = Record<'good' | 'hang' | 'eat', Server>

/** One subject before a stage, and its sinks; releases them. The hub is its maker's, who may use it again. */
export class FrameSourceRig {
  readonly hub: StagedHub
  readonly subject: FrameSourceSubject
  readonly #paintings: Painting[] = []
  readonly #layers: LayerServers

  static async create(hub: StagedHub, create: FrameSourceSuite['create']): Promise<FrameSourceRig> {
    hub.reset()
    const layers = { good: await serveLayers(), hang: await serveLayers(), eat: await serveLayers() }
    return new FrameSourceRig(hub, await create(), layers)
  }

  private constructor(hub: StagedHub, subject: FrameSourceSubject, layers: LayerServers) {
    this.hub = hub
    this.subject = subject
    this.#layers = layers
  }

  /** A page of another origin, filled with a colour. One that soon hangs or eats all memory has its own. */
  layerUrl(color: string, behaviour: keyof LayerServers = 'good'): string {
    const { port } = this.#layers[behaviour].address() as AddressInfo
    return `http://127.0.0.1:${port}/?${new URLSearchParams({ color, behaviour })}`
  }

  async paint(size: { width?: number; height?: number; frameRate?: number } = {}): Promise<Painting> {
    const sink = new PictureSink()
    await sink.listen()
    const controller = new AbortController()
    const ways: Painting['ways'] = []
    const ended = this.subject.sources
      .paint(
        {
          output: 'main',
          hubUrl: this.hub.url,
          stageUrl: this.hub.stageUrl('main'),
          width: size.width ?? 640,
          height: size.height ?? 360,
          frameRate: size.frameRate ?? 60,
          sink,
          onPainting: (kind, reason) => void ways.push([kind, reason]),
        },
        controller.signal,
      )
      .then(
        () => null,
        (error: Error) => error.message,
      )
    const painting: Painting = {
      sink,
      ways,
      ended,
      async stop() {
        controller.abort()
        await ended
        await sink.close()
      },
    }
    this.#paintings.push(painting)
    onTestFailed(() => {
      // biome-ignore lint/suspicious/noConsole: the picture's story is what a failure is about
      console.log({ ways, frames: sink.frames.slice(-5), said: this.hub.said.slice(-20) })
    })
    return painting
  }

  /** The stage is there and its first picture has arrived. */
  async paintBoxes(boxes: Box[], size: { width?: number; height?: number } = {}): Promise<Painting> {
    this.hub.keepTelling({ verb: 'boxes', boxes })
    const painting = await this.paint(size)
    await this.shows(painting, boxes)
    return painting
  }

  async shows({ sink, ended }: Painting, boxes: readonly Box[]): Promise<void> {
    let fault: string | null = null
    void ended.then((why) => {
      fault = why
    })
    const look = () => {
      if (fault !== null) throw new Error(`the painting ended: ${fault}`)
      return boxes.map((box) => differenceAt(sink, box)).filter((difference) => difference !== null)
    }
    await expect.poll(look, { timeout: PATIENCE_MS }).toEqual([])
  }

  /** Resolves once no frame has come for a while. */
  async isQuiet({ sink }: Painting): Promise<void> {
    for (let before = -1; before !== sink.frames.length; ) {
      before = sink.frames.length
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
  }

  async dispose(): Promise<void> {
    for (const painting of this.#paintings) await painting.stop()
    for (const { sink } of this.#paintings) expect(sink.faults).toEqual([])
    await this.subject.dispose()
    for (const server of Object.values(this.#layers)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const RED: Box = { x: 100, y: 40, width: 60, height: 50, color: 'rgb(200, 10, 30)' }
const GLASS: Box = { x: 300, y: 200, width: 120, height: 80, color: 'rgba(40, 120, 240, 0.5)' }

export function describeFrameSource(name: string, suite: FrameSourceSuite): void {
  describe(`${name}: paints as every source of frames`, { timeout: 60_000 }, () => {
    ensureNoLeaks()
    let hub: StagedHub
    let rig: FrameSourceRig

    beforeAll(async () => {
      hub = new StagedHub(suite.root())
      await hub.listen()
    })

    beforeEach(async () => {
      rig = await FrameSourceRig.create(hub, suite.create)
    })

    afterAll(() => hub.close())

    afterEach(() => rig.dispose())

    it('paints what the stage shows, alpha included, and says how', async () => {
      const steps = [0, 1, 2, 26, 64, 127, 128, 200, 254, 255]
      const boxes = steps.map((alpha, index) => ({
        x: 20 + index * 50,
        y: 100,
        width: 40,
        height: 40,
        color: `rgba(${[(index * 83) % 256, (index * 37 + 90) % 256, (index * 59 + 200) % 256].join()}, ${alpha / 255})`,
      }))
      const painting = await rig.paintBoxes(boxes)
      expect(painting.sink.pixel(5, 5)).toEqual([0, 0, 0, 0])
      expect([painting.sink.width, painting.sink.height]).toEqual([640, 360])
      await expect.poll(() => painting.ways.length, { timeout: PATIENCE_MS }).toBeGreaterThan(0)
    })

    it('sends nothing while nothing changes, and then only what did', async () => {
      const painting = await rig.paintBoxes([RED, GLASS])
      await rig.isQuiet(painting)
      const before = painting.sink.frames.length
      const changed = { ...GLASS, color: 'rgb(10, 200, 90)' }
      rig.hub.tell({ verb: 'boxes', boxes: [RED, changed] })
      await rig.shows(painting, [RED, changed])
      await rig.isQuiet(painting)
      const rects = painting.sink.frames.slice(before).flatMap((frame) => frame.rects)
      expect(rects.length).toBeGreaterThan(0)
      if (suite.exactDamage) expect(rects.filter((rect) => !isWithin(rect, GLASS))).toEqual([])
    })

    it('paints an animation, and its last frame too', async () => {
      const painting = await rig.paintBoxes([RED])
      rig.hub.tell({ verb: 'spin', on: true })
      const before = painting.sink.frames.length
      await expect.poll(() => painting.sink.frames.length - before, { timeout: PATIENCE_MS }).toBeGreaterThan(30)
      rig.hub.tell({ verb: 'spin', on: false })
      await rig.shows(painting, [RED, { x: 8, y: 8, width: 32, height: 32, color: 'rgb(0, 200, 0)' }])
      const times = painting.sink.frames.map((frame) => frame.capturedAt)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })

    it('keeps to the frame rate', async () => {
      rig.hub.keepTelling({ verb: 'spin', on: true })
      const painting = await rig.paint({ frameRate: 10 })
      await expect.poll(() => painting.sink.frames.length, { timeout: PATIENCE_MS }).toBeGreaterThan(15)
      const gaps = painting.sink.frames.slice(5).map((frame, index, frames) => {
        const before = frames[index - 1]
        return before ? frame.capturedAt - before.capturedAt : 100
      })
      const average = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
      expect(average).toBeGreaterThan(85)
    })

    it('paints any size, one after the other', async () => {
      const corner = (width: number, height: number) => ({
        ...RED,
        x: width - 20,
        y: height - 20,
        width: 20,
        height: 20,
      })
      const small = await rig.paintBoxes([corner(320, 180)], { width: 320, height: 180 })
      await small.stop()
      const odd = await rig.paint({ width: 1001, height: 333 })
      await rig.shows(odd, [corner(320, 180)])
      expect([odd.sink.width, odd.sink.height]).toEqual([1001, 333])
      // A browser may paint a page's own white before it has heard that there is none.
      await expect.poll(() => odd.sink.pixel(1000, 332), { timeout: PATIENCE_MS }).toEqual([0, 0, 0, 0])
    })

    it('stops when asked, at any time', async () => {
      const atOnce = await rig.paint()
      await atOnce.stop()
      expect(await atOnce.ended).toBeNull()
      const painting = await rig.paintBoxes([RED])
      await painting.stop()
      expect(await painting.ended).toBeNull()
      await rig.shows(await rig.paint(), [RED])
    })

    it('tells of a page that hangs', async () => {
      const painting = await rig.paintBoxes([RED])
      await rig.isQuiet(painting)
      rig.hub.tell({ verb: 'hang' })
      expect(await within(DETECTION_MS, painting.ended)).toMatch(/hang|answer/)
      await rig.shows(await rig.paint(), [RED])
    })

    it('tells of a crash', async () => {
      const painting = await rig.paintBoxes([RED])
      await rig.subject.crash()
      expect(await within(DETECTION_MS, painting.ended)).not.toBeNull()
      await rig.shows(await rig.paint(), [RED])
    })

    it('tells of an animation that is not painted any more', async ({ skip }) => {
      const { freeze } = rig.subject
      if (!freeze) return skip('this source can not be frozen from outside')
      const painting = await rig.paintBoxes([RED])
      rig.hub.tell({ verb: 'spin', on: true })
      const before = painting.sink.frames.length
      await expect.poll(() => painting.sink.frames.length - before, { timeout: PATIENCE_MS }).toBeGreaterThan(5)
      await freeze()
      expect(await within(DETECTION_MS, painting.ended)).not.toBeNull()
      await rig.shows(await rig.paint(), [RED])
    })

    it('a stage that leaves its address is told, brought back, or held', async () => {
      const painting = await rig.paintBoxes([RED])
      const seen = rig.hub.count('here')
      rig.hub.tell({ verb: 'leave', url: rig.layerUrl('white') })
      const isOurs = () => rig.hub.count('here') > seen || rig.hub.count('still here') > 0
      const showsOurs = async () => {
        await expect.poll(isOurs, { timeout: PATIENCE_MS }).toBe(true)
        rig.hub.keepTelling({ verb: 'boxes', boxes: [GLASS] })
        await rig.shows(painting, [GLASS])
        return 'ours'
      }
      const outcome = await Promise.race([painting.ended, showsOurs().catch(() => null)])
      expect(outcome).not.toBeNull()
    })

    it('popups, dialogs, downloads, sound and wishes for permissions come to nothing', async () => {
      const painting = await rig.paintBoxes([RED])
      rig.hub.tell({ verb: 'annoy', url: rig.layerUrl('white') })
      await expect.poll(() => rig.hub.said, { timeout: PATIENCE_MS }).toContain('annoyed')
      rig.hub.tell({ verb: 'boxes', boxes: [GLASS] })
      await rig.shows(painting, [GLASS])
      const gains = ['position', 'microphone', 'notifications', 'an answer']
      expect(rig.hub.said.filter((said) => gains.includes(said))).toEqual([])
      expect(rig.hub.said.filter((said) => said === 'here')).toHaveLength(1)
    })

    it('a page 16,384 px wide is cut, not the end', async () => {
      const painting = await rig.paintBoxes([RED])
      const style = 'position:absolute;left:0;top:300px;width:16384px;height:20px;background:rgb(90, 0, 90)'
      rig.hub.tell({ verb: 'element', name: 'div', style })
      await rig.shows(painting, [RED, { x: 0, y: 300, width: 640, height: 20, color: 'rgb(90, 0, 90)' }])
    })

    it('paints layers of other addresses; one that hangs is loaded anew while the others go on', async () => {
      const place = { width: 100, height: 100, y: 200 }
      const layers = [
        { id: 'good', url: rig.layerUrl('rgb(0, 90, 200)'), x: 0, ...place },
        { id: 'bad', url: rig.layerUrl('rgb(200, 90, 0)', 'hang'), x: 200, ...place },
      ]
      for (const layer of layers) rig.hub.keepTelling({ verb: 'layer', ...layer })
      const good = { x: 0, ...place, color: 'rgb(0, 90, 200)' }
      const painting = await rig.paintBoxes([RED, good])
      await expect.poll(() => rig.hub.count('reload bad'), { timeout: PATIENCE_MS }).toBeGreaterThan(0)
      rig.hub.tell({ verb: 'boxes', boxes: [{ ...RED, color: 'rgb(1, 2, 3)' }] })
      await rig.shows(painting, [{ ...RED, color: 'rgb(1, 2, 3)' }, good])
      expect(rig.hub.count('reload good')).toBe(0)
    })
  })
}

async function serveLayers(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(layerPage(new URL(request.url ?? '/', 'http://layer')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function layerPage({ searchParams }: URL): string {
  const code = BEHAVIOURS[searchParams.get('behaviour') ?? ''] ?? ''
  return `<!doctype html><body style="margin:0;background:${searchParams.get('color')}"><script>${code}</script>`
}

const BEHAVIOURS: Record<string, string> = {
  hang: 'setTimeout(() => { for (;;); }, 300)',
  eat: 'const eaten = []; setInterval(() => eaten.push(Array.from({ length: 1e6 }, (_, at) => ({ at }))), 10)',
}

/** Null when the middle and the corners of a box look as they should, to 1/255 of what is blended. */
function differenceAt(sink: PictureSink, box: Box): string | null {
  const wanted = parseColor(box.color)
  const right = Math.min(box.x + box.width, sink.width) - 1
  const bottom = Math.min(box.y + box.height, sink.height) - 1
  const points = [
    [box.x, box.y],
    [right, bottom],
    [Math.floor((box.x + right) / 2), Math.floor((box.y + bottom) / 2)],
  ] as const
  for (const [x, y] of points) {
    const found = sink.pixel(x, y)
    if (!found || !isAlike(found, wanted)) return `${x},${y}: ${found?.join()} instead of ${wanted.join()}`
  }
  return null
}

/** What is behind a translucent pixel is blended with its colour times its alpha: that is what may be off by one. */
function isAlike(a: Pixel, b: Pixel): boolean {
  if (Math.abs(a[3] - b[3]) > 1) return false
  return [0, 1, 2].every((at) => Math.abs(((a[at] ?? 0) * a[3]) / 255 - ((b[at] ?? 0) * b[3]) / 255) <= 1.01)
}

function parseColor(css: string): Pixel {
  const [red = 0, green = 0, blue = 0, alpha = 1] = [...css.matchAll(/[\d.e-]+/g)].map(([number]) => Number(number))
  return [red, green, blue, Math.round(alpha * 255)]
}

function isWithin(inner: Rect, outer: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  )
}

/** Rejects when it takes longer than that, ms. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was told in ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
