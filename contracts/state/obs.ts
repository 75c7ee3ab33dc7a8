/** The state of OBS as the hub knows it. Durations in ms, sizes in bytes, volumes in dB and as a multiplier. */
import type { ConnectionState } from './connection.ts'

export interface ObsSceneItem {
  itemId: number
  source: string
  /** OBS's input kind, e.g. `browser_source`; null for scenes and groups. */
  kind: string | null
  visible: boolean
}

export interface ObsInput {
  name: string
  kind: string
  muted: boolean
  volumeDb: number
  volumeMul: number
}

export interface ObsStats {
  at: number
  activeFps: number
  averageFrameTimeMs: number
  cpuUsagePercent: number
  memoryMb: number
  availableDiskMb: number
  renderTotalFrames: number
  renderSkippedFrames: number
  outputTotalFrames: number
  outputSkippedFrames: number
}

export interface ObsState {
  connection: ConnectionState
  /** The address in use, without its password. */
  url: string
  obsVersion: string | null
  websocketVersion: string | null
  scenes: { current: string | null; preview: string | null; list: string[] }
  studioMode: { enabled: boolean }
  streaming: {
    active: boolean
    reconnecting: boolean
    /** When this stream started, ms epoch. */
    startedAt: number | null
    durationMs: number
    congestion: number
    bytes: number
    skippedFrames: number
    totalFrames: number
  }
  recording: { active: boolean; paused: boolean; startedAt: number | null; durationMs: number; bytes: number }
  virtualCamera: { available: boolean; active: boolean }
  replayBuffer: { available: boolean; active: boolean }
  /** Inputs that have sound. */
  inputs: ObsInput[]
  /** By scene name, topmost first. */
  sceneItems: Record<string, ObsSceneItem[]>
  transition: { current: string | null; durationMs: number | null; list: string[] }
  stats: ObsStats | null
}

/** Pushed on `meters:obs` while somebody is joined there, at most 20 times a second. */
export interface ObsMeters {
  inputs: {
    name: string /** Per channel: [magnitude, peak, input peak] as multipliers, 0 to 1. */
    levels: number[][]
  }[]
}
