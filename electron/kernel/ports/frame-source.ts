/** What paints an output's stage where nobody sees it. The app has offscreen windows; a headless hub uses Chromium. */
import type { Rect } from '../../../base/pixels/rect.ts'
import type { FrameSourceKind } from '../../../contracts/state/picture.ts'

/** A frame as an offscreen window gives it: premultiplied BGRA, rows without padding. */
export interface BitmapFrame {
  /** Those of `area` alone, `area.width * area.height * 4` bytes; whoever gets it owns it and may transfer it. */
  pixels: Uint8Array<ArrayBuffer>
  /** Of the canvas, px. */
  width: number
  height: number
  /** The whole canvas in a source's first frame; later often just the damage, for copying costs by the pixel. */
  area: Rect
  /** What may have changed; more is allowed, less is not. Lies within `area`. */
  damage: Rect
  /** ms epoch */
  capturedAt: number
}

/** Where the frames go. */
export interface FrameSink {
  /** For sources inside this process. */
  frame(frame: BitmapFrame): void
  /**
   * For sources that are a process of their own: the WebSocket to which they send packets of `docs/picture-protocol.md`,
   * its one-time secret included. The frames do not cross the hub's main thread.
   */
  readonly uploadUrl: string
  /** Frames painted so far, whichever way they came: what tells a living source from a frozen one. */
  painted(): number
}

export interface PaintJob {
  output: string
  /** Base URL of the hub; pages of ours are loaded from it. */
  hubUrl: string
  /** The stage to paint, token included, e.g. `http://127.0.0.1:7175/overlay/main?token=…&picture=1`. */
  stageUrl: string
  width: number
  height: number
  /** Frames a second at most. */
  frameRate: number
  sink: FrameSink
  /** Called once frames flow, and again whenever the way changes. `reason`: why it is the slower way, else null. */
  onPainting(kind: FrameSourceKind, reason: string | null): void
}

export interface FrameSources {
  /** Null when it can paint here; else why not and what to do, in words. */
  readonly unavailable: string | null
  /**
   * Paints until `signal` aborts, then releases everything and resolves. Rejects when it dies, hangs, or does not paint
   * although its page says that it is animating (within 2 s); the caller starts it anew, after a backoff.
   */
  paint(job: PaintJob, signal: AbortSignal): Promise<void>
}
