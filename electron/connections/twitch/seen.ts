/**
 * What was announced already, across restarts: Twitch delivers at least once, and what is read back after a gap may still
 * come by the socket. The keys of an event are written in the transaction that stores it, so an event and the memory of
 * it can't part. The table's primary key is the last word; the memory beside it only saves asking.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import type { TwitchDraft } from './wire.ts'

/** Kept at least this long, ms: a day, and a margin. */
export const SEEN_KEPT_MS = 26 * 60 * 60_000
/** Keys held in memory; the oldest leave first. The table holds all. */
const MEMORY_KEYS = 50_000
/** As many as a small read of the store may answer. */
const LOADED_KEYS = 10_000
/** Between Twitch's clock and ours, ms; also more than a message takes on its way. */
const CLOCK_DIFFERENCE_MS = 60_000

const INSERT = 'INSERT INTO twitch_seen (key, at) VALUES (?, ?)'

export interface Seen {
  /** Reads what is known. */
  load(): Promise<void>
  /** Whether any of these was announced, or is being announced. */
  has(keys: readonly string[]): boolean
  /** Whether the memory alone can tell of an event that happened at `at` (ms epoch): nothing so young was forgotten. */
  remembers(at: number): boolean
  /** Claims the keys: `has` is true for them from now on. */
  add(keys: readonly string[]): void
  /** Gives them back: the event was not stored. */
  remove(keys: readonly string[]): void
  /** Written alongside the event. Makes the transaction fail when one of its own keys is in the table. */
  statements(keys: EventKeys): Statement[]
  /** Forgets what is older than `SEEN_KEPT_MS`. */
  prune(): Promise<void>
}

export function createSeen(store: Pick<Store, 'all' | 'run'>, clock: Clock): Seen {
  /** Key to when it came to be known, ms epoch; the oldest first. */
  const keysInMemory = new Map<string, number>()
  /** When the youngest key that left the memory came to be known. */
  let forgottenUpTo = 0

  function add(keys: readonly string[], at: number): void {
    for (const key of keys) keysInMemory.set(key, at)
    for (const [oldest, knownAt] of keysInMemory) {
      if (keysInMemory.size <= MEMORY_KEYS) return
      keysInMemory.delete(oldest)
      forgottenUpTo = Math.max(forgottenUpTo, knownAt)
    }
  }

  return {
    async load() {
      const sql = 'SELECT key, at FROM twitch_seen ORDER BY at DESC LIMIT ?'
      const rows = await store.all<{ key: string; at: number }>(sql, [LOADED_KEYS])
      if (rows.length === LOADED_KEYS) forgottenUpTo = Math.max(forgottenUpTo, rows.at(-1)?.at ?? 0)
      for (const { key, at } of rows.reverse()) add([key], at)
    },
    has: (keys) => keys.some((key) => keysInMemory.has(key)),
    // A key is never known before the event it belongs to happened, but for clocks that differ.
    remembers: (at) => at - CLOCK_DIFFERENCE_MS > forgottenUpTo,
    add: (keys) => add(keys, clock.now()),
    remove(keys) {
      for (const key of keys) keysInMemory.delete(key)
    },
    statements: ({ own, noted }) => [
      ...own.map((key) => ({ sql: INSERT, params: [key, clock.now()] })),
      ...noted.map((key) => ({ sql: `${INSERT} ON CONFLICT DO NOTHING`, params: [key, clock.now()] })),
    ],
    prune: () => store.run([{ sql: 'DELETE FROM twitch_seen WHERE at < ?', params: [clock.now() - SEEN_KEPT_MS] }]),
  }
}

/** The error of a transaction that met a key it should have been the first to write. */
export function isAlreadySeen(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed: twitch_seen/.test(error.message)
}

export interface EventKeys {
  /** Any of these known means that the event was announced. */
  alike: string[]
  /** Written with it; nobody may have written them before. */
  own: string[]
  /** Written with it too, whoever wrote them before. */
  noted: string[]
}

/**
 * What makes an event the same as another. Live events are told apart by their message id alone. What is read back has
 * no message id: it goes by the fact it tells of, and a live event by that only where the fact was read back before it.
 */
export function keysOf(draft: TwitchDraft, messageId?: string): EventKeys {
  const facts = factsOf(draft)
  const readBack = facts.map((fact) => `recovered:${fact}`)
  if (isRecovered(draft)) {
    const own = readBack.slice(0, 1)
    return { alike: [...facts, ...readBack], own, noted: [] }
  }
  const own = messageId === undefined ? [] : [`message:${messageId}`]
  return { alike: [...own, ...readBack], own, noted: facts.slice(0, 1) }
}

function isRecovered({ payload }: TwitchDraft): boolean {
  return 'recovered' in payload && payload.recovered === true
}

/** The fact, and after it those so near that they must be the same. */
function factsOf(draft: TwitchDraft): string[] {
  switch (draft.type) {
    case 'twitch.channel.follow': {
      // Nanoseconds by the socket, whole seconds when read back: neighbours are the same.
      const { user_id, followed_at } = draft.payload
      const second = Math.floor(followed_at / 1000)
      return [second, second - 1, second + 1].map((at) => `follow:${user_id}:${at}`)
    }
    case 'twitch.channel.subscribe':
    case 'twitch.channel.subscription.end':
      return [`${draft.type.slice('twitch.channel.'.length)}:${draft.payload.user_id}:${draft.payload.tier}`]
    case 'twitch.stream.online':
      return [`stream.online:${draft.payload.stream_id}`]
    case 'twitch.channel.poll.begin':
    case 'twitch.channel.poll.end':
    case 'twitch.channel.prediction.begin':
    case 'twitch.channel.prediction.lock':
    case 'twitch.channel.prediction.end':
    case 'twitch.channel.hype_train.begin':
    case 'twitch.channel.channel_points_custom_reward_redemption.add':
      return [`${draft.type.slice('twitch.channel.'.length)}:${draft.payload.id}`]
    default:
      return []
  }
}
