import { defineWidget, fromState } from './define-widget.ts'
import { number, text, toggle } from './fields.ts'

const MAX_MINUTES = 100_000
const MAX_SECONDS = 86_400

export const timerWidget = defineWidget({
  title: 'Timer',
  description: 'Counts down, and viewers can give it more time: a subathon.',
  size: { width: 600, height: 300 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: 'Subathon', maxLength: 40 }),
    minutes: number({ label: 'Begins with', default: 60, min: 0, max: MAX_MINUTES, unit: 'minutes' }),
    capMinutes: number({
      label: 'At most, all together',
      hint: 'What it begins with and all that is added. 0: as long as viewers like.',
      default: 0,
      min: 0,
      max: MAX_MINUTES,
      unit: 'minutes',
    }),
    tier1: number({ label: 'A sub, tier 1 or Prime', default: 300, min: 0, max: MAX_SECONDS, unit: 'seconds' }),
    tier2: number({ label: 'A sub, tier 2', default: 600, min: 0, max: MAX_SECONDS, unit: 'seconds' }),
    tier3: number({ label: 'A sub, tier 3', default: 1500, min: 0, max: MAX_SECONDS, unit: 'seconds' }),
    bits: number({ label: '100 bits', default: 60, min: 0, max: MAX_SECONDS, unit: 'seconds' }),
    follow: number({ label: 'A new follower', default: 0, min: 0, max: MAX_SECONDS, unit: 'seconds' }),
    showRules: toggle({ label: 'Say what adds time', default: true }),
    showLast: toggle({ label: 'Say who added time last', default: true }),
    atEnd: text({ label: 'When it is over', default: 'Time is up', maxLength: 40 }),
  },
  data: { timer: fromState('state:timers', ({ timers }, id) => timers[id] ?? null) },
  simulate: ({ settings, second, now }) => {
    const endsAt = now - second * 1000 + settings.minutes * 60_000 + Math.floor(second / 10) * settings.tier1 * 1000
    const last = second < 10 ? null : { who: 'Mira_Plays', ms: settings.tier1 * 1000, at: now - (second % 10) * 1000 }
    return { timer: { status: 'running' as const, startedAt: now, endsAt, leftMs: 0, givenMs: 0, last } }
  },
})
