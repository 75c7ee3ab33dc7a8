/** The number of the attempt, which counts to the next one. The first that is seen just stands there. */
import gsap from 'gsap'
import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { figure } from '../omnibar/omnibar-words.ts'
import { reducesMotion } from '../reduced-motion.ts'

export interface SeedCounterProps {
  attempt: number
  onMotion: (moving: boolean) => void
}

/** Seconds, as GSAP counts. */
const COUNT = { duration: 2, ease: 'power2.out' } as const
/** Figures of more digits are set smaller. */
const LARGE_DIGITS = 5
const MIDDLE_DIGITS = 7

export function SeedCounter(props: SeedCounterProps) {
  const [shown, setShown] = createSignal(props.attempt)
  const context = gsap.context(() => {})
  let element!: HTMLElement
  onCleanup(() => {
    context.kill()
    props.onMotion(false)
  })

  const attempt = createMemo(() => props.attempt)
  createEffect(on(attempt, (next) => countTo(next), { defer: true }))

  function countTo(attempt: number): void {
    context.kill()
    if (reducesMotion()) {
      setShown(attempt)
      return
    }
    props.onMotion(true)
    context.add(() => {
      const count = { at: shown() }
      gsap
        .timeline({ onComplete: () => context.ignore(() => props.onMotion(false)) })
        .to(count, { at: attempt, ...COUNT, onUpdate: () => setShown(Math.round(count.at)) }, 0)
        .fromTo(element, { y: 48, opacity: 0 }, { y: 0, opacity: 1, duration: 0.4, ease: 'power2.out' }, 0)
        .set(element, { clearProps: 'transform,opacity' })
    })
  }

  const size = createMemo(() => {
    const digits = String(props.attempt).length
    return digits <= LARGE_DIGITS ? 'large' : digits <= MIDDLE_DIGITS ? 'middle' : 'small'
  })
  return (
    <span class="seed-number" data-size={size()} ref={element}>
      {figure(shown())}
    </span>
  )
}
