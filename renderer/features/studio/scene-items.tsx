/** What is in a scene, uppermost first, each shown or hidden by a press. Follows what comes next, unless a scene is chosen. */
import { createSignal, For, Show } from 'solid-js'
import type { ObsSceneItem } from '../../../contracts/state/obs.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'

/** No scene is called so: those of OBS have a name. */
const FOLLOW = ''

export function SceneItems() {
  const { obs } = useDashboard()
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  const [chosen, setChosen] = createSignal(FOLLOW)
  const followed = () => {
    const { preview, current } = obs()?.scenes ?? { preview: null, current: null }
    return obs()?.studioMode.enabled ? { word: 'Preview', scene: preview } : { word: 'Program', scene: current }
  }
  const scenes = () => obs()?.scenes.list ?? []
  /** A scene that is removed, or has another name now, is followed no longer. */
  const kept = () => (scenes().includes(chosen()) ? chosen() : FOLLOW)
  const scene = () => (kept() === FOLLOW ? followed().scene : kept())
  const items = () => obs()?.sceneItems[scene() ?? ''] ?? []
  return (
    <Panel
      title="Items"
      area="items"
      unavailable={unavailable()}
      mendHref={mend()}
      command={command}
      actions={
        <select
          class="input scene-pick"
          data-small=""
          aria-label="Items of which scene"
          disabled={scenes().length === 0}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          <option value={FOLLOW} selected={kept() === FOLLOW}>
            {followed().word}: {followed().scene ?? 'none'}
          </option>
          <For each={scenes()}>
            {(name) => (
              <option value={name} selected={kept() === name}>
                {name}
              </option>
            )}
          </For>
        </select>
      }
    >
      <Show
        when={items().length > 0}
        fallback={
          <Show when={obs()}>
            <EmptyState title={scene() === null ? 'No scene' : 'Nothing in this scene'}>
              What OBS draws in a scene is listed here, to be shown or hidden.
            </EmptyState>
          </Show>
        }
      >
        <ul class="items scroll" aria-label={`Items of ${scene()}, uppermost first`}>
          <For each={items().map(({ itemId }) => itemId)}>
            {(itemId) => (
              <Show when={items().find((item) => item.itemId === itemId)}>
                {(item) => <ItemRow scene={scene() ?? ''} item={item()} command={command} />}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </Panel>
  )
}

function ItemRow(props: { scene: string; item: ObsSceneItem; command: Commander }) {
  const press = () =>
    void props.command.run('obs.scene-item.visibility.set', {
      scene: props.scene,
      itemId: props.item.itemId,
      visible: !props.item.visible,
    })
  return (
    <li class="item-row" data-hidden={props.item.visible ? undefined : ''}>
      <span class="item-words">
        <span class="item-name clip">{props.item.source}</span>
        <span class="item-kind clip">{kindWords(props.item.kind)}</span>
      </span>
      <Button
        class="item-eye"
        aria-pressed={props.item.visible}
        aria-label={`Show ${props.item.source}`}
        onClick={press}
      >
        <Icon name={props.item.visible ? 'eye' : 'eye-off'} />
        {props.item.visible ? 'Shown' : 'Hidden'}
      </Button>
    </li>
  )
}

/** `browser_source` and `color_source_v3` in words: OBS tells kinds, not what it calls them on screen. */
function kindWords(kind: string | null): string {
  if (kind === null) return 'Scene or group'
  const words = kind.replace(/_v\d+$/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
