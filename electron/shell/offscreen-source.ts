/**
 * Paints outputs in Electron's offscreen windows: one window each, with rights of its own, watched for as long as it
 * paints. Owns the life of a window; who starts it anew when it dies is the caller's business.
 *
 * Frames come as bitmaps. Shared textures would spare the copy out of the graphics card, but reading their pixels back
 * needs a second renderer that does not exist here yet; the probe only says whether the machine could.
 */
import type { BrowserWindowConstructorOptions } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from '../../base/lifecycle.ts'
import { errorMessage } from '../../base/result.ts'
import type { FrameSources, PaintJob } from '../kernel/ports/frame-source.ts'
import { passFrames } from './offscreen-frames.ts'
import { watchLayers } from './offscreen-layers.ts'
import { watchLiveness } from './offscreen-liveness.ts'
import { fenceIn, type OffscreenContents, type OffscreenWindow, offscreenWindowOptions } from './offscreen-window.ts'
import { probeSharedTextures, type TextureProbe } from './shared-texture-probe.ts'
import type { ShellLog } from './shell-log.ts'

export interface OffscreenSourceOptions {
  createWindow: (options: BrowserWindowConstructorOptions) => OffscreenWindow
  clock: Clock
  /** In [0, 1). */
  random: () => number
  /** Ends a process of this machine at once. */
  endProcess: (pid: number) => void
  log: ShellLog
}

/** A cold start on a busy machine takes a few seconds; a stage that has painted nothing by then never will. */
export const FIRST_FRAME_MS = 10_000
/** Chromium's code for a load that was given up in favour of another one. */
const ERR_ABORTED = -3

/** Run in the stage; a stage that does not say is ready at once. */
const WHEN_READY = `new Promise((resolve) => {
  const look = () => globalThis.landaleStage?.ready?.() ?? true ? resolve() : setTimeout(look, 20)
  look()
})`

const WHY_BITMAPS: Record<TextureProbe, string> = {
  bitmaps: 'this machine gives no shared textures, so every frame is copied out of the graphics card',
  nothing: 'shared textures were asked for and nothing was painted, so every frame is copied out of the graphics card',
  textures: 'this machine gives shared textures, but Landale reads bitmaps only',
}

/** Frame sources for the hub inside the app. Windows can be made only once the app is ready. */
export function createOffscreenSource(options: OffscreenSourceOptions): FrameSources {
  const { createWindow, clock, log } = options
  let found: TextureProbe | undefined

  /** Says why frames are bitmaps: at once, or after a look that is made once and ends with its asker. */
  const askWhyBitmaps = (onReason: (reason: string) => void): Disposable => {
    const tell = (probed: TextureProbe) => {
      if (found === undefined)
        log.info({ sharedTextures: probed }, `frames are taken as bitmaps: ${WHY_BITMAPS[probed]}`)
      found = probed
      onReason(WHY_BITMAPS[probed])
    }
    if (found === undefined) return probeSharedTextures({ createWindow, clock, onFound: tell })
    tell(found)
    return toDisposable(() => {})
  }

  return {
    unavailable: null,
    async paint(job, signal) {
      if (signal.aborted) return
      const owned = new DisposableStore()
      const end = Promise.withResolvers<void>()
      const fail = (reason: string) => end.reject(new Error(`the painting of "${job.output}" broke off: ${reason}`))
      const onAbort = () => end.resolve()
      signal.addEventListener('abort', onAbort)
      owned.defer(() => signal.removeEventListener('abort', onAbort))
      try {
        paintUntilItFails({ ...options, job, owned, fail, askWhyBitmaps })
        await end.promise
      } finally {
        owned.dispose()
      }
    },
  }
}

interface PaintParts extends OffscreenSourceOptions {
  job: PaintJob
  /** Everything that painting takes; its owner releases it. */
  owned: DisposableStore
  /** May be called more than once; the first reason counts. */
  fail: (reason: string) => void
  askWhyBitmaps: (onReason: (reason: string) => void) => Disposable
}

function paintUntilItFails(parts: PaintParts): void {
  const { createWindow, job, owned, clock, random, endProcess, log, fail } = parts
  const { output, width, height, stageUrl, frameRate } = job
  const spec = { partition: `overlay-${output}`, width, height, useSharedTexture: false }
  const window = createWindow(offscreenWindowOptions(spec))
  owned.defer(() => window.isDestroyed() || window.destroy())
  const contents = window.webContents
  // A layer's sound is played where the hub says, never from here.
  contents.setAudioMuted(true)
  contents.setFrameRate(frameRate)
  owned.add(fenceIn(contents, stageUrl, log))
  owned.add(failWith(window, fail))
  owned.add(watchLayers({ contents, clock, random, endProcess, log }))
  takeFrames(parts, contents)
  // A load that fails says so by `did-fail-load`.
  contents.loadURL(stageUrl).catch(() => {})
}

/**
 * Frames count from the moment on when the stage shows what it should: the empty ones before would blank every viewer when
 * a source is started anew. The load event is not waited for, since that one waits for every layer.
 */
function takeFrames({ job, owned, clock, fail, askWhyBitmaps }: PaintParts, contents: OffscreenContents): void {
  const { width, height, sink } = job
  const frames = owned.add(new MutableDisposable())
  const liveness = owned.add(new MutableDisposable())
  let odd = ''
  const tooLate = () => fail(`nothing was painted in the first ${FIRST_FRAME_MS / 1000} s${odd}`)
  const firstFrame = owned.add(clock.setTimeout(tooLate, FIRST_FRAME_MS))
  let started = false

  const start = () => {
    if (started) return
    started = true
    firstFrame.dispose()
    job.onPainting('electron-bitmap', null)
    owned.add(askWhyBitmaps((reason) => job.onPainting('electron-bitmap', reason)))
  }

  const isAnimating = async () =>
    (await contents.mainFrame.executeJavaScript('globalThis.landaleStage?.animating() ?? false')) === true

  const pass = () => {
    frames.set(
      passFrames({
        contents,
        width,
        height,
        clock,
        onFrame(frame) {
          sink.frame(frame)
          start()
        },
        onFault: (error) => fail(errorMessage(error)),
        onOddSize(size) {
          odd = `; what came was ${size.width}x${size.height} px, not ${width}x${height}`
        },
      }),
    )
    // What was painted while nobody took it.
    contents.invalidate()
  }

  let documents = 0
  const onDocument = () => {
    documents += 1
    const document = documents
    frames.set(undefined)
    liveness.set(watchLiveness({ isAnimating, painted: () => sink.painted(), clock, onDead: fail }))
    const isCurrent = () => !owned.isDisposed && document === documents
    // A page that can't be asked is gone or hangs: others notice that.
    contents.mainFrame.executeJavaScript(WHEN_READY).then(
      () => isCurrent() && pass(),
      () => {},
    )
  }

  contents.on('dom-ready', onDocument)
  owned.defer(() => contents.off('dom-ready', onDocument))
}

/** Everything by which Electron itself says that it is over. */
function failWith(window: OffscreenWindow, fail: (reason: string) => void): Disposable {
  const contents = window.webContents
  const onGone = (_event: unknown, { reason, exitCode }: { reason: string; exitCode: number }) =>
    fail(`its renderer is gone (${reason}, exit code ${exitCode})`)
  const onFailed = (_event: unknown, code: number, reason: string, _url: string, isMainFrame: boolean) => {
    if (isMainFrame && code !== ERR_ABORTED) fail(`its page did not load (${reason}, ${code})`)
  }
  const onHang = () => fail('its page hangs')
  const onClosed = () => fail('its window was closed')
  contents.on('render-process-gone', onGone)
  contents.on('did-fail-load', onFailed)
  contents.on('unresponsive', onHang)
  window.on('closed', onClosed)
  return toDisposable(() => {
    contents.off('render-process-gone', onGone)
    contents.off('did-fail-load', onFailed)
    contents.off('unresponsive', onHang)
    window.off('closed', onClosed)
  })
}
