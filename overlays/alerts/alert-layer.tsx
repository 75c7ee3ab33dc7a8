/** The layer of alerts: shows what the queue plays, at the offset it is at. Owns no queue and no time of its own. */
import { createEffect, createSignal, For } from 'solid-js'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { AlertBanner } from './alert-banner.tsx'
import './alert-layer.css'
import { type Actor, createAlertPresenter } from './alert-presenter.ts'

export interface AlertLayerProps {
  /** Undefined until the hub was heard once. */
  state: AlertsState | undefined
  /** Whose colours it wears. */
  show?: CurrentShow | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  /** Hears when something on it begins to move, and when everything stands still again. */
  onAnimating?: ((animating: boolean) => void) | undefined
}

export function AlertLayer(props: AlertLayerProps) {
  const [actors, setActors] = createSignal<readonly Actor[]>([])
  const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
  const presenter = createAlertPresenter({
    hubNow: () => props.hubNow(),
    onDidChange: setActors,
  })

  const moving = new Set<Actor>()
  function onMotion(actor: Actor, isMoving: boolean): void {
    const before = moving.size > 0
    if (isMoving) moving.add(actor)
    else moving.delete(actor)
    if (moving.size > 0 !== before) props.onAnimating?.(!before)
  }

  createEffect(() => {
    if (props.state) presenter.update(props.state)
  })

  return (
    <div class="alert-layer" data-show={props.show?.theme} style={accentStyle(props.show)}>
      <For each={actors()}>
        {(actor) => (
          <AlertBanner
            actor={actor}
            hubNow={props.hubNow}
            reducedMotion={reducedMotion}
            onMotion={(isMoving) => onMotion(actor, isMoving)}
            onOver={() => presenter.over(actor)}
          />
        )}
      </For>
    </div>
  )
}
