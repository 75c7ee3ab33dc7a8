/** What the test and the Electron process of `main.ts` say to each other over one WebSocket, as JSON. */
import type { FrameSourceKind } from '../../../contracts/state/picture.ts'
import type { BitmapFrame, PaintJob } from '../../../electron/kernel/ports/frame-source.ts'

export type ToElectron =
  | { kind: 'paint'; id: number; job: Omit<PaintJob, 'sink' | 'onPainting'> }
  | { kind: 'abort'; id: number }
  | { kind: 'crash' }
  | { kind: 'freeze' }

export type FromElectron =
  /** The pixels are the next message, binary. */
  | { kind: 'frame'; id: number; frame: Omit<BitmapFrame, 'pixels'> }
  | { kind: 'painting'; id: number; way: FrameSourceKind; reason: string | null }
  | { kind: 'ended'; id: number; error: string | null; windowsLeft: number }
  | { kind: 'done' }
