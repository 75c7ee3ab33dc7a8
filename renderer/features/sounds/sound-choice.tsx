/** The choice of a sound for a rule: none, a tone, or one of the streamer's own; with a button to hear it. */
import { createSignal, For, Show } from 'solid-js'
import { builtInSounds, isBuiltInSound } from '../../../contracts/sound-player.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { toneWords } from './sound-words.ts'
import './sounds.css'

interface SoundChoiceProps {
  value: string | null
  volume: number
  command: Commander
  /** In a form that is read as a whole. */
  name?: string
  onChange?: (sound: string | null) => void
}

export function SoundChoice(props: SoundChoiceProps) {
  const { sounds } = useDashboard()
  const [own, setOwn] = createSignal(props.value)
  /** A form that is read as a whole holds nothing meanwhile. */
  const chosen = () => (props.onChange ? props.value : own())
  const imported = () => sounds()?.imported ?? []
  const isGone = () => {
    const sound = chosen()
    return (
      sound !== null && !isBuiltInSound(sound) && sounds() !== undefined && !imported().some(({ id }) => id === sound)
    )
  }
  const choose = (value: string) => {
    const sound = value === '' ? null : value
    setOwn(sound)
    props.onChange?.(sound)
  }
  return (
    <Field
      label="Sound"
      fault={isGone() ? 'This sound was removed: the rule is silent. Choose another.' : undefined}
      control={(ids) => (
        <div class="sound-choice">
          <select {...ids} class="input" name={props.name} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="" selected={chosen() === null}>
              None
            </option>
            <optgroup label="Tones">
              <For each={builtInSounds}>
                {(tone) => (
                  <option value={tone} selected={chosen() === tone}>
                    {toneWords[tone]}
                  </option>
                )}
              </For>
            </optgroup>
            <Show when={imported().length > 0}>
              <optgroup label="Yours">
                <For each={imported()}>
                  {({ id, name }) => (
                    <option value={id} selected={chosen() === id}>
                      {name}
                    </option>
                  )}
                </For>
              </optgroup>
            </Show>
            <Show when={isGone()}>
              <option value={chosen() ?? ''} selected>
                Removed
              </option>
            </Show>
          </select>
          <Button
            aria-label="Play this sound"
            disabled={chosen() === null || isGone()}
            onClick={() => {
              const sound = chosen()
              if (sound !== null) void props.command.run('sound.play', { sound, volume: props.volume })
            }}
          >
            <Icon name="play" />
          </Button>
        </div>
      )}
    />
  )
}
