import type { ShowingWay } from '../output.ts'

/** Who paints each output and who watches it. */

/** `canvas`: HTML drawn in a canvas by Chromium; `screencast`: its screencast, slower, for pages that a canvas can't paint. */
export type FrameSourceKind = 'electron-bitmap' | 'electron-texture' | 'chromium-canvas' | 'chromium-screencast'

export interface PictureSource {
  output: string
  /** `off`: nobody watches, so nothing is painted. */
  state: 'off' | 'starting' | 'painting' | 'restarting' | 'unavailable'
  kind: FrameSourceKind | null
  /** Why it is not painting, or why it paints the slower way, and what to do about it. */
  reason: string | null
  /** Since the hub started. */
  counts: {
    /** Frames that the source painted. */
    painted: number
    /** Of those, with any pixel different. */
    changed: number
    /** Packets to viewers. */
    sent: number
    /** Frames that a viewer never got by themselves because it was busy; their damage was in a later packet. */
    skipped: number
    /** Packets that a viewer drew more than 100 ms after they were captured. */
    late: number
  }
  /** Frames painted in the last second. */
  framesPerSecond: number
}

export interface Watcher {
  id: string
  output: string
  /** `live`: shown the picture; `overlay`: draws the stage itself. */
  way: ShowingWay
  address: string
  /** The User-Agent, cut to 200 characters. */
  agent: string | null
  /** ms epoch */
  since: number
  /** Null where the page draws by itself. */
  framesShown: number | null
  /** Frames painted since the one it shows. */
  framesBehind: number | null
  bytesPerSecond: number | null
  /** Plays the sound: at most one in all. */
  sound: boolean
}

export interface PictureState {
  /** Of the picture's own port; null while it is closed. */
  port: number | null
  sources: PictureSource[]
  watchers: Watcher[]
}
