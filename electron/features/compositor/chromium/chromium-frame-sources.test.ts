/** The frame source of the headless hub on real Chromium, before a real HTTP server. Skipped by name where there is none. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../base/clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import { installTestStage, StagedHub } from '../conformance/staged-hub.ts'
import {
  describeFrameSource,
  FrameSourceRig,
  type FrameSourceSubject,
  PATIENCE_MS,
  type Painting,
} from '../conformance-suite.ts'
import { createChromiumFrameSources } from './chromium-frame-sources.ts'
import { findChromium } from './find-chromium.ts'
import { chromiumProcesses, signalChromium } from './testing/chromium-processes.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const CHILD = fileURLToPath(new URL('./testing/paint-child.ts', import.meta.url))
/** So that a page runs out of it within a second. */
const SMALL_HEAP = '--js-flags=--max-old-space-size=64'

const RED = { x: 100, y: 40, width: 60, height: 50, color: 'rgb(200, 10, 30)' }
const GREEN = { ...RED, color: 'rgb(0, 200, 0)' }
const GLASS = { x: 300, y: 200, width: 120, height: 80, color: 'rgba(40, 120, 240, 0.5)' }
/** Nested canvases are what a canvas can't paint, and need no second server. */
const CANVAS = { verb: 'element', name: 'canvas', style: 'position:absolute;left:0;top:0' } as const

let temp: string
let tempRoot: string
const root = () => join(temp, 'pages')

async function create(extraSwitches: string[] = []): Promise<FrameSourceSubject> {
  tempRoot = mkdtempSync(join(temp, 'r-'))
  const own = tempRoot
  const log = pino({ level: 'silent' })
  const options = { clock: systemClock, random: Math.random, log, tempRoot: own, extraSwitches }
  return {
    sources: createChromiumFrameSources(options),
    crash: () => signalChromium(own, 'browser', 'SIGKILL'),
    // It hands the finished frames out.
    freeze: () => signalChromium(own, 'gpu-process', 'SIGSTOP'),
    async dispose() {
      await expect.poll(() => chromiumProcesses(own), { timeout: PATIENCE_MS }).toEqual([])
      expect(readdirSync(own)).toEqual([])
    },
  }
}

describe.skipIf(findChromium().executable === null)('frames of Chromium (needs Chromium)', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    temp = mkdtempSync(join(tmpdir(), 'frames-'))
    await build({
      configFile: false,
      logLevel: 'error',
      root: ROOT,
      base: '/',
      publicDir: false,
      build: {
        target: 'chrome103',
        outDir: root(),
        rolldownOptions: { input: { capture: join(ROOT, 'overlays/capture/index.html') } },
      },
    })
    installTestStage(root())
  })

  afterAll(() => rmSync(temp, { recursive: true, force: true }))

  describeFrameSource('Chromium', { create: () => create(), root, exactDamage: true })

  describe('Chromium in particular', () => {
    ensureNoLeaks()
    let hub: StagedHub
    let rig: FrameSourceRig

    beforeAll(async () => {
      hub = new StagedHub(root())
      await hub.listen()
    })

    beforeEach(async () => {
      rig = await FrameSourceRig.create(hub, () => create())
    })

    afterEach(() => rig.dispose())
    afterAll(() => hub.close())

    const paintsAs = (painting: Painting, kind: string) =>
      expect.poll(() => painting.ways.at(-1)?.[0], { timeout: PATIENCE_MS }).toBe(kind)

    /** The stage shows it, and it is painted by screencast. */
    async function paintByScreencast(boxes: (typeof RED)[]): Promise<Painting> {
      hub.keepTelling(CANVAS)
      const painting = await rig.paintBoxes(boxes)
      await paintsAs(painting, 'chromium-screencast')
      await rig.shows(painting, boxes)
      return painting
    }

    describe('upload', () => {
      it('one packet is on the way; what changed meanwhile comes as it looks then', async () => {
        const painting = await rig.paintBoxes([RED])
        await rig.isQuiet(painting)
        painting.sink.hold()
        const before = painting.sink.frames.length
        hub.tell({ verb: 'spin', on: true })
        await expect.poll(() => painting.sink.frames.length, { timeout: PATIENCE_MS }).toBe(before + 1)
        hub.tell({ verb: 'spin', on: false })
        hub.tell({ verb: 'boxes', boxes: [GREEN] })
        await rig.isQuiet(painting)
        expect(painting.sink.frames.length).toBe(before + 1)
        painting.sink.letGo()
        await rig.shows(painting, [GREEN, { x: 8, y: 8, width: 32, height: 32, color: 'rgb(0, 200, 0)' }])
        await rig.isQuiet(painting)
        expect(painting.sink.frames.length).toBe(before + 2)
      })

      it('sends the whole picture when told', async () => {
        const painting = await rig.paintBoxes([RED])
        await rig.isQuiet(painting)
        painting.sink.askForKey()
        await expect.poll(() => painting.sink.frames.filter(({ key }) => key).length, { timeout: PATIENCE_MS }).toBe(2)
        await rig.shows(painting, [RED])
      })

      it('a connection that breaks is the end of it', async () => {
        const painting = await rig.paintBoxes([RED])
        painting.sink.hangUp()
        expect(await painting.ended).toMatch(/closed the connection for the pixels/)
      })
    })

    describe('by screencast', () => {
      it('what a canvas cannot paint is painted all the same, and it is said why; then by canvas again', async () => {
        const painting = await rig.paintBoxes([RED, GLASS])
        await paintsAs(painting, 'chromium-canvas')
        hub.keepTelling(CANVAS)
        await paintsAs(painting, 'chromium-screencast')
        expect(painting.ways.at(-1)?.[1]).toMatch(/^it shows a canvas element: .* slower$/)
        await rig.shows(painting, [RED, GLASS])
        hub.forgetElements()
        hub.tell({ verb: 'removeElements' })
        await paintsAs(painting, 'chromium-canvas')
        expect(painting.ways.map(([kind]) => kind)).toEqual([
          'chromium-canvas',
          'chromium-screencast',
          'chromium-canvas',
        ])
        expect(painting.ways.at(-1)?.[1]).toBeNull()
        await rig.shows(painting, [RED, GLASS])
      })

      it('paints what the stage shows, alpha included, once it stands still', async () => {
        const boxes = [1, 2, 26, 64, 127, 200, 254].map((alpha, index) => ({
          x: 20 + index * 50,
          y: 200,
          width: 40,
          height: 40,
          color: `rgba(${[(index * 83) % 256, (index * 37 + 90) % 256, (index * 59 + 200) % 256].join()}, ${alpha / 255})`,
        }))
        const painting = await paintByScreencast(boxes)
        expect(painting.sink.pixel(5, 300)).toEqual([0, 0, 0, 0])
      })

      it('sends nothing while nothing changes, and an animation to its last frame', async () => {
        const painting = await paintByScreencast([RED])
        await rig.isQuiet(painting)
        hub.tell({ verb: 'spin', on: true })
        const before = painting.sink.frames.length
        await expect.poll(() => painting.sink.frames.length - before, { timeout: PATIENCE_MS }).toBeGreaterThan(10)
        hub.tell({ verb: 'spin', on: false })
        await rig.shows(painting, [RED, { x: 8, y: 8, width: 32, height: 32, color: 'rgb(0, 200, 0)' }])
        await rig.isQuiet(painting)
        const rects = painting.sink.frames.slice(before).flatMap((frame) => frame.rects)
        expect(rects.filter(({ x, y, width, height }) => x + width > 40 || y + height > 40)).toEqual([])
      })

      it('tells of a page that hangs and of one that is not painted any more', async () => {
        const hanging = await paintByScreencast([RED])
        hub.tell({ verb: 'hang' })
        expect(await hanging.ended).toMatch(/hang/)
        const frozen = await rig.paint()
        await rig.shows(frozen, [RED])
        hub.tell({ verb: 'spin', on: true })
        const before = frozen.sink.frames.length
        await expect.poll(() => frozen.sink.frames.length - before, { timeout: PATIENCE_MS }).toBeGreaterThan(5)
        await rig.subject.freeze?.()
        expect(await frozen.ended).not.toBeNull()
      })
    })

    describe('processes', () => {
      it('several outputs share one Chromium, and it goes with the last', async () => {
        hub.keepTelling({ verb: 'boxes', boxes: [RED] })
        const [first, second] = await Promise.all([rig.paint(), rig.paint({ width: 320 })])
        await Promise.all([rig.shows(first, [RED]), rig.shows(second, [RED])])
        const browsers = async () => (await chromiumProcesses(tempRoot)).filter(({ type }) => type === 'browser')
        const before = await browsers()
        await first.stop()
        expect(await browsers()).toEqual(before)
        hub.tell({ verb: 'boxes', boxes: [GREEN] })
        await rig.shows(second, [GREEN])
        await second.stop()
        await expect.poll(() => chromiumProcesses(tempRoot), { timeout: PATIENCE_MS }).toEqual([])
      })

      it('a stage that eats all memory loses only itself', async () => {
        await rig.dispose()
        rig = await FrameSourceRig.create(hub, () => create([SMALL_HEAP]))
        const painting = await rig.paintBoxes([RED])
        const other = await rig.paint({ width: 320 })
        await rig.shows(other, [RED])
        hub.tellOne({ verb: 'eatMemory' })
        const survivor = await Promise.race([painting.ended.then(() => other), other.ended.then(() => painting)])
        const lost = survivor === painting ? other : painting
        // Without memory it may also be too slow to answer.
        expect(await lost.ended).toMatch(/crashed; it may have run out of memory|hangs/)
        hub.tell({ verb: 'boxes', boxes: [GREEN] })
        await rig.shows(survivor, [GREEN])
      })

      it('a layer that dies is loaded anew, the others and the stage go on', async () => {
        await rig.dispose()
        rig = await FrameSourceRig.create(hub, () => create([SMALL_HEAP]))
        const bad = { id: 'bad', url: rig.layerUrl('rgb(200, 90, 0)', 'eat'), x: 0, y: 200, width: 100, height: 100 }
        hub.keepTelling({ verb: 'layer', ...bad })
        const painting = await rig.paintBoxes([RED])
        // To run out of memory takes Chromium a while on a busy machine.
        await expect.poll(() => hub.count('reload bad'), { timeout: 2 * PATIENCE_MS }).toBeGreaterThan(0)
        hub.tell({ verb: 'boxes', boxes: [GREEN] })
        await rig.shows(painting, [GREEN])
      })

      it('nothing is left of Chromium when the hub is killed; the next one removes its folder', async () => {
        hub.keepTelling({ verb: 'boxes', boxes: [RED] })
        const child = spawn(process.execPath, [CHILD, hub.url, tempRoot], { stdio: ['ignore', 'pipe', 'inherit'] })
        const [said] = await once(child.stdout, 'data')
        expect(String(said)).toBe('chromium-canvas\n')
        child.kill('SIGKILL')
        await once(child, 'exit')
        await expect.poll(() => chromiumProcesses(tempRoot), { timeout: PATIENCE_MS }).toEqual([])
        expect(readdirSync(tempRoot)).toHaveLength(1)
        const painting = await rig.paint()
        await rig.shows(painting, [RED])
        await painting.stop()
        expect(readdirSync(tempRoot)).toEqual([])
      })

      it('folders of living processes and of others are left alone', async () => {
        const others = [`landale-chromium-${process.pid}-abcdef`, 'landale-chromium-of-mine', 'chromium-1-x']
        for (const name of others) mkdirSync(join(tempRoot, name))
        writeFileSync(join(tempRoot, 'landale-chromium-1.txt'), '')
        const painting = await rig.paintBoxes([RED])
        await painting.stop()
        for (const name of others) expect(existsSync(join(tempRoot, name))).toBe(true)
        for (const name of readdirSync(tempRoot)) rmSync(join(tempRoot, name), { recursive: true })
      })
    })

    it('the stage keeps its own policy: no code but the hub files', async () => {
      const painting = await rig.paintBoxes([RED])
      hub.tell({ verb: 'inline' })
      await expect.poll(() => hub.said, { timeout: PATIENCE_MS }).toContain('inline script added')
      hub.tell({ verb: 'boxes', boxes: [GREEN] })
      await rig.shows(painting, [GREEN])
      expect(hub.said).not.toContain('inline script ran')
    })

    it('says so where there is no Chromium', async () => {
      const missing = 'there is none'
      const log = pino({ level: 'silent' })
      const find = () => ({ executable: null, missing })
      const sources = createChromiumFrameSources({ clock: systemClock, random: Math.random, log, find })
      expect(sources.unavailable).toBe(missing)
      expect(rig.subject.sources.unavailable).toBeNull()
    })

    it('says what was started and what it said when it is no Chromium', async () => {
      const log = pino({ level: 'silent' })
      const find = () => ({ executable: process.execPath, missing: null })
      const options = { clock: systemClock, random: Math.random, log, find, tempRoot }
      const node = await FrameSourceRig.create(hub, async () => ({
        ...rig.subject,
        sources: createChromiumFrameSources(options),
        dispose: async () => {},
      }))
      const painting = await node.paint()
      expect(await painting.ended).toMatch(/does not start: it ended with code 9\. It said: .*bad option/s)
      await node.dispose()
    })
  })
})
