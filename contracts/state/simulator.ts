export interface SimulatorState {
  /** The run going on, if any. Times in ms. */
  run: {
    runId: string
    kind: 'burst' | 'demo'
    startedAt: number
    durationMs: number
    done: number
    total: number
  } | null
  /** Event types that can be simulated. */
  types: string[]
}
