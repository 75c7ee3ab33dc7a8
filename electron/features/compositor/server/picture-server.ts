/**
 * The picture server as the hub's main thread sees it. The pixels, the port they are served on and everyone who watches
 * belong to a worker thread (`picture-worker.ts`), so that no frame ever stands before a command. Knows neither who paints
 * nor why.
 */
import type { Event } from '../../../../base/emitter.ts'
import type { SoundCue } from '../../../../contracts/overlay-presence.ts'
import type { PictureSource } from '../../../../contracts/state/picture.ts'
import type { FrameSink } from '../../../kernel/ports/frame-source.ts'
import type { Histogram } from './histogram.ts'

/** Of an output, as far as its picture goes. */
export interface OutputShape {
  id: string
  /** px */
  width: number
  height: number
  /** Frames a second at most. */
  frameRate: number
}

/** What a token opens. */
export interface PictureGrant {
  tokenId: string
  /** `any`, or the one output it is for. */
  outputs: string
}

/** Someone who watches: a viewer page, or a moving preview. */
export interface Viewer {
  id: string
  output: string
  address: string
  /** The User-Agent, cut to 200 characters. */
  agent: string | null
  /** ms epoch */
  since: number
  /** It can be heard: a preview can't, nor a viewer that says `mute=1` in its address. */
  canPlay: boolean
  framesShown: number | null
  /** Frames that changed since the one it shows. */
  framesBehind: number | null
  bytesPerSecond: number | null
}

export interface StillOptions {
  type: 'png' | 'webp' | 'jpeg'
  /** Six hex digits, with or without `#`. Without it PNG and WebP keep their alpha, and JPEG has black. */
  background?: string | undefined
  /** Never wider than this, px; never enlarged. */
  maxWidth?: number | undefined
  /** How long to wait for a first frame where there is none, ms. Meanwhile the still counts as a viewer. */
  waitMs: number
}

export interface PictureFigures {
  counts: PictureSource['counts']
  framesPerSecond: number
}

interface PictureHistograms {
  /** ms from the capture of a frame to the making of a packet of it. */
  captureToSend: Histogram
  /** ms from the making of a packet until the viewer's word that it was drawn arrived. */
  sendToDraw: Histogram
}

export interface PictureServer {
  /** Null while it is closed. */
  readonly port: number | null
  /** Starts the thread if it is not running. Rejects with what is in the way of listening and what to do about it. */
  listen(): Promise<{ port: number }>
  /** Ends the thread; whoever is connected is told. It may listen again later. */
  close(): Promise<void>

  /** Adds an output or changes one. Another size blanks the picture, and the next frame is a key frame. */
  setOutput(output: OutputShape): void
  /** Its viewers are sent away. */
  removeOutput(output: string): void

  /** Begins a session of a frame source, and ends the one before: whatever still comes from that is refused. Listens. */
  openSink(output: string): Promise<FrameSink>
  /** Ends the session: what is shown stays, but who comes now waits for a new one's picture. */
  closeSink(output: string): void
  /** Hears of an output whose session can't go on, since frames were lost: its source has to be started anew. */
  readonly onDidLoseSource: Event<string>
  /** The source is gone for long: viewers show nothing until the next frame. */
  blank(output: string): void

  /** Visible viewers, previews and waiting stills: how many there are to paint for. */
  readonly onDidChangeViewers: Event<{ output: string; viewers: number }>
  readonly onDidJoin: Event<Viewer>
  readonly onDidLeave: Event<Viewer>
  viewers(): readonly Viewer[]
  /** Of the moment, at most 100 ms old while painting. */
  figures(output: string): PictureFigures
  /** Of all outputs together. */
  histograms(): PictureHistograms

  /** Null when no frame came in time. Rejects with what to do when this machine can't encode. */
  snapshot(output: string, options: StillOptions): Promise<Buffer | null>
  /** The viewer loads itself anew. */
  refresh(viewer: string): void
  /** The viewer shows nothing and stays away. */
  drop(viewer: string): void
  cue(viewer: string, cue: SoundCue): void
  /** The viewer fetches these sounds beforehand. */
  prepare(viewer: string, sounds: readonly string[]): void
  readonly onDidStartCue: Event<{ viewer: string; id: string }>
  /** What the token opened closes at once. */
  revokeToken(tokenId: string): void
}
