import { describe, expect, it } from 'vitest'
import type { EventEnvelope, EventPayload, EventType } from '../../../contracts/events.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { Figures, REHEARSAL_MS } from './figures.ts'
import { category, follow, goal } from './testing.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const GAME = { id: '1', name: 'A game' }
const OTHER = { id: '2', name: 'Another' }

function event<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch'): EventEnvelope<T> {
  return { id: 'e', type, source, at: NOON, correlationId: 'e', payload } as EventEnvelope<T>
}
const followed = (source?: string) => event('twitch.channel.follow', follow('Mira', NOON), source)
const follows = ({ current }: Figures) => current.read('daily-stats')

describe('figures', () => {
  it('counts what is made up on a copy, and throws it away when it is over', () => {
    const figures = new Figures(NOON, twitchWords)
    figures.take(followed(), NOON)
    figures.written()
    figures.rehearse(NOON)
    figures.take(followed('simulator'), NOON)
    expect(follows(figures)).toMatchObject({ follows: 2 })
    expect(figures.unwritten()).toBeNull()
    // The truth goes on meanwhile.
    figures.take(followed(), NOON)
    expect(follows(figures)).toMatchObject({ follows: 3 })
    expect(figures.unwritten()).toMatchObject({ follows: 2 })
    expect(figures.nextDue).toBe(NOON + REHEARSAL_MS)
    expect(figures.endRehearsal(NOON + REHEARSAL_MS - 1)).toBe(false)
    expect(figures.endRehearsal(NOON + REHEARSAL_MS)).toBe(true)
    expect(follows(figures)).toMatchObject({ follows: 2 })
    expect(figures.endRehearsal(NOON + REHEARSAL_MS)).toBe(false)
  })

  it('remembers the true category while another is played', () => {
    const figures = new Figures(NOON, twitchWords)
    expect(figures.trueCategory(GAME)).toBe(GAME)
    figures.rehearse(NOON)
    figures.takeCategory(event('twitch.channel.update', category('2', 'Another'), 'simulator'), GAME)
    expect(figures.trueCategory(OTHER)).toEqual(GAME)
    figures.takeCategory(event('twitch.channel.update', category('3', 'A third')), OTHER)
    expect(figures.trueCategory(OTHER)).toEqual({ id: '3', name: 'A third' })
    figures.endRehearsal(NOON + REHEARSAL_MS)
    expect(figures.trueCategory(OTHER)).toBe(OTHER)
  })

  it('has goals and a new day in both', () => {
    const figures = new Figures(NOON, twitchWords)
    figures.rehearse(NOON)
    const { type, current_amount, target_amount } = goal('follow', 1, 10)
    figures.setGoals([{ type, description: '', current_amount, target_amount }])
    figures.take(followed('simulator'), NOON)
    expect(figures.current.goals).toMatchObject([{ current_amount: 2 }])
    expect(figures.unwritten()).toMatchObject({ goals: [{ goal: { current_amount: 1 } }] })
    figures.written()
    const midnight = NOON + 43_200_000
    expect(figures.roll(midnight - 1)).toBe(false)
    expect(figures.roll(midnight)).toBe(true)
    expect(follows(figures)).toMatchObject({ follows: 0 })
    expect(figures.isDirty).toBe(true)
  })
})
