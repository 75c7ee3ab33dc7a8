/** The scenes as a button grid. In studio mode a press sets the preview and "Take" puts it on program. */
import { For, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'
import './scene-panel.css'

/** `hasTake`: nothing beside it takes the preview to program. */
export function ScenePanel(props: { hasTake?: boolean }) {
  const { obs } = useDashboard()
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  const studio = () => obs()?.studioMode.enabled ?? false
  const press = (scene: string) =>
    studio() ? command.run('obs.preview.set', { scene }) : command.run('obs.scene.set', { scene })
  return (
    <Panel
      title="Scenes"
      area="scenes"
      unavailable={unavailable()}
      mendHref={mend()}
      command={command}
      actions={
        <>
          <label class="check">
            <input
              type="checkbox"
              checked={studio()}
              onChange={(event) => void command.run('obs.studio-mode.set', { enabled: event.currentTarget.checked })}
            />
            Studio mode
          </label>
          <Show when={props.hasTake && studio()}>
            <Button tone="primary" small onClick={() => void command.run('obs.preview.take', {})}>
              Take preview
            </Button>
          </Show>
        </>
      }
    >
      <SceneGrid onPress={(scene) => void press(scene)} />
    </Panel>
  )
}

function SceneGrid(props: { onPress: (scene: string) => void }) {
  const { obs } = useDashboard()
  const scenes = () => obs()?.scenes.list ?? []
  return (
    <Show
      when={scenes().length > 0}
      fallback={
        <Show when={obs()}>
          <EmptyState title="No scenes yet" action={<a href="#set-up/obs">Connect OBS</a>}>
            Each scene of OBS becomes a button here.
          </EmptyState>
        </Show>
      }
    >
      <div class="scenes" role="toolbar" aria-label="Scenes, keys 1 to 9" onKeyDown={pressDigit}>
        <For each={scenes()}>
          {(scene, index) => <SceneButton scene={scene} number={index() + 1} onPress={() => props.onPress(scene)} />}
        </For>
      </div>
    </Show>
  )
}

function SceneButton(props: { scene: string; number: number; onPress: () => void }) {
  const { obs } = useDashboard()
  const isProgram = () => obs()?.scenes.current === props.scene
  const isPreview = () => (obs()?.studioMode.enabled ?? false) && obs()?.scenes.preview === props.scene
  const word = () => {
    if (isProgram()) return obs()?.streaming.active ? 'On air' : 'Program'
    return isPreview() ? 'Preview' : null
  }
  return (
    <button
      type="button"
      class="scene"
      data-program={isProgram() ? '' : undefined}
      data-live={isProgram() && obs()?.streaming.active ? '' : undefined}
      data-preview={isPreview() ? '' : undefined}
      aria-pressed={isProgram()}
      onClick={() => props.onPress()}
    >
      <span class="scene-name">{props.scene}</span>
      <span class="scene-foot">
        <Show when={word()}>{(text) => <span class="scene-word">{text()}</span>}</Show>
        <Show when={props.number <= 9}>
          <kbd class="scene-key">{props.number}</kbd>
        </Show>
      </span>
    </button>
  )
}

/** 1 to 9 press a scene, arrows move; only while the grid has the focus, so that typing elsewhere switches nothing. */
function pressDigit(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')]
  const here = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
  const step = steps[event.key]
  if (step !== undefined) {
    buttons[(here + step + buttons.length) % buttons.length]?.focus()
    event.preventDefault()
    return
  }
  if (/^[1-9]$/.test(event.key)) buttons[Number(event.key) - 1]?.click()
}
