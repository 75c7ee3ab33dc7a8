/** What the main thread and the picture server's thread say to each other. */
import type { SoundCue } from '../../../../contracts/overlay-presence.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'
import type { Histogram } from './histogram.ts'
import type { OutputShape, PictureGrant, StillOptions, Viewer } from './picture-server.ts'

export interface PictureWorkerData {
  /** The first one that is free is taken; 0 is any. */
  ports: readonly number[]
  bind: string
  allowedHosts: readonly string[]
}

export type StillRequest = StillOptions & { request: number; output: string }

export type ToPictureWorker =
  | { kind: 'set-output'; output: OutputShape }
  | { kind: 'remove-output'; output: string }
  | { kind: 'open-session'; output: string; secret: string }
  | { kind: 'close-session'; output: string }
  | { kind: 'frame'; output: string; frame: BitmapFrame }
  | { kind: 'blank'; output: string }
  | { kind: 'verified'; question: number; grant: PictureGrant | null; pageOrigins: readonly string[] }
  | { kind: 'still'; still: StillRequest }
  | { kind: 'tell'; viewer: string; what: 'refresh' | 'drop' }
  | { kind: 'cue'; viewer: string; cue: SoundCue }
  | { kind: 'prepare'; viewer: string; sounds: readonly string[] }
  | { kind: 'revoke'; tokenId: string }
  | { kind: 'close' }

/** Since the output was added. */
export interface OutputCounts {
  output: string
  /** Frames that came as uploads; those of this process are counted where they come from. */
  uploaded: number
  changed: number
  sent: number
  skipped: number
  late: number
}

export interface Figures {
  outputs: OutputCounts[]
  captureToSend: Histogram
  sendToDraw: Histogram
}

export type FromPictureWorker =
  | { kind: 'listening'; port: number }
  | { kind: 'refused'; message: string }
  | { kind: 'verify'; question: number; secret: string }
  /** A frame has been worked off: one more may be handed over. */
  | { kind: 'taken'; output: string }
  | { kind: 'figures'; figures: Figures }
  | { kind: 'demand'; output: string; viewers: number }
  | { kind: 'joined'; viewer: Viewer }
  | { kind: 'left'; viewer: string }
  | { kind: 'viewers'; viewers: Viewer[] }
  | { kind: 'still'; request: number; answer: { data: Uint8Array<ArrayBuffer> | null } | { error: string } }
  | { kind: 'cue-started'; viewer: string; id: string }
  | { kind: 'log'; level: 'info' | 'warn'; message: string }
  | { kind: 'closed' }
