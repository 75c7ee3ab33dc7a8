/** The inputs that have sound: mute, volume, and a meter while the panel is shown. */
import { createEffect, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import type { ObsInput, ObsMeters } from '../../../contracts/state/obs.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { decibels } from '../../state/format.ts'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'
import { createSteadySender } from './steady-sender.ts'
import './audio-panel.css'

export function AudioPanel() {
  const { obs } = useDashboard()
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  const names = () => (obs()?.inputs ?? []).map((input) => input.name)
  const levels = createLevels()
  return (
    <Panel title="Audio" area="audio" unavailable={unavailable()} mendHref={mend()} command={command}>
      <Show
        when={names().length > 0}
        fallback={
          <Show when={obs()}>
            <EmptyState title="No audio inputs">Microphones and desktop sound of OBS appear here.</EmptyState>
          </Show>
        }
      >
        <ul class="inputs scroll">
          <For each={names()}>
            {(name) => (
              <Show when={obs()?.inputs.find((input) => input.name === name)}>
                {(input) => <InputRow input={input()} command={command} onMeter={(bar) => levels.show(name, bar)} />}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </Panel>
  )
}

function InputRow(props: { input: ObsInput; command: Commander; onMeter: (bar: HTMLElement) => void }) {
  const [dragged, setDragged] = createSignal<number | null>(null)
  const shown = () => dragged() ?? props.input.volumeDb
  const sender = createSteadySender(async (volumeDb: number) => {
    const result = await props.command.run('obs.input.volume.set', { input: props.input.name, volumeDb })
    if (!result) setDragged(null)
  })
  onCleanup(() => sender.dispose())
  let meter: HTMLElement | undefined
  onMount(() => meter && props.onMeter(meter))
  /** OBS's own value takes over again once it has caught up with the thumb. */
  createEffect(() => {
    if (dragged() !== null && Math.abs((dragged() ?? 0) - props.input.volumeDb) < 0.1) setDragged(null)
  })
  return (
    <li class="input-row" data-muted={props.input.muted ? '' : undefined}>
      <Button
        class="input-mute"
        aria-pressed={props.input.muted}
        aria-label={`Mute ${props.input.name}`}
        onClick={() => void props.command.run('obs.input.mute', { input: props.input.name, muted: !props.input.muted })}
      >
        <Icon name={props.input.muted ? 'muted' : 'speaker'} />
        {props.input.muted ? 'Muted' : 'On'}
      </Button>
      <div class="input-main">
        <div class="input-head">
          <span class="clip">{props.input.name}</span>
          <span class="input-db">{decibels(shown())}</span>
        </div>
        <input
          type="range"
          min="-60"
          max="0"
          step="0.5"
          value={Math.max(-60, Math.min(0, shown()))}
          aria-label={`Volume of ${props.input.name}`}
          aria-valuetext={decibels(shown())}
          onInput={(event) => {
            const volumeDb = volumeOf(event.currentTarget.valueAsNumber)
            setDragged(volumeDb)
            sender.send(volumeDb)
          }}
        />
        <i ref={meter} class="meter" aria-hidden="true" />
      </div>
    </li>
  )
}

/** The slider's lowest step is silence. */
function volumeOf(position: number): number {
  return position <= -60 ? -100 : position
}

/** Draws `meters:obs` straight onto the bars: 20 values a second need no re-rendering. */
function createLevels(): { show(name: string, bar: HTMLElement): void } {
  const { hub } = useDashboard()
  const bars = new Map<string, HTMLElement>()
  const subscription = hub.signal('meters:obs', (_event, payload) => {
    for (const input of (payload as ObsMeters).inputs ?? []) {
      const peak = Math.max(0, ...input.levels.map((channel) => channel[1] ?? 0))
      bars.get(input.name)?.style.setProperty('--level', String(meterShare(peak)))
    }
  })
  onCleanup(() => subscription.dispose())
  return { show: (name, bar) => bars.set(name, bar) }
}

/** A multiplier as a share of a 60 dB scale. */
function meterShare(multiplier: number): number {
  if (multiplier <= 0.001) return 0
  return Math.min(1, 1 + (20 * Math.log10(multiplier)) / 60)
}
