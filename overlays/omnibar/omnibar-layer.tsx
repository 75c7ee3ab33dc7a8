/**
 * The omnibar: one bar on the bottom edge in three layers over each other, of which one has the stage. Draws what the
 * producer's state says stands on each, and drops with a reason what it can't draw. What has an end of its own goes when
 * that has come, even if the hub is away; the ticker keeps what it has. Owns no time of its own.
 */
import { createEffect, createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import type { LayerItem } from '../../contracts/content.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { createMotionTally } from '../layer/motion-tally.ts'
import {
  emptySlots,
  LAYER_NAMES,
  type LayerName,
  type LayerPhase,
  type LayerSlot,
} from '../orchestrator/layer-machine.ts'
import { createLayerOrchestrator, type LayerOrchestrator } from '../orchestrator/layer-orchestrator.ts'
import { reducesMotion } from '../reduced-motion.ts'
import { faultOf } from './content-shape.ts'
import { ContentSwap } from './content-swap.tsx'
import './omnibar.css'

export interface OmnibarLayerProps {
  /** Undefined until the hub was heard once. */
  state: Pick<ProducerState, 'show' | 'layers'> | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  /** Hears when something on it begins to move, and when everything stands still again. */
  onAnimating?: ((animating: boolean) => void) | undefined
  /** Hears why a content is not drawn; once for each. */
  onDropped: (reason: string) => void
}

/** The bar with its tab, and what it must travel to be out of sight, px. */
const TRAVEL_PX = 96
/** The hub takes a content away itself; it may also give it more time in its last moment. */
const GRACE_MS = 500

export function OmnibarLayer(props: OmnibarLayerProps) {
  const [slots, setSlots] = createSignal(emptySlots<LayerItem>())
  const tally = createMotionTally((animating) => props.onAnimating?.(animating))
  const orchestrator = createLayerOrchestrator<LayerItem>({
    travelPx: TRAVEL_PX,
    reducesMotion,
    onDidChange: setSlots,
    onAnimating: tally.of('layers'),
  })
  onCleanup(() => orchestrator.dispose())

  const endings = new Map<LayerName, ReturnType<typeof setTimeout>>()
  onCleanup(() => {
    for (const timer of endings.values()) clearTimeout(timer)
  })
  const dropped = new Map<LayerName, string>()

  function put(layer: LayerName, given: LayerItem | null): void {
    clearTimeout(endings.get(layer))
    endings.delete(layer)
    const item = given && isDrawable(layer, given) ? given : null
    const endsAt = layer === 'background' ? null : (item?.endsAt ?? null)
    const leftMs = endsAt === null ? Number.POSITIVE_INFINITY : endsAt + GRACE_MS - props.hubNow()
    if (!item || leftMs <= 0) {
      orchestrator.hide(layer)
      return
    }
    orchestrator.show(layer, item)
    if (Number.isFinite(leftMs))
      endings.set(
        layer,
        setTimeout(() => orchestrator.hide(layer), leftMs),
      )
  }

  function isDrawable(layer: LayerName, { id, content }: LayerItem): boolean {
    const fault = faultOf(content)
    if (fault === null) {
      dropped.delete(layer)
      return true
    }
    const reason = `content "${id}" on the ${layer} is not drawn: ${fault}`
    if (dropped.get(layer) !== reason) props.onDropped(reason)
    dropped.set(layer, reason)
    return false
  }

  createEffect(() => {
    const layers = props.state?.layers
    if (layers) for (const layer of LAYER_NAMES) put(layer, layers[layer] ?? null)
  })

  return (
    <div class="omnibar" data-show={props.state?.show.theme} style={accentStyle(props.state?.show)}>
      <For each={[...LAYER_NAMES].reverse()}>
        {(layer) => (
          <Bar
            layer={layer}
            slot={slots()[layer]}
            orchestrator={orchestrator}
            hubNow={props.hubNow}
            onMotion={tally.of(layer)}
          />
        )}
      </For>
    </div>
  )
}

interface Entrances {
  phase: LayerPhase
  count: number
}

interface BarProps {
  layer: LayerName
  slot: LayerSlot<LayerItem>
  orchestrator: LayerOrchestrator<LayerItem>
  hubNow: () => number
  onMotion: (moving: boolean) => void
}

function Bar(props: BarProps) {
  let element!: HTMLElement
  onMount(() => {
    const registration = props.orchestrator.register(props.layer, element)
    onCleanup(() => registration.dispose())
  })
  /** Counts each time it comes in: what it left with is no part of the next time. */
  const entrances = createMemo<Entrances>(
    (before) => {
      const { phase } = props.slot
      const isNew = phase === 'entering' && before.phase !== 'entering'
      return { phase, count: before.count + (isNew ? 1 : 0) }
    },
    { phase: 'hidden', count: 0 },
  )
  const entrance = createMemo(() => entrances().count)
  return (
    <section
      class="bar"
      ref={element}
      data-layer={props.layer}
      data-state={props.slot.phase}
      data-content={props.slot.content?.content.type}
      data-item={props.slot.content?.id}
    >
      <Show when={entrance()} keyed>
        {(_) => (
          <Show when={props.slot.content}>
            {(item) => (
              <>
                <div class="bar-plate" />
                <ContentSwap item={item()} hubNow={props.hubNow} onMotion={props.onMotion} />
              </>
            )}
          </Show>
        )}
      </Show>
    </section>
  )
}
