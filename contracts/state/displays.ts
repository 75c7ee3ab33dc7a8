import type { Coding, StatusBar, StatusText, Track } from '../display.ts'

export interface StatusState {
  bar: StatusBar
  text: StatusText
}

export interface NowPlayingState {
  track: Track | null
}

export type CodingState = Coding

/** Words of the streamer as they were heard. */
interface CaptionLine {
  /** Of the event that tells of it. */
  id: string
  /** At most the last 300 characters. */
  text: string
  /** Hub time when the hub heard of it, ms epoch. */
  at: number
}

export interface CaptionsState {
  /** Newest last, at most 3. */
  lines: CaptionLine[]
  /** What is being said now, as far as it was understood; changes until it is a line. */
  interim: { text: string; at: number } | null
}
