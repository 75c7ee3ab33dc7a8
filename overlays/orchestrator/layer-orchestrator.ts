/**
 * The layers of one page: tells the machine what happens, has what it orders moved, and says what each layer draws. Owns
 * the motion of every registered element. Knows nothing of what the content is.
 */
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import {
  emptySlots,
  type LayerEvent,
  type LayerMotionName,
  type LayerName,
  type LayerSlots,
  stepLayers,
} from './layer-machine.ts'
import { createLayerMotion, type LayerMotion } from './layer-motion.ts'

export interface LayerOrchestratorOptions<C> {
  /** See `LayerMotionOptions`. */
  travelPx: number
  /** See `LayerMotionOptions`. */
  reducesMotion: () => boolean
  /** Called before the motion that goes with it begins, so that what enters is there. */
  onDidChange: (slots: LayerSlots<C>) => void
  /** Hears when a layer begins to move, and when all of them stand still again. */
  onAnimating: (animating: boolean) => void
}

export interface LayerOrchestrator<C> extends Disposable {
  /** The layer's element is there, until the answer is disposed of. An element before it in this layer is let go. */
  register(layer: LayerName, element: HTMLElement): Disposable
  show(layer: LayerName, content: C): void
  hide(layer: LayerName): void
}

export function createLayerOrchestrator<C>(options: LayerOrchestratorOptions<C>): LayerOrchestrator<C> {
  const { travelPx, reducesMotion, onDidChange, onAnimating } = options
  const movers = new Map<LayerName, LayerMotion>()
  const registrations = new Map<LayerName, Disposable>()
  let slots = emptySlots<C>()
  let wasAnimating = false

  function tell(event: LayerEvent<C>): void {
    const step = stepLayers(slots, event)
    const isNew = step.slots !== slots
    slots = step.slots
    if (isNew) onDidChange(slots)
    for (const { layer, motion } of step.motions) movers.get(layer)?.play(motion)
    sayIfMoving()
  }

  function ended(layer: LayerName, motion: LayerMotionName): void {
    if (motion === 'enter') tell({ type: 'entered', layer })
    else if (motion === 'exit') tell({ type: 'exited', layer })
    else sayIfMoving()
  }

  function sayIfMoving(): void {
    const animating = [...movers.values()].some(({ isMoving }) => isMoving)
    if (animating === wasAnimating) return
    wasAnimating = animating
    onAnimating(animating)
  }

  return {
    register(layer, element) {
      registrations.get(layer)?.dispose()
      const onEnd = (motion: LayerMotionName) => ended(layer, motion)
      const mover = createLayerMotion({ layer, element, travelPx, reducesMotion, onEnd })
      movers.set(layer, mover)
      const registration = toDisposable(() => {
        tell({ type: 'unregister', layer })
        mover.dispose()
        movers.delete(layer)
        registrations.delete(layer)
        sayIfMoving()
      })
      registrations.set(layer, registration)
      tell({ type: 'register', layer })
      return registration
    },
    show: (layer, content) => tell({ type: 'show', layer, content }),
    hide: (layer) => tell({ type: 'hide', layer }),
    dispose() {
      for (const registration of [...registrations.values()]) registration.dispose()
    },
  }
}
