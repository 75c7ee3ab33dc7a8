export interface ShortcutBinding {
  id: string
  accelerator: string
  command: string
  args: Record<string, unknown>
  /** `registered` says only that the system took it; `verified` that it was seen to fire. */
  status: 'registered' | 'verified' | 'refused' | 'unavailable'
  reason: string | null
  lastFiredAt: number | null
}

export interface ShortcutsState {
  /** False where no global keys exist (headless). */
  available: boolean
  bindings: ShortcutBinding[]
}
