/** `globalThis.landaleStage`: what those who paint the stage ask of it and tell it. */
import type { LayerState } from './stage-layer.ts'

interface StageHandle {
  /** Something to be seen changes by itself now; of somebody else's page nobody knows. */
  animating(): boolean
  /** It shows what it should, or has waited long enough for layers that do not come. */
  ready(): boolean
  /** Loads a layer anew: its page died or hangs. */
  reloadLayer(id: string): void
  /** Bottom first. */
  layers(): readonly { id: string; state: LayerState }[]
}

declare global {
  var landaleStage: StageHandle | undefined
}
