/** The volume of all alerts, and their mute. */
import { Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'

export function AlertSound(props: { command: Commander }) {
  const { alerts } = useDashboard()
  return (
    <Show when={alerts()?.sound}>
      {(sound) => (
        <>
          <label class="alert-volume">
            <span class="muted">Volume</span>
            <input
              type="range"
              min="0"
              max="1"
              step="0.05"
              value={sound().volume}
              aria-valuetext={`${Math.round(sound().volume * 100)} %`}
              onChange={(event) =>
                void props.command.run('alert.sound.set', {
                  muted: sound().muted,
                  volume: event.currentTarget.valueAsNumber,
                })
              }
            />
          </label>
          <Button
            small
            aria-pressed={sound().muted}
            onClick={() => void props.command.run('alert.sound.set', { muted: !sound().muted, volume: sound().volume })}
          >
            <Icon name={sound().muted ? 'muted' : 'speaker'} />
            {sound().muted ? 'Alerts muted' : 'Alerts audible'}
          </Button>
        </>
      )}
    </Show>
  )
}
