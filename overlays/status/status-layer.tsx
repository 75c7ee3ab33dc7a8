/**
 * Status bar and status text, each on the left edge, at the top of the picture or above the omnibar; at the same place the
 * bar stands outside. Both come and go with what the state says, and nothing is drawn of what is not visible.
 */
import { createMemo, createSignal, For, type JSX, onCleanup, Show } from 'solid-js'
import type { StatusBar, StatusText } from '../../contracts/display.ts'
import type { StatusState } from '../../contracts/state/displays.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { createHubMinute } from '../hub-tick.ts'
import { EdgePanel } from '../layer/edge-panel.tsx'
import { createMotionTally } from '../layer/motion-tally.ts'
import { reducesMotion } from '../reduced-motion.ts'
import { tameMarks } from '../text/fit-text.ts'
import { FittedText } from '../text/fitted-text.tsx'
import './status.css'

export interface StatusLayerProps {
  /** Undefined until the hub was heard once. */
  show: CurrentShow | undefined
  /** Undefined until the hub was heard once. */
  state: StatusState | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

const PLACES = ['top', 'bottom'] as const
const BAR_TEXT_WIDTH = 528

const MODE_WORDS: Readonly<Record<Exclude<StatusBar['mode'], 'custom'>, string>> = {
  preshow: 'Pre-show',
  soapbox: 'Soapbox',
  game: 'Gaming',
  outro: 'Outro',
  break: 'On break',
}

export function StatusLayer(props: StatusLayerProps) {
  const tally = createMotionTally((animating) => props.onAnimating(animating))
  const barAt = (place: StatusBar['position']) => {
    const bar = props.state?.bar
    return bar?.isVisible && bar.position === place && titleOf(bar) !== null ? bar : null
  }
  const textAt = (place: StatusText['position']) => {
    const text = props.state?.text
    return text?.isVisible && text.position === place && text.text !== '' ? text : null
  }
  return (
    <div class="status" data-show={props.show?.theme} style={accentStyle(props.show)}>
      <For each={PLACES}>
        {(place) => (
          <div class="status-place" data-place={place}>
            <EdgePanel content={barAt(place)} edge="left" class="status-bar" onMotion={tally.of(`bar ${place}`)}>
              {(bar) => (
                <>
                  <strong class="status-mode">
                    <FittedText text={titleOf(bar()) ?? ''} maxWidth={BAR_TEXT_WIDTH} sizePx={36} />
                  </strong>
                  <Show when={bar().mode !== 'custom' && bar().text}>
                    {(text) => <FittedText text={text()} maxWidth={BAR_TEXT_WIDTH} sizePx={30} weight="text" />}
                  </Show>
                  <Show when={bar().hasClock}>
                    <WallClock hubNow={props.hubNow} />
                  </Show>
                </>
              )}
            </EdgePanel>
            <EdgePanel content={textAt(place)} edge="left" class="status-text" onMotion={tally.of(`text ${place}`)}>
              {(text) => <Words status={text()} onMotion={tally.of(`words ${place}`)} />}
            </EdgePanel>
          </div>
        )}
      </For>
    </div>
  )
}

function titleOf({ mode, text }: StatusBar): string | null {
  if (mode === 'custom') return text
  return Object.hasOwn(MODE_WORDS, mode) ? MODE_WORDS[mode] : null
}

/** In the time zone of the machine that shows it. */
function WallClock(props: { hubNow: () => number }) {
  const now = createHubMinute(props.hubNow, () => 0)
  const words = () =>
    new Date(now()).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return <span class="status-clock">{words()}</span>
}

/** Another text is another appearance, in the way it asks for. */
function Words(props: { status: StatusText; onMotion: (moving: boolean) => void }): JSX.Element {
  const text = createMemo(() => tameMarks(props.status.text))
  return (
    <p class="status-words" data-size={props.status.fontSize} dir="auto">
      <Show when={text()} keyed>
        {(words) => (
          <Show
            when={props.status.animation === 'typewriter' && !reducesMotion()}
            fallback={
              <span class="status-come" data-animation={props.status.animation}>
                {words}
              </span>
            }
          >
            <Typed text={words} onMotion={props.onMotion} />
          </Show>
        )}
      </Show>
    </p>
  )
}

/** ms between two characters; a long text is typed faster, so that it takes no longer than `TYPING_MAX_MS`. */
const TYPING_MS = 40
const TYPING_MAX_MS = 3000
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The box has its final size from the start: what is not typed yet is there, unseen. */
function Typed(props: { text: string; onMotion: (moving: boolean) => void }) {
  const graphemes = createMemo(() => [...segmenter.segment(props.text)].map(({ segment }) => segment))
  const [typed, setTyped] = createSignal(0)
  const step = createMemo(() => Math.max(1, Math.ceil(graphemes().length / (TYPING_MAX_MS / TYPING_MS))))
  props.onMotion(true)
  const typing = setInterval(() => {
    if (setTyped((before) => before + step()) < graphemes().length) return
    clearInterval(typing)
    props.onMotion(false)
  }, TYPING_MS)
  onCleanup(() => {
    clearInterval(typing)
    props.onMotion(false)
  })
  return (
    <>
      <span>{graphemes().slice(0, typed()).join('')}</span>
      <span class="status-untyped" aria-hidden="true">
        {graphemes().slice(typed()).join('')}
      </span>
    </>
  )
}
