/**
 * A panel that comes in from the edge it is anchored to and leaves to it, drawn for as long as it is seen: away from the
 * picture there is no element at all. News of its content change it where it stands; while it leaves it keeps what it had.
 * Where motion is not wanted it fades.
 */
import gsap from 'gsap'
import {
  type Accessor,
  batch,
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  onCleanup,
  Show,
  untrack,
} from 'solid-js'
import { reducesMotion } from '../reduced-motion.ts'

/** `none`: it only fades. */
type Edge = 'left' | 'right' | 'top' | 'bottom' | 'none'

export interface EdgePanelProps<T> {
  /** Null: it leaves. */
  content: T | null
  edge: Edge
  class: string
  onMotion: (moving: boolean) => void
  children: (content: Accessor<T>) => JSX.Element
}

/** Seconds, as GSAP counts. */
const ENTER = { duration: 0.4, ease: 'power2.out' } as const
const LEAVE = { duration: 0.3, ease: 'power2.in' } as const

const AWAY: Readonly<Record<Edge, gsap.TweenVars>> = {
  left: { xPercent: -100 },
  right: { xPercent: 100 },
  top: { yPercent: -100 },
  bottom: { yPercent: 100 },
  none: { opacity: 0 },
}
const THERE: gsap.TweenVars = { xPercent: 0, yPercent: 0, opacity: 1 }
const FADED: gsap.TweenVars = { opacity: 0 }

type Phase = 'hidden' | 'entering' | 'active' | 'exiting'

export function EdgePanel<T>(props: EdgePanelProps<T>) {
  /** The last there was: who leaves still shows it. */
  const [held, setHeld] = createSignal<T>()
  const [isDrawn, setDrawn] = createSignal(false)
  const [phase, setPhase] = createSignal<Phase>('hidden')
  const context = gsap.context(() => {})
  const [element, setElement] = createSignal<HTMLElement>()
  onCleanup(() => {
    context.kill()
    props.onMotion(false)
  })

  createComputed(() => {
    const { content } = props
    if (content === null) return
    setHeld(() => content)
    setDrawn(true)
  })
  const isWanted = createMemo(() => props.content !== null)
  createEffect(() => {
    const section = element()
    const wanted = isWanted()
    if (section) untrack(() => (wanted ? enter(section) : leave(section)))
  })

  const away = () => (reducesMotion() ? FADED : AWAY[props.edge])

  function move(section: HTMLElement, next: Phase, to: gsap.TweenVars, onEnd: () => void): void {
    setPhase(next)
    props.onMotion(true)
    // A context that is only added to keeps every tween for as long as the page.
    context.kill()
    context.add(() => {
      const onComplete = () =>
        context.ignore(() => {
          onEnd()
          props.onMotion(false)
        })
      gsap.to(section, { ...to, onComplete })
    })
  }

  function enter(section: HTMLElement): void {
    if (phase() === 'entering' || phase() === 'active') return
    if (phase() === 'hidden') gsap.set(section, away())
    move(section, 'entering', { ...THERE, ...ENTER }, () => {
      gsap.set(section, { clearProps: 'transform,opacity' })
      setPhase('active')
    })
  }

  function leave(section: HTMLElement): void {
    if (phase() === 'exiting' || phase() === 'hidden') return
    move(section, 'exiting', { ...away(), ...LEAVE }, () => {
      batch(() => {
        setPhase('hidden')
        setElement(undefined)
        setDrawn(false)
      })
    })
  }

  // There is one wherever it is drawn.
  const content = () => held() as T
  return (
    <Show when={isDrawn()}>
      <section class={props.class} data-state={phase()} ref={setElement}>
        {props.children(content)}
      </section>
    </Show>
  )
}
