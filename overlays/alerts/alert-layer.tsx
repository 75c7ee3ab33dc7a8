/** The layer of alerts: shows what the queue plays, at the offset it is at. Owns no queue and no time of its own. */
import { createEffect, createSignal, For } from 'solid-js'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { createMotionTally } from '../layer/motion-tally.ts'
import { reducesMotion } from '../reduced-motion.ts'
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
  const presenter = createAlertPresenter({
    hubNow: () => props.hubNow(),
    onDidChange: setActors,
  })

  const tally = createMotionTally((animating) => props.onAnimating?.(animating))

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
            reducedMotion={reducesMotion()}
            onMotion={tally.of(actor)}
            onOver={() => presenter.over(actor)}
          />
        )}
      </For>
    </div>
  )
}
