/** P25: whatever happens, every viewer ends with the picture of the source. */
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Disposable } from '../../../../base/lifecycle.ts'
import type { Rect } from '../../../../base/pixels/rect.ts'
import { Region } from '../../../../base/pixels/region.ts'
import type { FrameSink } from '../../../kernel/ports/frame-source.ts'
import type { PictureServer } from './picture-server.ts'
import { Painting } from './testing/painting.ts'
import { createTestServer } from './testing/test-server.ts'
import { TestSource } from './testing/test-source.ts'
import { TestViewer } from './testing/test-viewer.ts'
import { until } from './testing/until.ts'

const OUTPUT = 'main'
/** A run keeps at most so many viewers. */
const MAX_VIEWERS = 5
const MAX_KEYS = 10
/** Lets what was begun come to its end now and then, where nothing depends on whether it does. */
const REST_MS = 4

/** Positions and sizes are taken modulo the canvas, so that they fit whatever size it has by then. */
interface Place {
  x: number
  y: number
  width: number
  height: number
}

type Step =
  | { do: 'paint'; places: Place[]; seed: number }
  | { do: 'join'; isRemote: boolean }
  | { do: 'leave' | 'stall' | 'go-on' | 'hold' | 'let-go' | 'ask-key' | 'hide' | 'show'; which: number }
  | { do: 'resize'; width: number; height: number }
  | { do: 'new-source'; isBitmap: boolean }
  | { do: 'blank' | 'end-session' | 'rest' }

const place = fc.record({ x: fc.nat(999), y: fc.nat(999), width: fc.nat(999), height: fc.nat(999) })
const which = fc.nat(MAX_VIEWERS - 1)
const side = fc.integer({ min: 1, max: 150 })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('paint' as const),
      places: fc.array(place, { minLength: 1, maxLength: 6 }),
      seed: fc.nat(255),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), isRemote: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('leave', 'stall', 'go-on', 'hold', 'let-go', 'ask-key', 'hide', 'show'),
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), width: side, height: side }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('new-source' as const), isBitmap: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('blank', 'end-session') }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('rest' as const) }) },
)

describe('exactness', () => {
  let server: PictureServer
  let port = 0
  beforeAll(async () => {
    server = createTestServer().server
    ;({ port } = await server.listen())
  })
  afterAll(() => server.close())

  it('P25: every viewer ends with the picture of the source, whatever happened on the way', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        side,
        side,
        async (steps, width, height) => {
          const show = new Show(server, port, width, height)
          try {
            await show.run(steps)
            await show.expectAllRight()
          } finally {
            await show.end()
          }
        },
      ),
      { numRuns: 40, endOnFailure: true },
    ),
  )
})

/** One output with its source and its viewers. */
class Show {
  readonly #server: PictureServer
  readonly #port: number
  readonly #viewers: TestViewer[] = []
  readonly #keys = new Map<TestViewer, number>()
  #painting: Painting
  #upload: TestSource | null = null
  #sink: FrameSink | null = null
  /** The sink has had a whole frame. */
  #isWhole = false
  readonly #losing: Disposable
  /** The thread was too far behind: the source has to begin anew. */
  #isLost = false

  constructor(server: PictureServer, port: number, width: number, height: number) {
    this.#server = server
    this.#port = port
    this.#painting = new Painting(width, height)
    this.#setOutput()
    this.#losing = server.onDidLoseSource(() => {
      this.#isLost = true
    })
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.#newSource(steps.length % 2 === 0)
    await this.#paint([{ x: 2, y: 3, width: 40, height: 30 }], 1)
    for (const each of steps) await this.#take(each)
  }

  async expectAllRight(): Promise<void> {
    if (!this.#upload && !this.#sink) await this.#newSource(true)
    await this.#paint([{ x: 1, y: 1, width: 3, height: 3 }], 77)
    if (this.#isLost) await this.#paint([{ x: 1, y: 1, width: 3, height: 3 }], 78)
    for (const viewer of this.#viewers) {
      viewer.goOn()
      viewer.letAcknowledgementsGo()
      viewer.setVisible(true)
    }
    for (const viewer of this.#viewers) {
      await until(
        () => viewer.canvas !== null && Buffer.compare(viewer.canvas, this.#painting.pixels) === 0,
        'the picture of the source',
      )
      expect(viewer.gaps).toEqual([])
      expect(viewer.closed).toBeNull()
    }
  }

  async end(): Promise<void> {
    this.#losing.dispose()
    for (const viewer of this.#viewers) await viewer.leave()
    await this.#upload?.leave()
    this.#server.removeOutput(OUTPUT)
    await until(() => this.#server.viewers().length === 0, 'an empty house')
  }

  async #take(each: Step): Promise<void> {
    switch (each.do) {
      case 'paint':
        return this.#paint(each.places, each.seed)
      case 'join':
        return this.#join(each.isRemote)
      case 'resize':
        this.#painting = new Painting(each.width, each.height)
        this.#setOutput()
        return this.#dropSource()
      case 'new-source':
        return this.#newSource(each.isBitmap)
      case 'blank':
        return this.#server.blank(OUTPUT)
      case 'end-session':
        this.#server.closeSink(OUTPUT)
        return this.#dropSource()
      case 'rest':
        return pause(REST_MS)
      case 'leave': {
        const [viewer] = this.#viewers.splice(each.which, 1)
        return viewer?.leave()
      }
      default:
        return this.#tell(this.#viewers[each.which], each.do)
    }
  }

  #tell(viewer: TestViewer | undefined, what: Exclude<Extract<Step, { which: number }>['do'], 'leave'>): void {
    if (!viewer) return
    if (what === 'ask-key' || what === 'show') {
      // More often is a flood, and floods are another test.
      const times = (this.#keys.get(viewer) ?? 0) + 1
      if (times > MAX_KEYS) return
      this.#keys.set(viewer, times)
    }
    if (what === 'stall') viewer.stall()
    else if (what === 'go-on') viewer.goOn()
    else if (what === 'hold') viewer.holdAcknowledgements()
    else if (what === 'let-go') viewer.letAcknowledgementsGo()
    else if (what === 'ask-key') viewer.askForKey()
    else viewer.setVisible(what === 'show')
  }

  async #join(isRemote: boolean): Promise<void> {
    if (this.#viewers.length === MAX_VIEWERS) return
    const query = isRemote ? { query: 'remote=1' } : {}
    this.#viewers.push(await TestViewer.connect({ port: this.#port, output: OUTPUT, token: 'main', ...query }))
  }

  async #newSource(isBitmap: boolean): Promise<void> {
    await this.#dropSource()
    this.#isLost = false
    const sink = await this.#server.openSink(OUTPUT)
    if (isBitmap) this.#sink = sink
    else this.#upload = await TestSource.connect(OUTPUT, sink.uploadUrl)
    this.#isWhole = false
  }

  async #dropSource(): Promise<void> {
    await this.#upload?.leave()
    this.#upload = null
    this.#sink = null
  }

  async #paint(places: readonly Place[], seed: number): Promise<void> {
    if (this.#isLost) await this.#newSource(true)
    const region = new Region()
    for (const [index, each] of places.entries()) region.add(this.#painting.paint(this.#fit(each), seed + index))
    const whole = { x: 0, y: 0, width: this.#painting.width, height: this.#painting.height }
    if (this.#upload) {
      if (this.#isWhole) await this.#upload.send(this.#painting, region.rects)
      else await this.#upload.sendKey(this.#painting)
    } else if (this.#sink) {
      const areas = this.#isWhole ? region.rects : [whole]
      for (const area of areas) this.#sink.frame(this.#painting.bitmap(area, area))
    }
    this.#isWhole = true
  }

  #fit({ x, y, width, height }: Place): Rect {
    const { width: w, height: h } = this.#painting
    const left = x % w
    const top = y % h
    return { x: left, y: top, width: 1 + (width % (w - left)), height: 1 + (height % (h - top)) }
  }

  #setOutput(): void {
    const { width, height } = this.#painting
    this.#server.setOutput({ id: OUTPUT, width, height, frameRate: 60 })
  }
}
