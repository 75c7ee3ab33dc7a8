import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { BitmapFrame, PaintJob } from '../kernel/ports/frame-source.ts'
import { FakeFrame, FakeOffscreenWindow } from './fake-offscreen-window.ts'
import { createFakeLog } from './fake-window.ts'
import { LAYER_ROUND_MS, LAYER_SILENT_ROUNDS } from './offscreen-layers.ts'
import { createOffscreenSource, FIRST_FRAME_MS } from './offscreen-source.ts'

const STAGE = 'http://127.0.0.1:7175/overlay/main?token=secret&picture=1'
const WHOLE = { x: 0, y: 0, width: 40, height: 20 }
const SMALL = { x: 3, y: 2, width: 5, height: 4 }

function setUp(change: Partial<PaintJob> = {}) {
  const clock = new FakeClock()
  const log = createFakeLog()
  const windows: FakeOffscreenWindow[] = []
  const frames: BitmapFrame[] = []
  const painting: (string | null)[] = []
  const ended: number[] = []
  const abort = new AbortController()
  const sources = createOffscreenSource({
    createWindow(options) {
      const window = new FakeOffscreenWindow(options)
      windows.push(window)
      return window.asWindow
    },
    clock,
    random: () => 0,
    endProcess: (pid) => void ended.push(pid),
    log,
  })
  const sink = { frame: (frame: BitmapFrame) => void frames.push(frame), uploadUrl: '', painted: () => frames.length }
  const job: PaintJob = {
    output: 'main',
    hubUrl: 'http://127.0.0.1:7175',
    stageUrl: STAGE,
    width: 40,
    height: 20,
    frameRate: 30,
    sink,
    onPainting: (_kind, reason) => void painting.push(reason),
    ...change,
  }
  let outcome: 'running' | 'ended' | Error = 'running'
  const done = sources.paint(job, abort.signal).then(
    () => {
      outcome = 'ended'
    },
    (error: Error) => {
      outcome = error
    },
  )
  const window = windows[0] as FakeOffscreenWindow
  const contents = window.webContents
  return {
    clock,
    log,
    windows,
    window,
    contents,
    frames,
    painting,
    ended,
    reason: () => (outcome instanceof Error ? outcome.message : outcome),
    /** Ends the probe as well, which outlives the painting. */
    async stop() {
      abort.abort()
      await done
      await clock.advance(60_000)
    },
  }
}

/** Painting has begun: the document is there and was painted once. */
async function setUpPainting(change: Partial<PaintJob> = {}) {
  const rig = setUp(change)
  await rig.contents.getsDocument()
  rig.contents.paints(WHOLE)
  await rig.clock.advance(0)
  return rig
}

describe('offscreen source', () => {
  ensureNoLeaks()

  test('a window of the exact size, with no rights, muted, at the frame rate of the output', async () => {
    const { window, contents, stop } = setUp()
    expect(window.options).toMatchObject({ width: 40, height: 20, show: false, transparent: true, frame: false })
    expect(window.options.webPreferences).toMatchObject({
      offscreen: { useSharedTexture: false, deviceScaleFactor: 1 },
      partition: 'overlay-main',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      backgroundThrottling: false,
      disableDialogs: true,
    })
    expect(window.options.webPreferences).not.toHaveProperty('preload')
    expect([contents.muted, contents.frameRate, contents.loaded]).toEqual([true, 30, [STAGE]])
    await stop()
    expect(window.destroyed).toBe(true)
  })

  test('the first frame is whole, later ones are their damage alone', async () => {
    const { contents, frames, stop } = setUp()
    contents.paints(WHOLE, { value: 9 })
    expect(frames).toEqual([])
    await contents.getsDocument()
    expect(contents.invalidated).toBe(1)
    contents.paints(SMALL, { value: 7 })
    contents.paints(SMALL, { value: 8 })
    expect(frames).toMatchObject([
      { area: WHOLE, damage: WHOLE, width: 40, height: 20 },
      { area: SMALL, damage: SMALL, width: 40, height: 20 },
    ])
    expect(frames.map(({ pixels }) => [pixels.length, pixels[0], pixels.byteOffset])).toEqual([
      [40 * 20 * 4, 7, 0],
      [5 * 4 * 4, 8, 0],
    ])
    expect(frames[1]?.pixels.buffer.byteLength).toBe(5 * 4 * 4)
    expect(contents.copied).toEqual([WHOLE, SMALL])
    await stop()
  })

  test('frames count once the stage says that it shows what it should, also after a reload', async () => {
    const { contents, frames, stop } = setUp()
    contents.waits()
    await contents.getsDocument()
    contents.paints(WHOLE)
    expect(frames).toEqual([])
    await contents.getsReady()
    contents.paints(SMALL)
    expect(frames.map(({ area }) => area)).toEqual([WHOLE])
    contents.waits()
    await contents.getsDocument()
    contents.paints(WHOLE)
    expect(frames).toHaveLength(1)
    await contents.getsReady()
    contents.paints(SMALL)
    expect(frames.map(({ area }) => area)).toEqual([WHOLE, WHOLE])
    await stop()
  })

  test('damage beyond the canvas is cut, and damage outside it is none', async () => {
    const { contents, frames, stop } = await setUpPainting()
    contents.paints({ x: 30, y: 10, width: 100, height: 100 })
    contents.paints({ x: 40, y: 0, width: 10, height: 10 })
    expect(frames.slice(1).map(({ area }) => area)).toEqual([{ x: 30, y: 10, width: 10, height: 10 }])
    await stop()
  })

  test('a texture is released at once, even when its frame can not be taken', async () => {
    const failing = {
      frame: () => {
        throw new Error('the hub is full')
      },
      uploadUrl: '',
      painted: () => 0,
    }
    const { contents, clock, reason, stop } = setUp({ sink: failing })
    await contents.getsDocument()
    contents.paints(WHOLE, { texture: true })
    expect(contents.releasedTextures).toBe(1)
    await clock.advance(0)
    expect(reason()).toContain('the hub is full')
    await stop()
  })

  test('after an animation one whole frame more is forced, and only one', async () => {
    const { contents, clock, frames, stop } = await setUpPainting()
    await clock.advance(1000)
    const before = contents.invalidated
    for (let frame = 0; frame < 30; frame++) {
      contents.paints(SMALL)
      await clock.advance(16)
    }
    expect(contents.invalidated).toBe(before)
    await clock.advance(150)
    expect(contents.invalidated).toBe(before + 1)
    contents.paints(WHOLE)
    expect(frames.at(-1)?.area).toEqual(WHOLE)
    await clock.advance(5000)
    expect(contents.invalidated).toBe(before + 1)
    await stop()
  })

  test('a reload of the stage starts again with a whole frame', async () => {
    const { contents, frames, stop } = await setUpPainting()
    await contents.getsDocument()
    contents.paints(SMALL)
    expect(frames.at(-1)?.area).toEqual(WHOLE)
    await stop()
  })

  test('says that it paints, and then why it does so by bitmaps', async () => {
    const { windows, painting, clock, log, stop } = await setUpPainting()
    const probe = windows[1]
    expect(painting).toEqual([null])
    expect(probe?.options.webPreferences?.offscreen).toMatchObject({ useSharedTexture: true })
    probe?.webContents.paints({ x: 0, y: 0, width: 64, height: 64 })
    await clock.advance(0)
    expect(painting).toEqual([null, expect.stringContaining('gives no shared textures')])
    expect([probe?.destroyed, log.messages.length]).toEqual([true, 1])
    await stop()
  })

  test('a probe whose texture arrives releases it; one that paints nothing is given up', async () => {
    const given = await setUpPainting()
    given.windows[1]?.webContents.paints(WHOLE, { texture: true })
    await given.clock.advance(0)
    expect(given.windows[1]?.webContents.releasedTextures).toBe(1)
    expect(given.painting.at(-1)).toContain('reads bitmaps only')
    await given.stop()
    const silent = await setUpPainting()
    await silent.clock.advance(6000)
    expect(silent.painting.at(-1)).toContain('nothing was painted')
    await silent.stop()
  })

  test('aborted before it began it opens nothing', async () => {
    const sources = createOffscreenSource({
      createWindow: () => {
        throw new Error('no window is wanted')
      },
      clock: new FakeClock(),
      random: () => 0,
      endProcess: () => {},
      log: createFakeLog(),
    })
    await sources.paint({} as PaintJob, AbortSignal.abort())
  })

  describe('it breaks off, saying why, and releases its window', () => {
    test.each<[string, (rig: Awaited<ReturnType<typeof setUpPainting>>) => void, string]>([
      ['renderer gone', ({ contents }) => contents.crashes(), 'its renderer is gone (oom, exit code 9)'],
      ['load failed', ({ contents }) => contents.failsToLoad(), 'its page did not load (ERR_SOMETHING, -102)'],
      ['hang', ({ contents }) => contents.emit('unresponsive'), 'its page hangs'],
      ['closed', ({ window }) => window.destroy(), 'its window was closed'],
    ])('%s', async (_name, happen, said) => {
      const rig = await setUpPainting()
      happen(rig)
      await rig.clock.advance(0)
      expect(rig.reason()).toBe(`the painting of "main" broke off: ${said}`)
      expect(rig.window.destroyed).toBe(true)
      await rig.stop()
    })

    test('a page that never paints', async () => {
      const { clock, contents, reason, stop } = setUp()
      await contents.getsDocument()
      await clock.advance(FIRST_FRAME_MS - 1)
      expect(reason()).toBe('running')
      await clock.advance(2)
      expect(reason()).toContain('nothing was painted')
      await stop()
    })

    test('a page that paints in another size', async () => {
      const { clock, contents, frames, reason, stop } = setUp()
      await contents.getsDocument()
      contents.paints(WHOLE, { size: { width: 80, height: 40 } })
      await clock.advance(FIRST_FRAME_MS + 1)
      expect([frames.length, reason()]).toEqual([0, expect.stringContaining('80x40 px, not 40x20')])
      await stop()
    })

    test('animating without a frame, within 2 s', async () => {
      const { clock, contents, reason, stop } = await setUpPainting()
      contents.animating = true
      for (let ms = 0; ms < 3000; ms += 100) {
        contents.paints(SMALL)
        await clock.advance(100)
      }
      expect(reason()).toBe('running')
      await clock.advance(2000)
      expect(reason()).toContain('its page is animating, but no frame came')
      await stop()
    })

    test('a page that does not answer, in a little over 2 s; one that stands still may', async () => {
      const { clock, contents, reason, stop } = await setUpPainting()
      await clock.advance(60_000)
      expect(reason()).toBe('running')
      contents.mainFrame.hang()
      await clock.advance(2500)
      expect(reason()).toContain('its page does not answer')
      await stop()
    })
  })

  test('the stage stays, its layers stay on the web, and nobody opens, saves or asks for anything', async () => {
    const { contents, log, stop } = await setUpPainting()
    expect(contents.goes('will-frame-navigate', STAGE, true)).toBe(true)
    expect(contents.goes('will-frame-navigate', 'http://127.0.0.1:7175/dashboard', true)).toBe(false)
    expect(contents.goes('will-redirect', STAGE, true)).toBe(false)
    expect(contents.goes('will-frame-navigate', 'https://widget.example/a?key=secret', false)).toBe(true)
    expect(contents.goes('will-frame-navigate', 'file:///etc/passwd', false)).toBe(false)
    expect(contents.goes('will-redirect', 'steam://run/1', false)).toBe(false)
    expect(contents.opens()).toEqual({ action: 'deny' })
    let prevented = 0
    contents.session.emit('will-download', { preventDefault: () => prevented++ })
    contents.emit('will-prevent-unload', { preventDefault: () => prevented++ })
    const certificates: unknown[] = []
    const answer = (...given: unknown[]) => certificates.push(...given)
    contents.emit('select-client-certificate', { preventDefault: () => prevented++ }, 'https://a.example', [], answer)
    expect([prevented, certificates]).toEqual([3, []])
    expect(JSON.stringify(log.messages)).not.toContain('secret')
    await stop()
  })

  describe('layers', () => {
    const silence = LAYER_ROUND_MS * (LAYER_SILENT_ROUNDS + 1)

    test('one that hangs is ended and loaded anew, later and later, and the others are left alone', async () => {
      const { contents, clock, ended, reason, stop } = await setUpPainting()
      const [good, bad] = [new FakeFrame(2, 'good'), new FakeFrame(3, 'bad')]
      contents.mainFrame.frames = [good, bad]
      await clock.advance(silence)
      expect(contents.reloaded).toEqual([])
      bad.hang()
      bad.osProcessId = 2000
      await clock.advance(silence)
      expect([contents.reloaded, ended]).toEqual([['bad'], [2000]])
      await clock.advance(60_000)
      const inAMinute = contents.reloaded.length
      expect(inAMinute).toBeGreaterThan(2)
      expect(inAMinute).toBeLessThan(9)
      expect(new Set(contents.reloaded)).toEqual(new Set(['bad']))
      expect(reason()).toBe('running')
      await stop()
    })

    test('one in the process of the stage is not ended', async () => {
      const { contents, clock, ended, stop } = await setUpPainting()
      const layer = new FakeFrame(2, 'layer')
      layer.hang()
      contents.mainFrame.frames = [layer]
      await clock.advance(silence)
      expect([contents.reloaded, ended]).toEqual([['layer'], []])
      await stop()
    })

    test('one whose frame is gone or throws is the business of the stage, once', async () => {
      const { contents, clock, stop } = await setUpPainting()
      const dead = new FakeFrame(2, 'dead')
      contents.mainFrame.frames = [dead]
      await clock.advance(LAYER_ROUND_MS)
      Object.defineProperty(dead, 'name', {
        get() {
          throw new Error('Render frame was disposed before WebFrameMain could be accessed')
        },
      })
      await clock.advance(LAYER_ROUND_MS * 10)
      expect(contents.reloaded).toEqual(['dead'])
      await stop()
    })

    test('one that the stage has replaced is not loaded twice', async () => {
      const { contents, clock, stop } = await setUpPainting()
      contents.mainFrame.frames = [new FakeFrame(2, 'widget')]
      await clock.advance(LAYER_ROUND_MS)
      contents.mainFrame.frames = []
      await clock.advance(LAYER_ROUND_MS)
      contents.mainFrame.frames = [new FakeFrame(3, 'widget')]
      await clock.advance(60_000)
      expect(contents.reloaded).toEqual([])
      await stop()
    })

    test('one that did not load is loaded anew, under the name that the stage gave it', async () => {
      const { contents, clock, reason, stop } = await setUpPainting()
      const layer = new FakeFrame(2, 'widget')
      contents.mainFrame.frames = [layer]
      await clock.advance(LAYER_ROUND_MS)
      layer.name = 'renamed by its page'
      contents.failsToLoad({ isMainFrame: false, frame: layer })
      contents.failsToLoad({ isMainFrame: false, code: -3, frame: layer })
      await clock.advance(LAYER_ROUND_MS)
      expect(contents.reloaded).toEqual(['widget'])
      expect(reason()).toBe('running')
      await stop()
    })
  })
})
