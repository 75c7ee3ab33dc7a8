import type { EmoteRainState, Rain } from '../state/emote-rain.ts'
import { defineWidget, fromState } from './define-widget.ts'
import { range, toggle } from './fields.ts'

/** A shower now and then, and something from the chat every other second. */
function simulatedRains(second: number, now: number): Record<string, Rain> {
  const names = ['Kappa', 'LUL', 'PogChamp', 'HeyGuys', 'catJAM']
  const emotes = names.map((name) => ({ provider: 'twitch' as const, id: `preview-${name}`, name }))
  const rains: Record<string, Rain> = {}
  for (let at = Math.max(0, second - 10); at <= second; at++) {
    const isShower = at % 20 === 2
    if (!isShower && at % 2 === 0) continue
    const cause = isShower ? 'burst' : 'message'
    rains[at + 1] = { cause, at: now - (second - at) * 1000, count: isShower ? 30 : 3, emotes }
  }
  return rains
}

export const emoteRainWidget = defineWidget({
  title: 'Emote rain',
  description: 'Emotes from the chat fall from above, pile up and go; showers for raids, subs, cheers and hype trains.',
  size: { width: 1920, height: 1080 },
  settings: {
    fromChat: toggle({ label: 'Emotes of chat messages', default: true }),
    fromEvents: toggle({ label: 'Showers for raids, subs, cheers and hype trains', default: true }),
    size: range({ label: 'Size', default: 84, min: 28, max: 224, unit: 'px' }),
    maxEmotes: range({ label: 'Emotes at once', default: 150, min: 10, max: 500 }),
    spawnDelay: range({ label: 'Between two emotes', default: 100, min: 50, max: 1000, unit: 'ms' }),
    lifetime: range({ label: 'Until one goes', default: 20, min: 1, max: 60, unit: 's' }),
    gravity: range({ label: 'Gravity', default: 1, min: 0.1, max: 3, step: 0.1 }),
    restitution: range({ label: 'Bounce', default: 0.4, min: 0, max: 1, step: 0.05 }),
    friction: range({ label: 'Friction', default: 0.3, min: 0, max: 1, step: 0.05 }),
    airFriction: range({ label: 'Air', hint: 'Slows the fall.', default: 0.001, min: 0, max: 0.05, step: 0.001 }),
    rotation: range({ label: 'Spin', default: 0.2, min: 0, max: 1, step: 0.05 }),
    floor: range({
      label: 'Floor above the bottom edge',
      hint: '84 is the top of the omnibar.',
      default: 84,
      min: 0,
      max: 600,
      unit: 'px',
    }),
  },
  data: { rain: fromState('state:emote-rain', (state) => state) },
  simulate: ({ second, now }): { rain: EmoteRainState } => ({
    rain: { rains: simulatedRains(second, now), clearedUpTo: 0 },
  }),
})
