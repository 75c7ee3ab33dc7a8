export interface SimulatorState {
  /** The run going on, if any. Times in ms. */
  run: {
    runId: string
    kind: 'burst' | 'demo' | 'replay'
    startedAt: number
    /** At its own pace: a recorded hour is an hour, whatever the speed. */
    lengthMs: number
    /** How far it was at `toldAt` (hub time), at its own pace; while it plays it is `speed` times the time since further on. */
    positionMs: number
    toldAt: number
    speed: number
    paused: boolean
    /** Events published so far. */
    done: number
    /** Null where nobody has counted them. */
    total: number | null
    /** It counts as if it were happening. */
    counted: boolean
  } | null
  /** Event types that can be simulated. */
  types: string[]
}
