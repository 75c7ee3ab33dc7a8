import type { Output } from '../output.ts'

export interface OutputsState {
  /** `main` first, then in the order they were added. */
  outputs: Output[]
  /** What `outputs.undo` would take back, in words; null when there is nothing. */
  undo: string | null
  redo: string | null
}
