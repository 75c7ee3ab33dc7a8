/**
 * The message that the streamer chose: who said it, and it, large. It comes from below and goes there; one that is taken away
 * before its time is gone at once, for a moderator may have deleted it.
 */
import gsap from 'gsap'
import { createComputed, createSignal, on, onCleanup, onMount, Show, untrack } from 'solid-js'
import { unwrap } from 'solid-js/store'
import type { ChatHighlight, ChatLine } from '../../../contracts/state/chat.ts'
import { createHubSecond } from '../../hub-tick.ts'
import { FittedText } from '../../text/fitted-text.tsx'
import { Chatter, Said } from '../chat/chatter.tsx'
import type { WidgetProps } from '../widget-props.ts'
import '../chat/chat-widget.css'
import './highlight-widget.css'

/** Seconds, as GSAP counts. */
const IN = 0.4
const OUT = 0.3
const TRAVEL_PX = 48
/** News of its end may be this early, ms. */
const END_SLACK_MS = 500
const HEADING_WIDTH_PX = 720
const NAME_WIDTH_PX = 960

export function HighlightWidget(props: WidgetProps<'highlight'>) {
  const [shown, setShown] = createSignal<ChatHighlight | null>(null)
  let card: HTMLElement | undefined
  const context = gsap.context(() => {})
  onCleanup(() => {
    context.kill()
    props.onAnimating(false)
  })

  function move(from: gsap.TweenVars, to: gsap.TweenVars, after?: () => void): void {
    context.kill()
    const element = card
    if (!element) return
    props.onAnimating(true)
    const onComplete = () => {
      props.onAnimating(false)
      after?.()
    }
    const still = (vars: gsap.TweenVars) => (props.reducedMotion ? { ...vars, y: 0 } : vars)
    context.add(() => {
      gsap.fromTo(element, still(from), { ...still(to), onComplete: () => context.ignore(onComplete) })
    })
  }

  createComputed(
    on(
      () => [props.data.highlight, props.data.highlight?.endsAt] as const,
      ([highlight]) => {
        const before = shown()
        if (highlight) {
          // As it is now: what is shown while it goes must not change under it.
          setShown(structuredClone(unwrap(highlight)))
          return
        }
        if (!before) return
        if (props.hubNow() < before.endsAt - END_SLACK_MS) {
          context.kill()
          props.onAnimating(false)
          setShown(null)
        } else {
          move({ opacity: 1, y: 0 }, { opacity: 0, y: TRAVEL_PX, duration: OUT, ease: 'power2.in' }, () =>
            setShown(null),
          )
        }
      },
    ),
  )

  const enter = () => move({ opacity: 0, y: TRAVEL_PX }, { opacity: 1, y: 0, duration: IN, ease: 'power2.out' })

  return (
    <Show when={shown()?.id} keyed>
      {(_id) => {
        const first = untrack(shown)
        return (
          first && (
            <Card
              line={first.line}
              startedAt={first.startedAt}
              endsAt={shown()?.endsAt ?? first.endsAt}
              settings={props.settings}
              hubNow={props.hubNow}
              ref={(element) => {
                card = element
              }}
              onThere={enter}
            />
          )
        )
      }}
    </Show>
  )
}

interface CardProps {
  startedAt: number
  endsAt: number
  line: ChatLine
  settings: WidgetProps<'highlight'>['settings']
  hubNow: () => number
  ref: (element: HTMLElement) => void
  onThere: () => void
}

function Card(props: CardProps) {
  onMount(() => props.onThere())
  const now = createHubSecond(props.hubNow, () => props.endsAt)
  const share = () => {
    const { startedAt, endsAt } = props
    return Math.min(1, Math.max(0, (endsAt - now()) / Math.max(1, endsAt - startedAt)))
  }
  return (
    <figure class="highlight" ref={props.ref}>
      <Show when={props.settings.heading.trim()}>
        {(heading) => (
          <p class="highlight-heading">
            <FittedText text={heading()} maxWidth={HEADING_WIDTH_PX} sizePx={24} />
          </p>
        )}
      </Show>
      <figcaption class="highlight-who">
        <Chatter line={props.line} textSize={36} maxWidth={NAME_WIDTH_PX} showBadges={props.settings.showBadges} />
      </figcaption>
      <blockquote class="highlight-words" style={{ 'font-size': `${props.settings.textSize}px` }}>
        <Said line={props.line} textSize={props.settings.textSize} emotes="moving" />
      </blockquote>
      <Show when={props.settings.showTime}>
        <div class="highlight-track">
          <div class="highlight-left" style={{ transform: `scaleX(${share()})` }} />
        </div>
      </Show>
    </figure>
  )
}
