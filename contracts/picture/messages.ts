/**
 * The text messages beside the packets, JSON objects with a `type`. A viewer connects to `PICTURE_PATH/<output>?token=…`
 * on the picture's own port (`/live/<output>.json` on the hub's port says where); a frame source to the address it was
 * given. Both are answered with `hello` first.
 */
import { z } from 'zod'
import type { SoundCue } from '../overlay-presence.ts'

export const PICTURE_PATH = '/picture'

/** `GET /live/<output>.json?token=…` on the hub's port. */
export interface LiveAddress {
  /** e.g. `ws://127.0.0.1:7176/picture/main`; the token is to be added. */
  socket: string
  width: number
  height: number
}

/** From a viewer or a frame source to the picture server. */
export const toPictureServer = z.discriminatedUnion('type', [
  /**
   * The packet of this sequence has been drawn; the next may come. `drawMs`: from its arrival until it was drawn;
   * `shownAt`: ms epoch of the animation frame that showed the packet before it, null if none did (hidden).
   */
  z.object({
    type: z.literal('ack'),
    sequence: z.number().int().min(0),
    drawMs: z.number().min(0),
    shownAt: z.number().nullable(),
  }),
  /** Something was missed or could not be read: send the whole picture. */
  z.object({ type: z.literal('key') }),
  /** Hidden viewers are sent nothing until they are visible again; then a key frame. */
  z.object({ type: z.literal('visible'), visible: z.boolean() }),
  z.object({ type: z.literal('cue-started'), id: z.string().max(60) }),
])
export type ToPictureServer = z.output<typeof toPictureServer>

/** From the picture server to a viewer. */
export type ToViewer =
  | { type: 'hello'; viewer: string; width: number; height: number }
  /** There is no picture now: show nothing, not what was last shown. */
  | { type: 'blank' }
  | ({ type: 'cue' } & SoundCue)
  | { type: 'prepare'; sounds: string[] }
  | { type: 'refresh' }
  | { type: 'drop' }

/** From the picture server to a frame source. */
export type ToFrameSource =
  | { type: 'hello' }
  /** The packet was taken; the next may come. */
  | { type: 'ack'; sequence: number }
  /** Send the whole picture next. */
  | { type: 'key' }

/** RFC 6455 codes of the picture server's own goodbyes. */
export const pictureCloseCodes = { malformed: 4400, unauthorized: 4401, unknownOutput: 4404, dropped: 4410 } as const
