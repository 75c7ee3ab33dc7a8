import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert } from '../../../contracts/alert.ts'
import {
  EMPTY_FOLD,
  type FoldState,
  foldGift,
  foldGiftedSub,
  foldTick,
  HELD_MAX,
  HOLD_MS,
  nextRelease,
} from './gift-fold.ts'

const T0 = 1_767_225_600_000

function sub(id: string, tier = '1000') {
  const alert: Alert = {
    id,
    type: 'sub',
    priority: 'normal',
    who: id,
    what: 'was given a sub',
    amount: null,
    message: null,
    fragments: [],
    durationMs: 5000,
    sound: null,
    volume: 1,
    enqueuedAt: T0,
    simulated: false,
  }
  return { alert, cause: { id, correlationId: id }, tier }
}

function giveAll(state: FoldState, ids: string[], now = T0): FoldState {
  return ids.reduce((folded, id) => foldGiftedSub(folded, sub(id), now).state, state)
}

describe('gift bombs', () => {
  it('swallows the subscriptions that follow a gift', () => {
    const state = giveAll(foldGift(EMPTY_FOLD, { tier: '1000', total: 3 }, T0), ['a', 'b', 'c'])
    expect(state).toEqual(EMPTY_FOLD)
  })

  it('swallows those that came before it, after it, or on both sides', () => {
    const early = giveAll(EMPTY_FOLD, ['a', 'b'])
    const state = giveAll(foldGift(early, { tier: '1000', total: 3 }, T0), ['c'])
    expect(state).toEqual(EMPTY_FOLD)
  })

  it('keeps tiers apart', () => {
    const state = foldGift(EMPTY_FOLD, { tier: '3000', total: 1 }, T0)
    expect(foldGiftedSub(state, sub('a', '1000'), T0).state.held).toHaveLength(1)
  })

  it('shows a gifted subscription that nobody claims, once its time is up', () => {
    const state = giveAll(EMPTY_FOLD, ['a'])
    expect(nextRelease(state)).toBe(T0 + HOLD_MS)
    expect(foldTick(state, T0 + HOLD_MS - 1).released).toEqual([])
    const done = foldTick(state, T0 + HOLD_MS)
    expect(done.released.map(({ alert }) => alert.id)).toEqual(['a'])
    expect(nextRelease(done.state)).toBeNull()
  })

  it('does not let an old gift swallow the subscriptions of the next evening', () => {
    const state = foldGift(EMPTY_FOLD, { tier: '1000', total: 5 }, T0)
    const later = foldTick(state, T0 + 3_600_000).state
    expect(foldGiftedSub(later, sub('a'), T0 + 3_600_000).state.held).toHaveLength(1)
  })

  it('holds a bounded number and releases the oldest', () => {
    const ids = Array.from({ length: HELD_MAX }, (_, n) => `s${n}`)
    const full = giveAll(EMPTY_FOLD, ids)
    const done = foldGiftedSub(full, sub('late'), T0)
    expect(done.released.map(({ alert }) => alert.id)).toEqual(['s0'])
    expect(done.state.held).toHaveLength(HELD_MAX)
  })

  it('swallows exactly the announced number, in whatever order the parts come', () => {
    const parts = fc
      .tuple(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }), fc.nat(5))
      .chain(([gifts, strays]) => {
        const total = gifts.reduce((sum, gift) => sum + gift, 0)
        const subs = Array.from({ length: total + strays }, (_, n) => ({ sub: `s${n}` }))
        const order = fc.shuffledSubarray([...gifts.map((gift) => ({ gift })), ...subs], {
          minLength: gifts.length + subs.length,
        })
        return fc.record({ order, strays: fc.constant(strays) })
      })
    fc.assert(
      fc.property(parts, ({ order, strays }) => {
        let state = EMPTY_FOLD
        for (const part of order) {
          if ('gift' in part) state = foldGift(state, { tier: '1000', total: part.gift }, T0)
          else state = foldGiftedSub(state, sub(part.sub), T0).state
        }
        expect(foldTick(state, T0 + HOLD_MS).released).toHaveLength(strays)
      }),
    )
  })
})
