/** A full screen: a shape that names it, a headline, the streamer's words, and how long it will be or has been. */
import { createMemo, Match, Show, Switch } from 'solid-js'
import type { Takeover } from '../../contracts/state/producer.ts'
import { createHubSecond } from '../hub-tick.ts'
import { clockWords } from '../omnibar/omnibar-words.ts'
import { PicturedWords } from '../pictures/pictured-words.tsx'
import { tameMarks } from '../text/fit-text.ts'
import { sinceWords, wordsOf } from './takeover-words.ts'

export interface TakeoverScreenProps {
  takeover: Takeover
  /** Hub time, ms epoch. */
  hubNow: () => number
}

/** Longer headlines are set smaller; of two lines still. */
const LONG_HEADLINE = 48
/** As in `takeover.css`, px. */
const HEADLINE_PX = 120
const LONG_PX = 84
const MESSAGE_PX = 48

export function TakeoverScreen(props: TakeoverScreenProps) {
  const words = () => wordsOf(props.takeover.type)
  const message = createMemo(() => tameMarks(props.takeover.message ?? ''))
  const headline = () => words()?.headline ?? message()
  const isLong = () => headline().length > LONG_HEADLINE
  const text = () => (words()?.headline ? message() || words()?.message : null)
  const now = createHubSecond(props.hubNow, () => props.takeover.endsAt ?? props.takeover.startedAt)
  return (
    <div class="screen" data-screen={props.takeover.type}>
      <Backdrop type={props.takeover.type} />
      <div class="screen-words">
        <h1 class="screen-headline" data-long={isLong() ? '' : undefined} dir="auto">
          <Show when={!words()?.headline && props.takeover.fragments} fallback={headline()}>
            {(fragments) => (
              <PicturedWords fragments={fragments()} textSize={isLong() ? LONG_PX : HEADLINE_PX} pictures="still" />
            )}
          </Show>
        </h1>
        <Show when={text()}>
          {(line) => (
            <p class="screen-message" dir="auto">
              <Show when={message() ? props.takeover.fragments : undefined} fallback={line()}>
                {(fragments) => <PicturedWords fragments={fragments()} textSize={MESSAGE_PX} pictures="still" />}
              </Show>
            </p>
          )}
        </Show>
        <Show when={props.takeover.endsAt} fallback={<Since ms={now() - props.takeover.startedAt} />}>
          {(endsAt) => (
            <p class="screen-time">
              Back in <strong>{clockWords(endsAt() - now())}</strong>
            </p>
          )}
        </Show>
      </div>
      <Show when={props.takeover.endsAt}>
        {(endsAt) => (
          <div
            class="screen-left"
            style={{ transform: `scaleX(${shareLeft(props.takeover.startedAt, endsAt(), now())})` }}
          />
        )}
      </Show>
    </div>
  )
}

function Since(props: { ms: number }) {
  return <Show when={sinceWords(props.ms)}>{(words) => <p class="screen-time">{words()}</p>}</Show>
}

/** 1 at the beginning, 0 at the end. */
function shareLeft(startedAt: number, endsAt: number, now: number): number {
  const whole = endsAt - startedAt
  return whole > 0 ? Math.min(1, Math.max(0, (endsAt - now) / whole)) : 0
}

/** Large flat shapes: nothing that an encoder smears. */
function Backdrop(props: { type: Takeover['type'] }) {
  return (
    <svg class="screen-backdrop" viewBox="0 0 1920 1080" aria-hidden="true">
      <Switch>
        <Match when={props.type === 'technical-difficulties'}>
          {/* A plug and its socket, apart. */}
          <path class="shape-accent" d="M0 0h600v1080H0z" />
          <path class="shape-ink" d="M0 504h144v72H0z" />
          <path class="shape-ink" d="M144 396h132a60 60 0 0 1 60 60v168a60 60 0 0 1-60 60H144z" />
          <path class="shape-ink" d="M336 456h84v36h-84zM336 588h84v36h-84z" />
          <path class="shape-ink" d="M600 396h-72a48 48 0 0 0-48 48v192a48 48 0 0 0 48 48h72z" />
          <path class="shape-accent" d="M480 456h84v36h-84zM480 588h84v36h-84z" />
        </Match>
        <Match when={props.type === 'please-stand-by'}>
          <g>
            <path fill="#c9ccd4" d="M0 0h276v360H0z" />
            <path fill="#c7b24a" d="M276 0h276v360H276z" />
            <path fill="#3fa7ad" d="M552 0h276v360H552z" />
            <path fill="#3d9a5a" d="M828 0h264v360H828z" />
            <path fill="#a04a9c" d="M1092 0h276v360h-276z" />
            <path fill="#b23a3e" d="M1368 0h276v360h-276z" />
            <path fill="#3b4fae" d="M1644 0h276v360h-276z" />
          </g>
          <path class="shape-accent" d="M0 348h1920v36H0z" />
        </Match>
        <Match when={props.type === 'screen-cover'}>
          <path class="shape-accent" d="M1920 240a840 840 0 0 0-840 840h840z" />
          <path class="shape-plate" d="M1920 540a540 540 0 0 0-540 540h540z" />
          <path class="shape-bright" d="M1920 840a240 240 0 0 0-240 240h240z" />
        </Match>
        <Match when={props.type === 'custom'}>
          <path class="shape-accent" d="M0 0h180v1080H0z" />
          <path class="shape-ink" d="M168 360h24v360h-24z" />
        </Match>
      </Switch>
    </svg>
  )
}
