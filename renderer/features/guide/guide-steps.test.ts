import { describe, expect, it } from 'vitest'
import { sampleAlerts, sampleObs, sampleTwitch } from '../../testing/sample-state.ts'
import { currentStep, type GuideFacts, guideSteps } from './guide-steps.ts'

const NOW = 1_761_868_800_000
const nothing: GuideFacts = { obs: undefined, twitch: undefined, alerts: undefined, answered: [] }

describe('guideSteps', () => {
  it('begins with OBS', () => expect(currentStep(guideSteps(nothing))).toBe('obs'))

  it('is gone to the end when everything really works', () => {
    const facts = { obs: sampleObs(NOW), twitch: sampleTwitch(NOW), alerts: sampleAlerts(NOW), answered: [] }
    expect(currentStep(guideSteps(facts))).toBeNull()
  })

  it('goes on past what was skipped, and says so', () => {
    const steps = guideSteps({ ...nothing, obs: sampleObs(NOW), answered: ['twitch'] })
    expect(steps.find(({ id }) => id === 'twitch')).toMatchObject({ done: false, skipped: true })
    expect(currentStep(steps)).toBe('alert')
  })

  it('comes back to a step that no longer holds', () => {
    const obs = { ...sampleObs(NOW), connection: { status: 'connecting', attempt: 1 } as const }
    expect(currentStep(guideSteps({ ...nothing, obs, answered: ['twitch'] }))).toBe('obs')
  })
})
