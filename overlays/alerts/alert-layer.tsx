/** The layer of alerts: shows what the queue plays, at the offset it is at. Owns no queue and no time of its own. */
import { createEffect, createSignal, For } from 'solid-js'
import type { AlertsState, PlayingAlert } from '../../contracts/state/alerts.ts'
import { AlertBanner } from './alert-banner.tsx'
import './alert-layer.css'
import { type Actor, createAlertPresenter } from './alert-presenter.ts'
import type { AlertSounds } from './alert-sounds.ts'

export interface AlertLayerProps {
  /** Undefined until the hub was heard once. */
  state: AlertsState | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  sounds: Pick<AlertSounds, 'play'>
}

export function AlertLayer(props: AlertLayerProps) {
  const [actors, setActors] = createSignal<readonly Actor[]>([])
  const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
  const presenter = createAlertPresenter({
    hubNow: () => props.hubNow(),
    onDidChange: setActors,
    onDidStart: (alert) => playSound(alert),
  })

  function playSound({ sound, volume }: PlayingAlert): void {
    const { muted = false, volume: master = 1 } = props.state?.sound ?? {}
    if (sound !== null && !muted) props.sounds.play(sound, volume * master)
  }

  createEffect(() => {
    if (props.state) presenter.update(props.state)
  })

  return (
    <div class="alert-layer">
      <For each={actors()}>
        {(actor) => (
          <AlertBanner
            actor={actor}
            hubNow={props.hubNow}
            reducedMotion={reducedMotion}
            onOver={() => presenter.over(actor)}
          />
        )}
      </For>
    </div>
  )
}
