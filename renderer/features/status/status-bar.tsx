/** What is live, on every page and at every size: on air, recording, dropped frames, links, and the alert now playing. */
import { createMemo, Show } from 'solid-js'
import { StatusMark } from '../../components/status-mark.tsx'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration, count, counted, percent } from '../../state/format.ts'
import { fleetWords } from '../fleet/fleet-words.ts'
import { hubWords, type LinkWords, obsWords, twitchWords } from './link-words.ts'
import { NowPlaying } from './now-playing.tsx'
import './status-bar.css'

export function StatusBar() {
  return (
    <section class="status" aria-label="What is live">
      <OnAir />
      <Recording />
      <Dropped />
      <Links />
      <NowPlaying />
    </section>
  )
}

/** Without OBS, what it did last is told as what it was: nobody must take it for what is. */
function createKnown(): () => boolean {
  const { obs, online } = useDashboard()
  return () => online() && obs()?.connection.status === 'connected'
}

function OnAir() {
  const { obs, twitch, now } = useDashboard()
  const known = createKnown()
  const streaming = () => obs()?.streaming
  const live = () => known() && streaming()?.active === true
  const word = () => {
    if (!streaming()) return 'Loading'
    if (!streaming()?.active) return 'Off air'
    if (!known()) return 'Was on air'
    return streaming()?.reconnecting ? 'Reconnecting' : 'On air'
  }
  return (
    <div class="tile" data-live={live() ? '' : undefined}>
      <span class="tile-word">
        <Show when={live()}>
          <i class="tally" aria-hidden="true" />
        </Show>
        {word()}
      </span>
      <Show when={live()}>
        <span class="tile-figure">{clockDuration(now() - (streaming()?.startedAt ?? now()))}</span>
        <Show when={twitch()?.stream.viewers}>
          {(viewers) => <span class="tile-note">{counted(viewers(), 'viewer')}</span>}
        </Show>
      </Show>
    </div>
  )
}

function Recording() {
  const { obs, now } = useDashboard()
  const known = createKnown()
  const recording = () => obs()?.recording
  const running = () => known() && recording()?.active === true && !recording()?.paused
  const word = () => {
    if (!recording()) return 'Loading'
    if (!recording()?.active) return 'Not recording'
    if (!known()) return 'Was recording'
    return recording()?.paused ? 'Recording paused' : 'Recording'
  }
  return (
    <div class="tile" data-on={known() && recording()?.active ? '' : undefined}>
      <span class="tile-word">
        <Show when={running()}>
          <i class="tally" data-recording aria-hidden="true" />
        </Show>
        {word()}
      </span>
      <Show when={running()}>
        <span class="tile-figure">{clockDuration(now() - (recording()?.startedAt ?? now()))}</span>
      </Show>
    </div>
  )
}

/** A share of frames that viewers notice. */
const NOTICEABLE_SHARE = 0.01

function Dropped() {
  const { obs } = useDashboard()
  const known = createKnown()
  const streaming = () => obs()?.streaming
  const bad = () => {
    const now = streaming()
    return now?.active === true && now.totalFrames > 0 && now.skippedFrames / now.totalFrames >= NOTICEABLE_SHARE
  }
  return (
    <Show when={known() && streaming()?.active && streaming()}>
      {(now) => (
        <div class="tile" data-figure data-bad={bad() ? '' : undefined}>
          <span class="tile-word">{bad() ? 'Dropping' : 'Dropped'}</span>
          <span class="tile-figure">{percent(now().skippedFrames, now().totalFrames)}</span>
          <span class="tile-note">{count(now().skippedFrames)} frames</span>
        </div>
      )}
    </Show>
  )
}

function Links() {
  const { obs, twitch, link, fleet, now } = useDashboard()
  const machines = createMemo(() => fleetWords(fleet()))
  return (
    <ul class="links" aria-label="Links">
      <Link name="OBS" words={obsWords(obs(), now())} href="#set-up/obs" />
      <Link name="Twitch" words={twitchWords(twitch(), now())} href="#set-up/twitch" />
      <Show when={machines()}>{(words) => <Link name="Machines" words={words()} href={words().href} isBrief />}</Show>
      <Link name="Hub" words={hubWords(link(), now())} href="#set-up/modules" />
    </ul>
  )
}

/** `isBrief`: where room is short and something is wrong, the words alone say what. */
function Link(props: { name: string; words: LinkWords; href: string; isBrief?: boolean }) {
  return (
    <li>
      <a
        class="link"
        href={props.href}
        data-tone={props.words.tone}
        data-brief={props.isBrief ? '' : undefined}
        title={props.words.reason ?? undefined}
      >
        <StatusMark tone={props.words.tone} />
        <span class="link-name">{props.name}</span>
        <span class="link-word">{props.words.word}</span>
      </a>
    </li>
  )
}
