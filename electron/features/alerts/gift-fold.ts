/**
 * Folds a gift bomb into one alert. Twitch announces N gifted subscriptions with one gift event and N subscriptions that
 * don't say who gave them; these may come before it. Pure: time comes in, alerts to show come out.
 *
 * A gifted subscription is matched to a gift of its tier. One that comes first is held for a moment; one that no gift
 * claims (because that topic is off, say) is shown by itself after all, so that nothing is lost.
 */
import { z } from 'zod'
import { type Alert, alertSchema } from '../../../contracts/alert.ts'
import type { Cause } from './queue.ts'

const heldSubSchema = z.object({
  alert: alertSchema,
  cause: z.object({ id: z.string(), correlationId: z.string() }),
  tier: z.string(),
  /** Shown by itself from then on, ms epoch. */
  until: z.number(),
})
export type HeldSub = z.output<typeof heldSubSchema>

const giftCreditSchema = z.object({
  tier: z.string(),
  /** Subscriptions still to come. */
  left: z.number(),
  until: z.number(),
})
type GiftCredit = z.output<typeof giftCreditSchema>

/** As it is kept on disk. */
export const foldSchema = z.object({
  credits: z.array(giftCreditSchema),
  /** Oldest first. */
  held: z.array(heldSubSchema),
})

export interface FoldState {
  readonly credits: readonly GiftCredit[]
  readonly held: readonly HeldSub[]
}

export interface FoldStep {
  state: FoldState
  /** No gift claimed these. */
  released: { alert: Alert; cause: Cause }[]
}

export const EMPTY_FOLD: FoldState = { credits: [], held: [] }

/** Twitch sends the parts of one gift within a second or two; held longer, a lone gifted sub would look late. */
export const HOLD_MS = 5000
/** The last of a hundred subscriptions can trail the announcement by some seconds; a minute is generous. */
const CREDIT_MS = 60_000
/** The largest gift Twitch sells is 100; beyond a few of these at once the oldest is shown by itself. */
export const HELD_MAX = 500

/** A gift of `total` subscriptions was announced. */
export function foldGift(state: FoldState, gift: { tier: string; total: number }, now: number): FoldState {
  const claimed = new Set(state.held.filter((sub) => sub.tier === gift.tier).slice(0, gift.total))
  const left = gift.total - claimed.size
  const held = state.held.filter((sub) => !claimed.has(sub))
  const credit = { tier: gift.tier, left, until: now + CREDIT_MS }
  return { held, credits: left > 0 ? [...state.credits, credit] : state.credits }
}

/** Somebody was given a subscription. */
export function foldGiftedSub(state: FoldState, sub: Omit<HeldSub, 'until'>, now: number): FoldStep {
  const credit = state.credits.find(({ tier, left, until }) => tier === sub.tier && left > 0 && until > now)
  if (credit) {
    const credits = state.credits.flatMap((other) => (other === credit ? spend(other) : [other]))
    return { state: { ...state, credits }, released: [] }
  }
  const held = [...state.held, { ...sub, until: now + HOLD_MS }]
  const released = held.slice(0, Math.max(0, held.length - HELD_MAX))
  return { state: { ...state, held: held.slice(released.length) }, released }
}

/** Time has passed. */
export function foldTick(state: FoldState, now: number): FoldStep {
  const released = state.held.filter((sub) => sub.until <= now)
  const expired = state.credits.filter((credit) => credit.until <= now)
  if (released.length === 0 && expired.length === 0) return { state, released: [] }
  const held = state.held.filter((sub) => sub.until > now)
  return { state: { held, credits: state.credits.filter((credit) => credit.until > now) }, released }
}

/** When `foldTick` has something to release, ms epoch; null for never. */
export function nextRelease(state: FoldState): number | null {
  return state.held.length === 0 ? null : Math.min(...state.held.map((sub) => sub.until))
}

function spend(credit: GiftCredit): GiftCredit[] {
  return credit.left > 1 ? [{ ...credit, left: credit.left - 1 }] : []
}
