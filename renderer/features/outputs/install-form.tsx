/** Puts the overlay into a scene of OBS, with the right size and address. */
import { createSignal, For, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { obsUnavailable } from '../status/obs-unavailable.ts'

export function InstallForm(props: { output: string; command: Commander; onInstalled?: () => void }) {
  const { obs } = useDashboard()
  const unavailable = obsUnavailable()
  const [said, setSaid] = createSignal('')
  let select: HTMLSelectElement | undefined
  let waySelect: HTMLSelectElement | undefined
  const install = async (event: SubmitEvent) => {
    event.preventDefault()
    const scene = select?.value ?? ''
    setSaid('')
    const way = waySelect?.value === 'live' ? 'live' : 'overlay'
    const result = await props.command.run('obs.browser-source.install', { scene, output: props.output, way })
    if (!result) return
    setSaid(result.created ? `Installed into “${scene}”.` : `It was in “${scene}” already; its settings are right now.`)
    props.onInstalled?.()
  }
  return (
    <Show
      when={unavailable() === null}
      fallback={
        <p class="muted">
          {unavailable()}. <a href="#set-up/obs">Connect OBS</a> first, or copy the address and add the source by hand.
        </p>
      }
    >
      <form class="form-row" onSubmit={(event) => void install(event)}>
        <select ref={select} class="input install-scene" aria-label="Scene">
          <For each={obs()?.scenes.list ?? []}>
            {(scene) => (
              <option value={scene} selected={scene === obs()?.scenes.current}>
                {scene}
              </option>
            )}
          </For>
        </select>
        <select ref={waySelect} class="input" aria-label="How OBS shows it">
          <option value="overlay">OBS renders it</option>
          <option value="live">Landale renders it once</option>
        </select>
        <Button tone="primary" type="submit" busy={props.command.pending() === 'obs.browser-source.install'}>
          Install into OBS
        </Button>
        <span class="muted" role="status">
          {said()}
        </span>
      </form>
    </Show>
  )
}
