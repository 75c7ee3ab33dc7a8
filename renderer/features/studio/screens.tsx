/** What viewers see, and what they would see next: a still of each, taken anew when its scene changes or when asked. */
import { type ParentProps, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { shortDuration } from '../../state/format.ts'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'
import { createStill } from './create-still.ts'
import { saveScreenshot } from './save-screenshot.ts'

export function ProgramScreen() {
  const { obs } = useDashboard()
  const scene = () => obs()?.scenes.current ?? null
  const unavailable = obsUnavailable()
  const live = () => unavailable() === null && obs()?.streaming.active === true
  return <Screen title="Program" area="program" scene={scene()} word={live() ? 'On air' : null} />
}

export function PreviewScreen() {
  const { obs } = useDashboard()
  const command = createCommand()
  const isOn = () => obs()?.studioMode.enabled ?? false
  return (
    <Show
      when={isOn()}
      fallback={
        <OffScreen command={command}>
          <p class="screen-words-title">Studio mode is off</p>
          <p>With it, a scene you press waits here until you take it to program.</p>
          <Button
            disabled={obs() === undefined}
            busy={command.pending() !== null}
            onClick={() => void command.run('obs.studio-mode.set', { enabled: true })}
          >
            Turn studio mode on
          </Button>
        </OffScreen>
      }
    >
      <Screen title="Preview" area="preview" scene={obs()?.scenes.preview ?? null} word={null} />
    </Show>
  )
}

function OffScreen(props: ParentProps<{ command: Commander }>) {
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  return (
    <Panel title="Preview" area="preview" unavailable={unavailable()} mendHref={mend()} command={props.command}>
      <div class="screen" data-off="">
        <div class="screen-words">{props.children}</div>
      </div>
    </Panel>
  )
}

interface ScreenProps {
  title: 'Program' | 'Preview'
  area: string
  scene: string | null
  word: string | null
}

function Screen(props: ScreenProps) {
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  const still = createStill(
    () => props.scene,
    () => unavailable() === null,
  )
  return (
    <Panel
      title={props.title}
      area={props.area}
      unavailable={unavailable()}
      mendHref={mend()}
      command={command}
      actions={
        <>
          <Button
            small
            tone="quiet"
            disabled={props.scene === null}
            busy={still.isTaking()}
            aria-label={`Take a new still of ${props.title.toLowerCase()}`}
            title="Take a new still"
            onClick={() => still.take()}
          >
            <Icon name="replay" />
          </Button>
          <Button
            small
            disabled={props.scene === null}
            busy={command.pending() !== null}
            aria-label={`Save a screenshot of ${props.title.toLowerCase()}`}
            onClick={() => void saveScreenshot(command, props.scene)}
          >
            Screenshot
          </Button>
        </>
      }
    >
      <div class="screen">
        <Show when={still.image()}>
          {(image) => <img class="screen-image" src={image()} alt={`${props.title}: ${props.scene ?? ''}`} />}
        </Show>
        <ScreenWords
          {...props}
          isTaking={still.isTaking()}
          hasImage={still.image() !== null}
          problem={still.problem()}
        />
      </div>
      <p class="screen-foot">
        <b class="clip">{props.scene ?? 'No scene'}</b>
        <Show when={props.word}>
          <span class="screen-live">{props.word}</span>
        </Show>
        <Show when={still.image()}>
          <Age takenAt={still.takenAt()} />
        </Show>
      </p>
    </Panel>
  )
}

function Age(props: { takenAt: number }) {
  const { now } = useDashboard()
  return <span class="screen-age">Still, {shortDuration(now() - props.takenAt)} ago</span>
}

function ScreenWords(props: { scene: string | null; isTaking: boolean; hasImage: boolean; problem: string | null }) {
  const words = () => {
    if (props.problem !== null) return `No picture: ${props.problem}`
    if (props.hasImage) return null
    if (props.scene === null) return 'OBS has told of no scene yet.'
    return props.isTaking ? 'Taking a still…' : null
  }
  return (
    <Show when={words()}>
      {(said) => (
        <p class="screen-words" role="status">
          {said()}
        </p>
      )}
    </Show>
  )
}
