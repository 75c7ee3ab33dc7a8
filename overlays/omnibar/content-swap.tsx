/**
 * Shows one content, and when another takes its place, how: the old one gives way, then the new one comes in from the left
 * edge, cell after cell. News of the same content change it where it stands. The first needs no motion of its own: it
 * comes with its layer.
 */
import gsap from 'gsap'
import { type Accessor, createComputed, createSignal, For, onCleanup, onMount, untrack } from 'solid-js'
import type { LayerItem } from '../../contracts/content.ts'
import { reducesMotion } from '../reduced-motion.ts'
import { ContentView } from './content-view.tsx'

export interface ContentSwapProps {
  item: LayerItem
  hubNow: () => number
  onMotion: (moving: boolean) => void
}

interface Actor {
  readonly key: string
  readonly item: Accessor<LayerItem>
  readonly setItem: (item: LayerItem) => void
  element?: HTMLElement
}

/** Seconds, as GSAP counts. */
const OUT = 0.2
const IN = 0.4
const STAGGER = 0.06
const TRAVEL_PX = 12

export function ContentSwap(props: ContentSwapProps) {
  const [actors, setActors] = createSignal<readonly Actor[]>([])
  const context = gsap.context(() => {})
  onCleanup(() => {
    context.kill()
    props.onMotion(false)
  })

  createComputed(() => {
    const { item } = props
    const shown = untrack(actors).at(-1)
    if (shown?.key === keyOf(item)) shown.setItem(item)
    // One that had not come in whole gives way to the newest; what gave way to it is gone.
    else setActors(shown ? [shown, createActor(item)] : [createActor(item)])
  })

  function enter(actor: Actor): void {
    const before = untrack(actors)[0]
    if (!before?.element || before === actor || !actor.element) return
    const [leaving, entering] = [before.element, actor.element]
    context.kill()
    props.onMotion(true)
    context.add(() => {
      const line = gsap.timeline({ onComplete: () => context.ignore(() => settle(actor)) })
      const out = { duration: OUT, ease: 'power2.in' }
      const into = { duration: IN, ease: 'power2.out' }
      if (reducesMotion()) {
        line.to(leaving, { opacity: 0, ...out }).fromTo(entering, { opacity: 0 }, { opacity: 1, ...into })
        return
      }
      line.to(leaving.querySelectorAll('.cells'), { opacity: 0, ...out }, 0)
      line.to(leaving.querySelectorAll('.tab'), { xPercent: -100, ...out }, 0)
      line.fromTo(entering.querySelectorAll('.tab'), { xPercent: -100 }, { xPercent: 0, ...into }, OUT)
      const cells = entering.querySelectorAll('.cells > *')
      const appear = { opacity: 1, y: 0, ...into, stagger: STAGGER }
      if (cells.length > 0) line.fromTo(cells, { opacity: 0, y: TRAVEL_PX }, appear, OUT + STAGGER)
    })
  }

  function settle(actor: Actor): void {
    setActors([actor])
    props.onMotion(false)
  }

  return (
    <For each={actors()}>
      {(actor) => <SwapActor actor={actor} hubNow={props.hubNow} onThere={() => enter(actor)} />}
    </For>
  )
}

function SwapActor(props: { actor: Actor; hubNow: () => number; onThere: () => void }) {
  onMount(() => props.onThere())
  return (
    <div
      class="content"
      ref={(element) => {
        props.actor.element = element
      }}
    >
      <ContentView item={props.actor.item()} hubNow={props.hubNow} />
    </div>
  )
}

function createActor(item: LayerItem): Actor {
  const [current, setItem] = createSignal(item)
  return { key: keyOf(item), item: current, setItem }
}

/** One content of another kind is another content, whatever its id. */
function keyOf({ id, content }: LayerItem): string {
  return `${content.type} ${id}`
}
