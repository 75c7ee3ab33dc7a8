/**
 * What music plays: a card on the right edge above the omnibar; in the IronMON show beside its rail, at the top. It is
 * there while something plays and a moment longer, for a player that has gone silent must not leave its last track there.
 * How far it is is counted here, once a second, from what the state says of one moment.
 */
import { createEffect, createMemo, createSignal, onCleanup, Show } from 'solid-js'
import type { Track } from '../../contracts/display.ts'
import type { NowPlayingState } from '../../contracts/state/displays.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { createHubSecond } from '../hub-tick.ts'
import { EdgePanel } from '../layer/edge-panel.tsx'
import { createMotionTally } from '../layer/motion-tally.ts'
import { clockWords } from '../omnibar/omnibar-words.ts'
import { FittedText } from '../text/fitted-text.tsx'
import './now-playing.css'

export interface NowPlayingLayerProps {
  /** Undefined until the hub was heard once. */
  show: CurrentShow | undefined
  /** Undefined until the hub was heard once. */
  state: NowPlayingState | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

/** A track that is over stays so long, for the next one to be told of. */
const GRACE_MS = 10_000
const WIDTH = 396
const WIDTH_BESIDE_ARTWORK = 288

export function NowPlayingLayer(props: NowPlayingLayerProps) {
  const tally = createMotionTally((animating) => props.onAnimating(animating))
  const [isOver, setOver] = createSignal(false)
  let ending: ReturnType<typeof setTimeout> | undefined
  createEffect(() => {
    const track = props.state?.track
    clearTimeout(ending)
    const leftMs = track ? remainingMs(track, props.hubNow()) + GRACE_MS : Number.POSITIVE_INFINITY
    setOver(leftMs <= 0)
    if (leftMs > 0 && Number.isFinite(leftMs)) ending = setTimeout(() => setOver(true), leftMs)
  })
  onCleanup(() => clearTimeout(ending))
  const content = createMemo(() => {
    const track = props.state?.track
    return track?.isPlaying && !isOver() ? track : null
  })
  return (
    <div class="now-playing-layer" data-show={props.show?.theme} style={accentStyle(props.show)}>
      <EdgePanel
        content={content()}
        edge={props.show?.theme === 'ironmon' ? 'top' : 'right'}
        class="now-playing"
        onMotion={tally.of('card')}
      >
        {(track) => <Card track={track()} hubNow={props.hubNow} />}
      </EdgePanel>
    </div>
  )
}

/** Of its end; endless where none is known. */
function remainingMs({ durationMs, positionMs, at, isPlaying }: Track, now: number): number {
  if (durationMs === null || !isPlaying) return Number.POSITIVE_INFINITY
  return durationMs - positionMs - (now - at)
}

function Card(props: { track: Track; hubNow: () => number }) {
  const artwork = createMemo(() => {
    const { artwork } = props.track
    return artwork ? `data:${artwork.type};base64,${artwork.data}` : null
  })
  const [broken, setBroken] = createSignal<string>()
  const picture = () => (artwork() === broken() ? null : artwork())
  const width = () => (picture() ? WIDTH_BESIDE_ARTWORK : WIDTH)
  return (
    <>
      <Show when={picture()}>
        {(source) => <img class="now-artwork" src={source()} alt="" onError={() => setBroken(source())} />}
      </Show>
      <div class="now-words">
        <FittedText text={props.track.title} maxWidth={width()} sizePx={30} />
        <Show when={props.track.artist || props.track.source}>
          {(artist) => <FittedText text={artist()} maxWidth={width()} sizePx={24} weight="text" />}
        </Show>
        <Show when={props.track.durationMs}>
          {(durationMs) => <Progress track={props.track} durationMs={durationMs()} hubNow={props.hubNow} />}
        </Show>
      </div>
    </>
  )
}

function Progress(props: { track: Track; durationMs: number; hubNow: () => number }) {
  const now = createHubSecond(props.hubNow, () => props.track.at - props.track.positionMs)
  const elapsed = () => Math.min(props.durationMs, props.track.positionMs + Math.max(0, now() - props.track.at))
  return (
    <div class="now-progress">
      <div class="now-track">
        <div class="now-track-fill" style={{ transform: `scaleX(${elapsed() / props.durationMs})` }} />
      </div>
      <span class="now-left">{clockWords(props.durationMs - elapsed())}</span>
    </div>
  )
}
