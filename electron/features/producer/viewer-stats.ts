/**
 * What viewers did, counted as it happens: emotes, follows, the day's figures, goals, the latest event. Never asks a store.
 * The day is UTC's. Knows no layer and no clock: what it takes in comes with the time.
 */
import { z } from 'zod'
import {
  type ContentOf,
  contentSchema,
  type Goal,
  goalSchema,
  MAX_GOALS,
  MAX_RECENT_EVENTS,
  type StandingContentType,
  type ViewerEvent,
} from '../../../contracts/content.ts'
import type { EventEnvelope, EventPayload, EventType } from '../../../contracts/events.ts'
import { emoteProviderSchema } from '../../../contracts/pictures.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { clean, cleanName } from './plain-line.ts'
import { EMOTES_MAX, TopEmotes } from './top-emotes.ts'

export const DAY_MS = 86_400_000
const FOLLOWS_MAX = 5
/** Those who were given a subscription are announced by then. */
const GIFT_MS = 60_000

const count = z.number().int().nonnegative()

const latestSchema = z.object({ event: z.unknown(), at: z.number() }).nullable()

/** As it is kept on disk. */
export const storedStatsSchema = z.object({
  dayStart: z.number(),
  messages: count,
  follows: count,
  subscriptions: count,
  bits: count,
  emotes: z
    .array(
      z.object({
        name: z.string(),
        // All were Twitch's once.
        emote_provider: emoteProviderSchema.default('twitch'),
        emote_id: z.string().nullable(),
        is_native: z.boolean(),
        today: count,
        allTime: count,
      }),
    )
    .max(EMOTES_MAX),
  recentFollows: z.array(z.object({ user_name: z.string(), followed_at: z.number() })).max(FOLLOWS_MAX),
  latest: latestSchema,
  /** Newest first; older files have none. */
  recent: z.array(z.unknown()).max(MAX_RECENT_EVENTS).default([]),
  goals: z.array(z.object({ goal: goalSchema, isTwitchs: z.boolean() })).max(MAX_GOALS),
})
export type StoredStats = z.output<typeof storedStatsSchema>

interface KeptGoal {
  goal: Goal
  /** Twitch counts it; else we do. */
  isTwitchs: boolean
}

/** The types it counts by; every other event changes nothing. */
const COUNTED = [
  'twitch.channel.chat.message',
  'twitch.channel.follow',
  'twitch.channel.subscribe',
  'twitch.channel.subscription.message',
  'twitch.channel.subscription.gift',
  'twitch.channel.cheer',
  'twitch.channel.raid',
  'twitch.channel.goal.begin',
  'twitch.channel.goal.progress',
  'twitch.channel.goal.end',
] as const satisfies readonly EventType[]
type CountedType = (typeof COUNTED)[number]
export type CountedEvent = EventEnvelope<CountedType>

const COUNTED_TYPES: ReadonlySet<string> = new Set(COUNTED)

export function isCounted(event: { type: string }): event is CountedEvent {
  return COUNTED_TYPES.has(event.type)
}

/** What it has content for. */
export const viewerContentTypes = [
  'emote-stats',
  'recent-follows',
  'daily-stats',
  'stream-goals',
  'latest-event',
  'recent-events',
] as const satisfies readonly StandingContentType[]
export type ViewerContentType = (typeof viewerContentTypes)[number]

export class ViewerStats {
  readonly #words: EmoteWords
  #dayStart: number
  #messages = 0
  #follows = 0
  #subscriptions = 0
  #bits = 0
  #emotes: TopEmotes
  #recentFollows: { user_name: string; followed_at: number }[] = []
  #latest: { event: ViewerEvent; at: number } | null = null
  #recent: ContentOf<'recent-events'>['events'] = []
  #goals: KeptGoal[] = []

  /** `words`: says which words of a message are emotes. */
  constructor(now: number, words: EmoteWords, stored?: StoredStats) {
    this.#words = words
    this.#dayStart = dayOf(now)
    this.#emotes = new TopEmotes(stored?.emotes)
    if (!stored) return
    this.#dayStart = stored.dayStart
    this.#messages = stored.messages
    this.#follows = stored.follows
    this.#subscriptions = stored.subscriptions
    this.#bits = stored.bits
    this.#recentFollows = stored.recentFollows
    this.#goals = stored.goals
    const latest = contentSchema.safeParse({
      type: 'latest-event',
      latest: stored.latest?.event ?? null,
      at: stored.latest?.at ?? null,
    })
    const recent = contentSchema.safeParse({ type: 'recent-events', events: stored.recent })
    if (recent.data?.type === 'recent-events') this.#recent = recent.data.events
    if (latest.data?.type === 'latest-event' && latest.data.latest && latest.data.at !== null) {
      this.#latest = { event: latest.data.latest, at: latest.data.at }
    }
  }

  /** When the day's figures begin anew, ms epoch. */
  get nextDay(): number {
    return this.#dayStart + DAY_MS
  }

  get goals(): readonly Goal[] {
    return this.#goals.map(({ goal }) => goal)
  }

  /** A copy that goes its own way. */
  clone(now: number): ViewerStats {
    return new ViewerStats(now, this.#words, structuredClone(this.stored()))
  }

  stored(): StoredStats {
    return {
      dayStart: this.#dayStart,
      messages: this.#messages,
      follows: this.#follows,
      subscriptions: this.#subscriptions,
      bits: this.#bits,
      emotes: this.#emotes.stored(),
      recentFollows: this.#recentFollows,
      latest: this.#latest,
      recent: this.#recent,
      goals: this.#goals,
    }
  }

  /** Begins a new day when it is one. True when it did. */
  roll(now: number): boolean {
    const day = dayOf(now)
    if (day <= this.#dayStart) return false
    this.#dayStart = day
    this.#messages = 0
    this.#follows = 0
    this.#subscriptions = 0
    this.#bits = 0
    this.#emotes.newDay()
    return true
  }

  /** The streamer's goals, in this order. Those that are no longer named are gone. */
  setGoals(goals: readonly Goal[]): void {
    this.#goals = goals.map((goal) => {
      const isTwitchs = this.#goals.some((kept) => kept.isTwitchs && kept.goal.type === goal.type)
      return { goal, isTwitchs }
    })
  }

  /** Counts one event that happened at `event.at`. */
  take(event: CountedEvent, now: number): void {
    this.roll(now)
    const isToday = event.at >= this.#dayStart
    const { type, payload } = event
    switch (type) {
      case 'twitch.channel.chat.message':
        this.#chat(payload, isToday)
        return
      case 'twitch.channel.follow':
        this.#follow(payload, isToday)
        break
      case 'twitch.channel.subscribe':
        if (isToday) this.#subscriptions += 1
        this.#countGoals(isSubscriptionGoal, 1)
        break
      case 'twitch.channel.subscription.message':
        if (isToday) this.#subscriptions += 1
        break
      case 'twitch.channel.cheer':
        if (isToday) this.#bits += payload.bits
        this.#countGoals(isBitGoal, payload.bits)
        break
      case 'twitch.channel.goal.begin':
      case 'twitch.channel.goal.progress':
        this.#twitchGoal(payload)
        return
      case 'twitch.channel.goal.end':
        this.#goals = this.#goals.filter(({ goal }) => goal.type !== payload.type)
        return
    }
    this.#remember(event)
  }

  /** Null while it has nothing to say. */
  read(type: ViewerContentType): ContentOf<ViewerContentType> | null {
    switch (type) {
      case 'emote-stats':
        if (this.#emotes.isEmpty) return null
        return { type, today: this.#emotes.top('today'), all_time: this.#emotes.top('allTime') }
      case 'recent-follows':
        return this.#recentFollows.length === 0 ? null : { type, follows: [...this.#recentFollows] }
      case 'daily-stats': {
        const figures = { messages: this.#messages, follows: this.#follows, bits: this.#bits }
        return { type, ...figures, subscriptions: this.#subscriptions, started_at: this.#dayStart }
      }
      case 'stream-goals':
        return this.#goals.length === 0 ? null : { type, goals: [...this.goals] }
      case 'latest-event':
        return this.#latest && { type, latest: this.#latest.event, at: this.#latest.at }
      case 'recent-events':
        return this.#recent.length === 0 ? null : { type, events: [...this.#recent] }
    }
  }

  #chat(payload: EventPayload<'twitch.channel.chat.message'>, isToday: boolean): void {
    // In a shared chat other channels' messages are heard as well.
    const from = payload.source_broadcaster_user_id
    if (from !== null && from !== payload.broadcaster_user_id) return
    if (isToday) this.#messages += 1
    for (const { text, emote } of this.#words.cut(payload.fragments)) {
      if (!emote) continue
      const name = cleanName(text)
      if (name !== '') this.#emotes.count(name, emote, payload.native_emotes.includes(text), isToday)
    }
  }

  #follow({ user_name, followed_at }: EventPayload<'twitch.channel.follow'>, isToday: boolean): void {
    if (isToday) this.#follows += 1
    const follow = { user_name: cleanName(user_name), followed_at }
    this.#recentFollows = [follow, ...this.#recentFollows]
      .sort((a, b) => b.followed_at - a.followed_at)
      .slice(0, FOLLOWS_MAX)
    this.#countGoals(isFollowGoal, 1)
  }

  #twitchGoal({
    type,
    description,
    current_amount,
    target_amount,
  }: EventPayload<'twitch.channel.goal.progress'>): void {
    const said = clean(description)
    const goal: Goal = { type, description: said, current_amount, target_amount }
    const known = this.#goals.find((kept) => kept.goal.type === type)
    // The streamer's own words stay where Twitch has none.
    if (known && said === '') goal.description = known.goal.description
    if (known) this.#goals = this.#goals.map((kept) => (kept === known ? { goal, isTwitchs: true } : kept))
    else if (this.#goals.length < MAX_GOALS) this.#goals = [...this.#goals, { goal, isTwitchs: true }]
  }

  #countGoals(counts: (type: string) => boolean, amount: number): void {
    this.#goals = this.#goals.map((kept) => {
      if (kept.isTwitchs || !counts(kept.goal.type)) return kept
      return { ...kept, goal: { ...kept.goal, current_amount: kept.goal.current_amount + amount } }
    })
  }

  /** News that was read back late does not push out what is newer, nor those who were given a subscription the gift. */
  #remember(event: CountedEvent): void {
    const did = viewerEventOf(event)
    if (!did) return
    const { at } = event
    const isGiven = event.type === 'twitch.channel.subscribe' && event.payload.is_gift
    const isOfGift = (gift: { event: string }, since: number) =>
      isGiven && gift.event === 'twitch.channel.subscription.gift' && Math.abs(at - since) < GIFT_MS
    if (!this.#recent.some((other) => isOfGift(other.did, other.at))) {
      const newer = this.#recent.filter((other) => other.at > at)
      const older = this.#recent.slice(newer.length)
      this.#recent = [...newer, { did, at }, ...older].slice(0, MAX_RECENT_EVENTS)
    }
    const last = this.#latest
    if (last && (at < last.at || isOfGift(last.event, last.at))) return
    this.#latest = { event: did, at }
  }
}

/** Start of the UTC day, ms epoch. */
function dayOf(at: number): number {
  return at - (at % DAY_MS)
}

function isFollowGoal(type: string): boolean {
  return type.startsWith('follow')
}

function isSubscriptionGoal(type: string): boolean {
  return type.startsWith('subscription') || type.startsWith('new_subscription')
}

function isBitGoal(type: string): boolean {
  return type === 'new_bit'
}

function viewerEventOf({ type, payload }: CountedEvent): ViewerEvent | null {
  switch (type) {
    case 'twitch.channel.follow':
      return { event: type, user_name: cleanName(payload.user_name) }
    case 'twitch.channel.subscribe':
      return { event: type, user_name: cleanName(payload.user_name), tier: payload.tier, is_gift: payload.is_gift }
    case 'twitch.channel.subscription.message': {
      const { user_name, tier, cumulative_months } = payload
      return { event: type, user_name: cleanName(user_name), tier, cumulative_months }
    }
    case 'twitch.channel.subscription.gift':
      return { event: type, user_name: nameOf(payload), tier: payload.tier, total: payload.total }
    case 'twitch.channel.cheer':
      return { event: type, user_name: nameOf(payload), bits: payload.bits }
    case 'twitch.channel.raid': {
      const { from_broadcaster_user_name, viewers } = payload
      return { event: type, from_broadcaster_user_name: cleanName(from_broadcaster_user_name), viewers }
    }
    default:
      return null
  }
}

function nameOf({ is_anonymous, user_name }: { is_anonymous: boolean; user_name: string | null }): string | null {
  return is_anonymous || user_name === null ? null : cleanName(user_name)
}
