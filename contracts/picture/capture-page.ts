/**
 * What the hub and its capture page say to each other. The hub calls the page's `globalThis.landaleCapture` over Chromium's
 * debugging protocol: nothing of it is in an address, so nothing of it is in a log. Pixels do not pass here.
 */
import { z } from 'zod'

interface Canvas {
  output: string
  /** px */
  width: number
  /** px */
  height: number
  /** Frames a second at most. */
  frameRate: number
}

/** Where a page sends its pixels. */
interface Upload {
  uploadUrl: string
  /** Of its first packet: higher than any that another page has sent there. */
  firstSequence: number
}

/**
 * `canvas`: draws the stage in a canvas and sends its pixels. `shown`: only shows the stage, for the page that does
 * `screencast`: it takes the pictures of the page `target`, by the debugging protocol that it finds as
 * `globalThis[binding]`, and sends them.
 */
export type CaptureSetup =
  | ({ way: 'canvas'; stageUrl: string } & Canvas & Upload)
  | ({ way: 'shown'; stageUrl: string } & Pick<Canvas, 'width' | 'height'>)
  | ({ way: 'screencast'; target: string; binding: string } & Canvas & Upload)

/** How a page is, asked twice a second. */
export const captureSurveySchema = z.object({
  /** The stage says that it is moving. */
  animating: z.boolean(),
  /** A first picture has arrived at the hub; of a page that is only shown: it looks as it should. */
  painting: z.boolean(),
  /** What of the stage a canvas can't paint, in words; null when it can paint all of it. */
  unpaintable: z.string().nullable(),
  /** Why the page can't go on, in words. */
  fault: z.string().nullable(),
  /** For how long it has waited for a frame or for the hub to take one, ms of the page's own time. */
  stuckMs: z.number(),
  /** Of the last packet it sent; 0 before the first. */
  lastSequence: z.number().int(),
})
export type CaptureSurvey = z.output<typeof captureSurveySchema>

/** What the page offers the hub. */
export interface CaptureControls {
  /** Rejects when this Chromium can't do what the way needs. */
  start(setup: CaptureSetup): Promise<void>
  survey(): Promise<CaptureSurvey>
  /** Has the stage load one layer anew. */
  reloadLayer(layerId: string): void
}

/** What the stage offers whoever paints it, as `globalThis.landaleStage`; all of it may be missing. */
export interface StageControls {
  /** Whether anything in it is moving now. */
  animating?(): boolean
  /** Before none of them is loading, the stage does not look as it should. */
  layers?(): readonly { state: string }[]
  reloadLayer?(layerId: string): void
}
