/**
 * Draws its content only while it is in sight or near it, and keeps its room otherwise: of a thousand machines those on
 * screen are drawn. What has the focus stays.
 */
import { type Accessor, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'

/** About a screen ahead, so that nobody scrolls faster than it is drawn. */
const AHEAD = '800px 0px'

interface NearViewProps {
  /** px, until it was drawn once. */
  height: number
  /** Names it while it is not drawn, for those who look for it by its words. */
  placeholder: string
  class: string
  /** Draws always. */
  isAlways: boolean
  children: JSX.Element
}

export function NearView(props: NearViewProps) {
  let element: HTMLLIElement | undefined
  const [room, setRoom] = createSignal(0)
  const near = createNear(
    () => element,
    () => setRoom(element?.offsetHeight ?? 0),
  )
  const isDrawn = () => props.isAlways || near()
  return (
    <li
      ref={element}
      class={props.class}
      style={isDrawn() ? undefined : { 'min-height': `${room() || props.height}px` }}
    >
      <Show when={isDrawn()} fallback={<h3 class="clip muted">{props.placeholder}</h3>}>
        {props.children}
      </Show>
    </li>
  )
}

function createNear(element: () => HTMLElement | undefined, onLeave: () => void): Accessor<boolean> {
  const hasObserver = typeof IntersectionObserver !== 'undefined'
  const [near, setNear] = createSignal(!hasObserver)
  onMount(() => {
    const target = element()
    if (!target || !hasObserver) return
    // `scrollMargin` does for the list that scrolls what `rootMargin` does for the page.
    const margins: IntersectionObserverInit & { scrollMargin: string } = { rootMargin: AHEAD, scrollMargin: AHEAD }
    const observer = new IntersectionObserver((entries) => {
      const isIn = entries.at(-1)?.isIntersecting ?? false
      if (!isIn && target.contains(document.activeElement)) return
      if (!isIn && near()) onLeave()
      setNear(isIn)
    }, margins)
    observer.observe(target)
    onCleanup(() => observer.disconnect())
  })
  return near
}
