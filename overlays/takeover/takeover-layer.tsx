/**
 * What covers the whole picture, as the producer's state says, for as long as it says: it uncovers when its end has come
 * even if the hub is away. It fades in; but the screen cover, and one that a page finds when it is loaded, hide at once what
 * must not be seen.
 */
import { createEffect, createSignal, onCleanup, onMount, Show } from 'solid-js'
import type { ProducerState, Takeover } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { emptySlots } from '../orchestrator/layer-machine.ts'
import { LAYER_MOTION } from '../orchestrator/layer-motion.ts'
import { createLayerOrchestrator } from '../orchestrator/layer-orchestrator.ts'
import { TakeoverScreen } from './takeover-screen.tsx'
import { wordsOf } from './takeover-words.ts'
import './takeover.css'

export interface TakeoverLayerProps {
  /** Undefined until the hub was heard once. */
  state: Pick<ProducerState, 'show' | 'takeover'> | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  /** Hears when it begins to move, and when it stands still again. */
  onAnimating?: ((animating: boolean) => void) | undefined
  /** Hears why a takeover is not drawn. */
  onDropped: (reason: string) => void
}

/** There is only one. */
const LAYER = 'foreground'
/** The hub uncovers the picture itself. */
const GRACE_MS = 500

export function TakeoverLayer(props: TakeoverLayerProps) {
  const [slots, setSlots] = createSignal(emptySlots<Takeover>())
  const slot = () => slots()[LAYER]
  /** The picture is hidden, however far the screen has come in. */
  const [isCovered, setCovered] = createSignal(false)
  let ending: ReturnType<typeof setTimeout> | undefined
  let element!: HTMLElement
  const orchestrator = createLayerOrchestrator<Takeover>({
    travelPx: 0,
    // A cover that travels would leave a part of the picture open meanwhile.
    reducesMotion: () => true,
    onDidChange: setSlots,
    onAnimating: (animating) => props.onAnimating?.(animating),
  })
  onMount(() => orchestrator.register(LAYER, element))
  onCleanup(() => {
    clearTimeout(ending)
    orchestrator.dispose()
  })

  createEffect(() => {
    const takeover = props.state?.takeover ?? null
    clearTimeout(ending)
    setCovered(false)
    if (!takeover || !isKnown(takeover)) return orchestrator.hide(LAYER)
    const leftMs = takeover.endsAt === null ? Number.POSITIVE_INFINITY : takeover.endsAt + GRACE_MS - props.hubNow()
    if (leftMs <= 0) return orchestrator.hide(LAYER)
    setCovered(takeover.type === 'screen-cover' || props.hubNow() - takeover.startedAt > LAYER_MOTION.enterMs)
    orchestrator.show(LAYER, takeover)
    if (Number.isFinite(leftMs)) ending = setTimeout(uncover, leftMs)
  })

  function uncover(): void {
    setCovered(false)
    orchestrator.hide(LAYER)
  }

  function isKnown({ type }: Takeover): boolean {
    if (wordsOf(type)) return true
    props.onDropped(`a takeover is not drawn: its type "${type}" is not known to this page; reload it`)
    return false
  }

  return (
    <div class="takeover-layer" data-show={props.state?.show.theme} style={accentStyle(props.state?.show)}>
      <Show when={isCovered()}>
        <div class="takeover-cover" />
      </Show>
      <section class="takeover" ref={element} data-state={slot().phase} data-takeover={slot().content?.type}>
        <Show when={slot().content}>
          {(takeover) => <TakeoverScreen takeover={takeover()} hubNow={props.hubNow} />}
        </Show>
      </section>
    </div>
  )
}
