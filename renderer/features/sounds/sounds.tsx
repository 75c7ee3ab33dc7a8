/** The streamer's own sounds: bring them in by choosing or dropping files, hear, rename and remove them. */
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { ImportedSound } from '../../../contracts/sound.ts'
import { builtInSounds } from '../../../contracts/sound-player.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { HoldButton } from '../../components/hold-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { createImport, type FileImport } from './create-import.ts'
import { soundFacts, toneWords, usesInWords } from './sound-words.ts'
import './sounds.css'

/** What browsers decode; the words behind the file's ending are not believed. */
const ACCEPTED = '.wav,.mp3,.ogg,.oga,.opus,.flac,.m4a,.aac,audio/*'

export function Sounds(props: { tabs: JSX.Element }) {
  const { sounds } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Sounds" area="rules" unavailable={unavailable()} command={command} actions={props.tabs}>
      <Show when={sounds()} fallback={<p class="muted">Waiting for the sounds…</p>}>
        {(state) => (
          <div class="sounds scroll">
            <Import />
            <section>
              <h3 class="sounds-title">Yours</h3>
              <Show
                when={state().imported.length > 0}
                fallback={
                  <EmptyState title="No sounds of your own yet">
                    Bring one in above. It is made as loud as every other, and can then be chosen in the rules.
                  </EmptyState>
                }
              >
                <ul>
                  <For each={state().imported}>
                    {(sound) => (
                      <SoundRow
                        sound={sound}
                        uses={state().uses.filter((use) => use.sound === sound.id)}
                        command={command}
                      />
                    )}
                  </For>
                </ul>
              </Show>
            </section>
            <section>
              <h3 class="sounds-title">Tones that are always there</h3>
              <ul>
                <For each={builtInSounds}>
                  {(tone) => (
                    <li class="sound-row">
                      <PlayButton sound={tone} name={toneWords[tone]} command={command} />
                      <p class="sound-words">{toneWords[tone]}</p>
                    </li>
                  )}
                </For>
              </ul>
            </section>
            <p class="muted">Sounds play where your alerts are heard, at the volume of all alerts.</p>
          </div>
        )}
      </Show>
    </Panel>
  )
}

function Import() {
  const unavailable = hubUnavailable()
  const { files, add } = createImport()
  const [over, setOver] = createSignal(false)
  let input: HTMLInputElement | undefined
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!unavailable()) add([...(event.dataTransfer?.files ?? [])])
  }
  return (
    <section>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for pointers only; the button does the same. */}
      <div
        class="sound-drop"
        data-over={over() ? '' : undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          ref={input}
          type="file"
          class="visually-hidden"
          aria-label="Sound files"
          tabindex="-1"
          multiple
          accept={ACCEPTED}
          onChange={(event) => {
            add([...(event.currentTarget.files ?? [])])
            event.currentTarget.value = ''
          }}
        />
        <Button tone="primary" onClick={() => input?.click()}>
          <Icon name="plus" /> Choose files
        </Button>
        <p class="muted">or drop them here. WAV, MP3, OGG, FLAC or M4A, up to 20 seconds.</p>
      </div>
      <ul class="sound-files" aria-live="polite">
        <For each={files()}>{(file) => <FileLine file={file} />}</For>
      </ul>
    </section>
  )
}

const stepWords: Record<FileImport['step'], string> = {
  waiting: 'Waits',
  reading: 'Reading…',
  measuring: 'Measuring…',
  done: 'Imported',
  failed: 'Not imported',
}

function FileLine(props: { file: FileImport }) {
  return (
    <li class="sound-file" data-step={props.file.step}>
      <Show when={props.file.step === 'done'}>
        <Icon name="check" />
      </Show>
      <Show when={props.file.step === 'failed'}>
        <Icon name="warning" />
      </Show>
      <p>
        <b>{props.file.file}</b> {stepWords[props.file.step]}
        <Show when={props.file.said}>: {props.file.said}</Show>
      </p>
    </li>
  )
}

function SoundRow(props: { sound: ImportedSound; uses: readonly SoundUse[]; command: Commander }) {
  const [editing, setEditing] = createSignal(false)
  let wasOpen = false
  const close = () => {
    wasOpen = true
    setEditing(false)
  }
  const save = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    const done = name === props.sound.name || (await props.command.run('sound.rename', { id: props.sound.id, name }))
    if (done) close()
  }
  const used = () => usesInWords(props.uses)
  return (
    <li class="sound-row">
      <PlayButton sound={props.sound.id} name={props.sound.name} command={props.command} />
      <Show
        when={editing()}
        fallback={
          <>
            <div class="sound-words">
              <p class="clip">{props.sound.name}</p>
              <p class="sound-note">{soundFacts(props.sound)}</p>
              <Show when={used()}>
                <p class="sound-note">{used()}</p>
              </Show>
            </div>
            <Button
              tone="quiet"
              small
              aria-label={`Rename ${props.sound.name}`}
              ref={(button) => wasOpen && focusSoon(button)}
              onClick={() => setEditing(true)}
            >
              Rename
            </Button>
            <HoldButton
              label={`Remove ${props.sound.name}`}
              consequence={used() ? `${used()}, silent from then on.` : 'No rule uses it. It has to be imported anew.'}
              small
              onConfirmed={() => void props.command.run('sound.remove', { id: props.sound.id, evenIfUsed: true })}
            >
              Hold to remove
            </HoldButton>
          </>
        }
      >
        <form class="sound-rename" onSubmit={(event) => void save(event)}>
          <input
            class="input"
            name="name"
            aria-label="Name of the sound"
            maxlength={60}
            required
            value={props.sound.name}
            ref={(element) => queueMicrotask(() => element.select())}
            onKeyDown={(event) => event.key === 'Escape' && close()}
          />
          <Button type="submit" small tone="primary">
            Save
          </Button>
          <Button small onClick={close}>
            Cancel
          </Button>
        </form>
      </Show>
    </li>
  )
}

function PlayButton(props: { sound: string; name: string; command: Commander }) {
  return (
    <Button
      small
      aria-label={`Play ${props.name}`}
      onClick={() => void props.command.run('sound.play', { sound: props.sound })}
    >
      <Icon name="play" />
    </Button>
  )
}
