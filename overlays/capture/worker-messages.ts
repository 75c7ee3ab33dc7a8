/** What the capture page and its worker say to each other. */
import type { ElementImage } from './html-in-canvas.ts'
import type { UploadState } from './picture-upload.ts'

export interface WorkerSetup {
  output: string
  width: number
  height: number
  uploadUrl: string
  firstSequence: number
}

export type ToWorker =
  /** First of all. `canvas`: what the images are drawn in; null where PNGs come. */
  | { type: 'setup'; setup: WorkerSetup; canvas: OffscreenCanvas | null }
  /** A picture of the stage. */
  | { type: 'image'; image: ElementImage; capturedAt: number }
  /** A frame of the screencast: a PNG in base64. */
  | { type: 'cast'; png: string; capturedAt: number }
  /** A screenshot: exact where the screencast is not. */
  | { type: 'shot'; png: string; capturedAt: number }
  | { type: 'survey' }

export type FromWorker =
  /** An image, cast or shot has been dealt with; the next may come. `changed`: any pixel was different. */
  { type: 'done'; changed: boolean } | { type: 'survey'; state: UploadState } | { type: 'fault'; reason: string }
