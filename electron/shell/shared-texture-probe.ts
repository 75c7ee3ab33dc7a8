/**
 * Finds out whether this machine paints into shared textures: asks for one in a small window and sees what comes. Drivers
 * promise more than they keep (some give none, some give black ones), so only a frame that arrived counts.
 */
import type { WebContentsPaintEventParams } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import { type OffscreenWindow, type OffscreenWindowSpec, offscreenWindowOptions } from './offscreen-window.ts'

export interface TextureProbeOptions {
  createWindow: (options: ReturnType<typeof offscreenWindowOptions>) => OffscreenWindow
  clock: Clock
  /** Called once, within 5 s. */
  onFound: (found: TextureProbe) => void
}

export type TextureProbe =
  /** Frames come as bitmaps all the same. */
  | 'bitmaps'
  /** Nothing comes at all. */
  | 'nothing'
  | 'textures'

const PROBE_DEADLINE_MS = 5000
const SIDE_PX = 64
/** Something to paint, and again and again. */
const PAGE = `data:text/html,<style>@keyframes k{to{background:lime}}body{background:red;animation:k .2s infinite}</style>`
const SPEC: OffscreenWindowSpec = {
  partition: 'texture-probe',
  width: SIDE_PX,
  height: SIDE_PX,
  useSharedTexture: true,
}

/** Looks; disposing it ends the looking. */
export function probeSharedTextures({ createWindow, clock, onFound }: TextureProbeOptions): Disposable {
  const owned = new DisposableStore()
  const end = (found: TextureProbe) => {
    if (owned.isDisposed) return
    owned.dispose()
    onFound(found)
  }
  try {
    const window = createWindow(offscreenWindowOptions(SPEC))
    owned.defer(() => window.isDestroyed() || window.destroy())
    const { webContents: contents } = window
    const onPaint = ({ texture }: WebContentsPaintEventParams) => {
      texture?.release()
      end(texture ? 'textures' : 'bitmaps')
    }
    contents.on('paint', onPaint)
    owned.defer(() => contents.off('paint', onPaint))
    owned.add(clock.setTimeout(() => end('nothing'), PROBE_DEADLINE_MS))
    contents.setAudioMuted(true)
    contents.loadURL(PAGE).catch(() => {})
  } catch {
    end('nothing')
  }
  return owned
}
