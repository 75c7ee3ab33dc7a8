/** How far the way from nothing to the first alert has been gone. Pure. */
import type { AlertsState } from '../../../contracts/state/alerts.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import type { TwitchState } from '../../../contracts/state/twitch.ts'

export type StepId = 'obs' | 'twitch' | 'overlay' | 'alert'

export interface GuideStep {
  id: StepId
  title: string
  done: boolean
  skipped: boolean
}

export interface GuideFacts {
  obs: ObsState | undefined
  twitch: TwitchState | undefined
  alerts: AlertsState | undefined
  /** What the streamer said: steps skipped or done by hand. */
  answered: readonly StepId[]
}

export function guideSteps({ obs, twitch, alerts, answered }: GuideFacts): GuideStep[] {
  const facts: [StepId, string, boolean][] = [
    ['obs', 'Connect OBS', obs?.connection.status === 'connected'],
    ['twitch', 'Sign in to Twitch', twitch?.signIn.status === 'signed-in'],
    ['overlay', 'Put the overlay into a scene', hasOverlay(obs)],
    ['alert', 'See the first alert', alerts !== undefined && (alerts.current !== null || alerts.recent.length > 0)],
  ]
  return facts.map(([id, title, done]) => ({ id, title, done, skipped: !done && answered.includes(id) }))
}

/** The first step neither done nor skipped; null when the way is gone. */
export function currentStep(steps: readonly GuideStep[]): StepId | null {
  return steps.find((step) => !step.done && !step.skipped)?.id ?? null
}

/** Our browser sources carry our name. */
function hasOverlay(obs: ObsState | undefined): boolean {
  return Object.values(obs?.sceneItems ?? {}).some((items) =>
    items.some((item) => item.kind === 'browser_source' && item.source.startsWith('Landale')),
  )
}
