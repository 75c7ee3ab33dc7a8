/** What stands on the picture until it is taken away: status bar and text, what is being coded, the music that plays. */
import { For, Show } from 'solid-js'
import type { StatusBar, StatusText } from '../../../contracts/display.ts'
import type { CodingState } from '../../../contracts/state/displays.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { createDraft, type Draft } from '../../state/create-draft.ts'
import { createTopic, useDashboard } from '../../state/dashboard.tsx'
import { clockDuration } from '../../state/format.ts'
import './displays.css'

const modeWords: Record<StatusBar['mode'], string> = {
  preshow: 'Pre-show',
  soapbox: 'Soapbox',
  game: 'Gaming',
  break: 'On break',
  outro: 'Outro',
  custom: 'My own words',
}
const placeWords: Record<StatusBar['position'], string> = { bottom: 'Above the bar', top: 'At the top' }
const sizeWords: Record<StatusText['fontSize'], string> = { small: 'Small', medium: 'Medium', large: 'Large' }
const comingWords: Record<StatusText['animation'], string> = {
  none: 'At once',
  fade: 'Fades in',
  slide: 'Slides in',
  typewriter: 'Is typed',
}

export function Displays(props: { command: Commander }) {
  const { hub } = useDashboard()
  const status = createTopic(hub, 'state:status')
  const coding = createTopic(hub, 'state:coding')
  return (
    <>
      <Show when={status()}>
        {(state) => (
          <>
            <Bar bar={state().bar} command={props.command} />
            <Text text={state().text} command={props.command} />
          </>
        )}
      </Show>
      <Show when={coding()}>{(state) => <Coding state={state()} command={props.command} />}</Show>
      <Music command={props.command} />
    </>
  )
}

function Bar(props: { bar: StatusBar; command: Commander }) {
  const { words, type, taken } = createDraft(() => props.bar.text ?? '')
  const show = async (mode: StatusBar['mode']) => {
    const said = words()
    if (await props.command.run('status.bar.set', { mode, text: said.trim() || null })) taken(said)
  }
  return (
    <section>
      <h3 class="display-title">Status bar</h3>
      <Field
        label="Words beside it"
        control={(ids) => (
          <input
            {...ids}
            class="input"
            maxLength={80}
            value={words()}
            onInput={(event) => type(event.currentTarget.value)}
          />
        )}
      />
      <div class="display-grid">
        <For each={Object.entries(modeWords) as [StatusBar['mode'], string][]}>
          {([mode, name]) => (
            <Button
              disabled={mode === 'custom' && words().trim() === ''}
              aria-pressed={props.bar.isVisible && props.bar.mode === mode}
              onClick={() => void show(mode)}
            >
              {name}
            </Button>
          )}
        </For>
      </div>
      <div class="form-row">
        <Choice
          label="Where the status bar stands"
          value={props.bar.position}
          options={placeWords}
          onChange={(position) =>
            void props.command.run('status.bar.set', { position, isVisible: props.bar.isVisible })
          }
        />
        <Button
          disabled={!props.bar.isVisible}
          onClick={() => void props.command.run('status.bar.set', { isVisible: false })}
        >
          Hide the status bar
        </Button>
      </div>
    </section>
  )
}

function Text(props: { text: StatusText; command: Commander }) {
  const { words, type, taken } = createDraft(() => props.text.text)
  const isSame = () => props.text.isVisible && words().trim() === props.text.text
  const show = async () => {
    const said = words()
    if (await props.command.run('status.text.set', { text: said })) taken(said)
  }
  const change = (next: Partial<StatusText>) =>
    void props.command.run('status.text.set', { ...next, isVisible: props.text.isVisible })
  return (
    <section>
      <h3 class="display-title">Text on the picture</h3>
      <form
        class="display-say"
        onSubmit={(event) => {
          event.preventDefault()
          if (words().trim() !== '') void show()
        }}
      >
        <input
          class="input"
          aria-label="Text on the picture"
          maxLength={200}
          value={words()}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <Button type="submit" disabled={words().trim() === '' || isSame()}>
          Show
        </Button>
      </form>
      <div class="form-row">
        <Choice
          label="Where the text stands"
          value={props.text.position}
          options={placeWords}
          onChange={(position) => change({ position })}
        />
        <Choice
          label="Size of the text"
          value={props.text.fontSize}
          options={sizeWords}
          onChange={(fontSize) => change({ fontSize })}
        />
        <Choice
          label="How the text comes"
          value={props.text.animation}
          options={comingWords}
          onChange={(animation) => change({ animation })}
        />
        <Button
          disabled={!props.text.isVisible}
          onClick={() => void props.command.run('status.text.set', { isVisible: false })}
        >
          Hide the text
        </Button>
      </div>
    </section>
  )
}

const codingLines = { task: 'Task', topic: 'Topic', status: 'How it goes' } as const
type CodingLine = keyof typeof codingLines

function Coding(props: { state: CodingState; command: Commander }) {
  const { now } = useDashboard()
  const drafts: Record<CodingLine, Draft> = {
    task: createDraft(() => props.state.task ?? ''),
    topic: createDraft(() => props.state.topic ?? ''),
    status: createDraft(() => props.state.status ?? ''),
  }
  const save = async () => {
    const said = Object.values(drafts).map((draft) => [draft, draft.words()] as const)
    const [task = null, topic = null, status = null] = said.map(([, words]) => words.trim() || null)
    if (!(await props.command.run('coding.set', { task, topic, status }))) return
    for (const [draft, words] of said) draft.taken(words)
  }
  return (
    <section>
      <h3 class="display-title">Coding</h3>
      <form
        class="display-form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <For each={Object.entries(codingLines) as [CodingLine, string][]}>
          {([line, name]) => (
            <Field
              label={name}
              control={(ids) => (
                <input
                  {...ids}
                  class="input"
                  maxLength={120}
                  value={drafts[line].words()}
                  onInput={(event) => drafts[line].type(event.currentTarget.value)}
                />
              )}
            />
          )}
        </For>
        <div class="form-row">
          <Button type="submit">Save what is coded</Button>
          <Show
            when={props.state.startedAt}
            fallback={
              <Button onClick={() => void props.command.run('coding.session.start', {})}>Start the clock</Button>
            }
          >
            {(startedAt) => (
              <>
                <Button onClick={() => void props.command.run('coding.session.stop', {})}>Stop the clock</Button>
                <span class="display-clock">{clockDuration(now() - startedAt())}</span>
              </>
            )}
          </Show>
        </div>
      </form>
    </section>
  )
}

function Music(props: { command: Commander }) {
  const { hub } = useDashboard()
  const nowPlaying = createTopic(hub, 'state:now-playing')
  return (
    <section>
      <h3 class="display-title">Now playing</h3>
      <Show
        when={nowPlaying()?.track}
        fallback={<p class="muted">Nothing. Any player can say what it plays by the command now-playing.set.</p>}
      >
        {(track) => (
          <div class="display-row">
            <p class="display-words clip">
              <b>{track().title}</b> {track().artist}
              {track().isPlaying ? '' : ' (paused)'}
            </p>
            <Button small onClick={() => void props.command.run('now-playing.clear', {})}>
              Take it away
            </Button>
          </div>
        )}
      </Show>
    </section>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  value: T
  options: Record<T, string>
  onChange: (value: T) => void
}

function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <select
      class="input display-choice"
      aria-label={props.label}
      onChange={(event) => props.onChange(event.currentTarget.value as T)}
    >
      <For each={Object.entries(props.options) as [T, string][]}>
        {([value, name]) => (
          <option value={value} selected={value === props.value}>
            {name}
          </option>
        )}
      </For>
    </select>
  )
}
