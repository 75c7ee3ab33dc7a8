/** The layers of one output, over each other. Owns their boxes and the rounds that watch them; knows no hub. */
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import type { Output } from '../../contracts/output.ts'
import { type LayerState, ROUND_MS, StageLayer, type StageLayerOptions } from './stage-layer.ts'

export interface LayerStack extends Disposable {
  /** Draws these layers, bottom first; a page that is there already is not loaded anew. */
  show(layers: Output['layers']): void
  /** Bottom first. */
  readonly layers: readonly { id: string; state: LayerState }[]
  /** Anything that is to be seen changes by itself now, as far as can be known. */
  readonly isAnimating: boolean
  reload(id: string): void
  /** Loads what is broken without waiting any longer: the hub is back. */
  retry(): void
  /** See `StageLayerOptions.isHeard`. */
  permissionsChanged(): void
}

export function createLayerStack(root: HTMLElement, options: StageLayerOptions): LayerStack {
  const owned = new DisposableStore()
  let layers = new Map<string, StageLayer>()
  const all = (what: (layer: StageLayer) => void) => {
    for (const layer of layers.values()) what(layer)
  }
  owned.add(options.clock.setInterval(() => all((layer) => layer.round()), ROUND_MS))
  owned.defer(() => all((layer) => layer.dispose()))

  return {
    show(wanted) {
      const next = new Map<string, StageLayer>()
      for (const [index, layer] of wanted.entries()) {
        const known = layers.get(layer.id)
        known?.update(layer, index)
        next.set(layer.id, known ?? new StageLayer(layer, index, options))
      }
      for (const [id, layer] of layers) if (!next.has(id)) layer.dispose()
      for (const { box } of next.values()) if (box.parentNode !== root) root.append(box)
      layers = next
    },
    get layers() {
      return [...layers].map(([id, { state }]) => ({ id, state }))
    },
    get isAnimating() {
      return [...layers.values()].some((layer) => layer.isAnimating)
    },
    reload: (id) => layers.get(id)?.reload(),
    retry: () => all((layer) => layer.retry()),
    permissionsChanged: () => all((layer) => layer.permissionsChanged()),
    dispose: () => owned.dispose(),
  }
}
