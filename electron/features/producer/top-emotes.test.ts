import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMOTES_MAX, TopEmotes } from './top-emotes.ts'

const ref = (id: string) => ({ provider: 'twitch' as const, id })

describe('top emotes', () => {
  it('leads with the most used, as counting everything anew would', () => {
    const uses = fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), fc.boolean()), { maxLength: 400 })
    fc.assert(
      fc.property(uses, fc.nat(400), (all, dayEnds) => {
        const emotes = new TopEmotes()
        const counts = { today: new Map<string, number>(), allTime: new Map<string, number>() }
        const add = (span: 'today' | 'allTime', name: string) =>
          counts[span].set(name, (counts[span].get(name) ?? 0) + 1)
        all.forEach(([number, isToday], at) => {
          if (at === dayEnds) {
            emotes.newDay()
            counts.today.clear()
          }
          emotes.count(`e${number}`, ref(`e${number}`), false, isToday)
          add('allTime', `e${number}`)
          if (isToday) add('today', `e${number}`)
        })
        for (const span of ['today', 'allTime'] as const) {
          const top = emotes.top(span)
          const best = [...counts[span].values()].sort((a, b) => b - a).slice(0, 10)
          expect(top.map(({ count }) => count)).toEqual(best)
          for (const { name, count } of top) expect(counts[span].get(name)).toBe(count)
          expect(new TopEmotes(emotes.stored()).top(span).map(({ count }) => count)).toEqual(best)
        }
      }),
    )
  })

  it('stays bounded: the least used makes room', () => {
    const emotes = new TopEmotes()
    for (let n = 0; n < 3; n++) emotes.count('kept', ref('kept'), true, true)
    for (let n = 0; n < 2 * EMOTES_MAX; n++) emotes.count(`e${n}`, ref(`e${n}`), false, true)
    expect(emotes.size).toBe(EMOTES_MAX)
    expect(emotes.top('allTime')[0]).toEqual({
      name: 'kept',
      emote_provider: 'twitch',
      emote_id: 'kept',
      is_native: true,
      count: 3,
    })
    const known = new Set(emotes.stored().map(({ name }) => name))
    for (const { name } of emotes.top('today')) expect(known.has(name)).toBe(true)
  })
})
