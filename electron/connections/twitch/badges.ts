/**
 * Whose chat it is, and its badges: every one of Twitch's and the channel's own, read anew when the link comes up and then
 * twice a day. What was read last is kept, so that a start without Twitch has it too.
 */
import { z } from 'zod'
import { Backoff } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ChatChannel } from '../../kernel/ports/chat-channel.ts'
import { SignedOutError } from './auth.ts'
import type { Helix } from './helix.ts'
import type { TwitchMemory } from './memory.ts'

const REFRESH_MS = 12 * 3_600_000
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 3_600_000
/** Twitch has some hundreds. */
const MAX_BADGES = 5000

const badgeSetSchema = z.object({
  set_id: z.string(),
  versions: z.array(z.object({ id: z.string(), image_url_4x: z.string() })),
})

/** What the link knows of its channel, for whoever draws the chat. */
export class TwitchChatChannel implements ChatChannel {
  readonly #didChangeUser = new Emitter<void>()
  readonly onDidChangeUser = this.#didChangeUser.event
  #userId: string | null = null
  #badges: ReadonlyMap<string, string> = new Map()

  get userId(): string | null {
    return this.#userId
  }

  badgeAddress({ set_id, id }: { set_id: string; id: string }): string | null {
    return this.#badges.get(keyOf(set_id, id)) ?? null
  }

  setUser(userId: string | null): void {
    if (userId === this.#userId) return
    this.#userId = userId
    this.#didChangeUser.fire()
  }

  setBadges(addresses: Readonly<Record<string, string>>): void {
    this.#badges = new Map(Object.entries(addresses))
  }
}

export interface KeepBadgesOptions {
  helix: Pick<Helix, 'list'>
  userId: string
  channel: TwitchChatChannel
  memory: Pick<TwitchMemory, 'get' | 'set'>
  clock: Clock
  random: () => number
  log: Pick<Logger, 'warn'>
  signal: AbortSignal
}

/** Reads the badges again and again until `signal` aborts. Rejects only when Twitch takes the token no longer. */
export async function keepBadges({ helix, userId, channel, memory, clock, random, log, signal }: KeepBadgesOptions) {
  const backoff = new Backoff({ initialMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, factor: 2, jitter: 0.25, random })
  const kept = await memory.get('badges')
  if (kept && !signal.aborted) channel.setBadges(kept)
  while (!signal.aborted) {
    let waitMs = REFRESH_MS
    try {
      const sets = [
        ...(await helix.list('chat/badges/global', {}, badgeSetSchema)),
        ...(await helix.list('chat/badges', { broadcaster_id: userId }, badgeSetSchema)),
      ]
      const addresses = addressesOf(sets)
      if (signal.aborted) return
      channel.setBadges(addresses)
      await memory.set('badges', addresses)
      backoff.reset()
    } catch (error) {
      if (error instanceof SignedOutError) throw error
      if (signal.aborted) return
      waitMs = backoff.next()
      log.warn({ err: error, waitMs }, "the chat's badges could not be read; those known are used meanwhile")
    }
    await sleep(clock, waitMs, signal)
  }
}

/** The channel's own, which come last, take the place of Twitch's of the same name. */
function addressesOf(sets: z.output<typeof badgeSetSchema>[]): Record<string, string> {
  const pairs = sets.flatMap(({ set_id, versions }) =>
    versions.map(({ id, image_url_4x }): [string, string] => [keyOf(set_id, id), image_url_4x]),
  )
  return Object.fromEntries(pairs.slice(-MAX_BADGES))
}

function keyOf(setId: string, id: string): string {
  return `${setId}/${id}`
}
