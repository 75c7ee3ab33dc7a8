/** What events say of viewers: what each did, how much of it, and what is worth a line. Pure. */
import type { EventEnvelope, EventType } from '../../../contracts/events.ts'
import type { AudienceBoard, AudienceEvent, AudienceRank } from '../../../contracts/state/audience.ts'

export const DAY_MS = 86_400_000
export const MOST_EVENTS = 30
/** Of these: they come by the dozen, and who does not list them wants the others. */
const MOST_REDEMPTIONS = 10
export const MOST_RANKED = 20

export const COUNTED = [
  'twitch.channel.chat.message',
  'twitch.channel.follow',
  'twitch.channel.subscribe',
  'twitch.channel.subscription.message',
  'twitch.channel.subscription.gift',
  'twitch.channel.cheer',
  'twitch.channel.raid',
  'twitch.channel.channel_points_custom_reward_redemption.add',
  'twitch.channel.charity_campaign.donate',
] as const satisfies readonly EventType[]
export type CountedEvent = EventEnvelope<(typeof COUNTED)[number]>

export const measures = ['messages', 'bits', 'gifts', 'points'] as const satisfies readonly (keyof AudienceBoard)[]
export type Measure = (typeof measures)[number]

/** Of one viewer on one day. */
export interface Count {
  user_id: string
  user_name: string
  /** Days since 1970, UTC. */
  day: number
  counts: Record<Measure, number>
}

/** Counts gathered until they are written. */
export class Tally {
  readonly #counts = new Map<string, Count>()
  readonly changed = new Set<Measure>()

  get counts(): Iterable<Count> {
    return this.#counts.values()
  }

  get size(): number {
    return this.#counts.size
  }

  add(event: CountedEvent): void {
    const said = amountOf(event)
    if (!said) return
    const { user_id, user_name, measure, amount } = said
    const day = Math.floor(event.at / DAY_MS)
    const key = `${day} ${user_id}`
    const count = this.#counts.get(key) ?? {
      user_id,
      user_name,
      day,
      counts: { messages: 0, bits: 0, gifts: 0, points: 0 },
    }
    count.user_name = user_name
    count.counts[measure] += amount
    this.#counts.set(key, count)
    this.changed.add(measure)
  }
}

interface Amount {
  user_id: string
  user_name: string
  measure: Measure
  amount: number
}

/** Null for what is not counted, and for who wants to stay anonymous. */
function amountOf({ type, payload }: CountedEvent): Amount | null {
  switch (type) {
    case 'twitch.channel.chat.message': {
      // In a shared chat other channels' messages are heard as well.
      const from = payload.source_broadcaster_user_id
      if (from !== null && from !== payload.broadcaster_user_id) return null
      return amount(payload, 'messages', 1)
    }
    case 'twitch.channel.cheer':
      return amount(payload, 'bits', payload.bits)
    case 'twitch.channel.subscription.gift':
      return amount(payload, 'gifts', payload.total)
    case 'twitch.channel.channel_points_custom_reward_redemption.add':
      return amount(payload, 'points', payload.reward.cost)
    default:
      return null
  }
}

interface Doer {
  user_id: string | null
  user_name: string | null
  is_anonymous?: boolean | undefined
}

function amount({ user_id, user_name, is_anonymous }: Doer, measure: Measure, count: number): Amount | null {
  if (is_anonymous || user_id === null || user_name === null) return null
  return { user_id, user_name, measure, amount: count }
}

/** Null for what is no line of its own: chat, and subs that came with a gift. */
export function audienceEventOf(event: CountedEvent & { id: string }): AudienceEvent | null {
  const said = eventOf(event)
  return said && { id: event.id, at: event.at, event: said }
}

function eventOf({ type, payload }: CountedEvent): AudienceEvent['event'] | null {
  switch (type) {
    case 'twitch.channel.follow':
      return { event: type, user_name: payload.user_name }
    case 'twitch.channel.subscribe':
      return payload.is_gift
        ? null
        : { event: type, user_name: payload.user_name, tier: payload.tier, is_gift: payload.is_gift }
    case 'twitch.channel.subscription.message': {
      const { user_name, tier, cumulative_months } = payload
      return { event: type, user_name, tier, cumulative_months }
    }
    case 'twitch.channel.subscription.gift':
      return { event: type, user_name: knownName(payload), tier: payload.tier, total: payload.total }
    case 'twitch.channel.cheer':
      return { event: type, user_name: knownName(payload), bits: payload.bits }
    case 'twitch.channel.raid': {
      const { from_broadcaster_user_name, viewers } = payload
      return { event: type, from_broadcaster_user_name, viewers }
    }
    case 'twitch.channel.channel_points_custom_reward_redemption.add': {
      const { title, cost } = payload.reward
      return { event: type, user_name: payload.user_name, reward: { title, cost } }
    }
    case 'twitch.channel.charity_campaign.donate': {
      const { user_name, charity_name, amount } = payload
      return { event: type, user_name, charity_name, amount }
    }
    default:
      return null
  }
}

function knownName({ is_anonymous, user_name }: { is_anonymous: boolean; user_name: string | null }): string | null {
  return is_anonymous ? null : user_name
}

/** Newest first, each once. */
export function withEvents(before: readonly AudienceEvent[], more: readonly AudienceEvent[]): AudienceEvent[] {
  const all = [...more, ...before].sort((a, b) => b.at - a.at)
  const redemptions = new Set(all.filter(isRedemption).slice(0, MOST_REDEMPTIONS))
  return all.filter((one) => !isRedemption(one) || redemptions.has(one)).slice(0, MOST_EVENTS)
}

function isRedemption({ event }: AudienceEvent): boolean {
  return event.event === 'twitch.channel.channel_points_custom_reward_redemption.add'
}

/** A board with counts that are nowhere written added to it: right for who is on it, which is what a rehearsal needs. */
export function withCounts(ranks: readonly AudienceRank[], counts: Iterable<Count>, measure: Measure): AudienceRank[] {
  const merged = new Map(ranks.map((rank) => [rank.user_id, { ...rank }]))
  for (const { user_id, user_name, counts: more } of counts) {
    const rank = merged.get(user_id) ?? { user_id, user_name, count: 0 }
    merged.set(user_id, { ...rank, count: rank.count + more[measure] })
  }
  return [...merged.values()]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_RANKED)
}
