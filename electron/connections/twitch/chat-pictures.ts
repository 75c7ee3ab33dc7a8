/**
 * Whose chat it is, its badges and its cheermotes: every one of Twitch's and the channel's own, read anew when the link comes
 * up and then twice a day. What was read last is kept, so that a start without Twitch has it too.
 */
import { z } from 'zod'
import { Backoff } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import type { CheermoteRef, PictureMotion } from '../../../contracts/pictures.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ChatChannel } from '../../kernel/ports/chat-channel.ts'
import { SignedOutError } from './auth.ts'
import type { Helix } from './helix.ts'
import type { CheermoteTier, TwitchMemory } from './memory.ts'

const REFRESH_MS = 12 * 3_600_000
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 3_600_000
/** Twitch has some hundreds. */
const MAX_BADGES = 5000
/** Twitch has some dozens. */
const MAX_CHEERMOTES = 500
/** Known before Twitch was asked. */
const FIRST_CHEERMOTE = 'cheer'

const badgeSetSchema = z.object({
  set_id: z.string(),
  versions: z.array(z.object({ id: z.string(), image_url_4x: z.string() })),
})

const cheermoteUrls = z.object({ 4: z.string() })
const cheermoteSchema = z.object({
  prefix: z.string(),
  tiers: z.array(
    z.object({
      min_bits: z.number().int().nonnegative(),
      images: z.object({ dark: z.object({ static: cheermoteUrls, animated: cheermoteUrls }) }),
    }),
  ),
})

/** What the link knows of its channel, for whoever draws the chat. */
export class TwitchChatChannel implements ChatChannel {
  readonly #didChangeUser = new Emitter<void>()
  readonly onDidChangeUser = this.#didChangeUser.event
  #userId: string | null = null
  #badges: ReadonlyMap<string, string> = new Map()
  /** By prefix in small letters. */
  #cheermotes: ReadonlyMap<string, readonly CheermoteTier[]> = new Map()

  get userId(): string | null {
    return this.#userId
  }

  badgeAddress({ set_id, id }: { set_id: string; id: string }): string | null {
    return this.#badges.get(keyOf(set_id, id)) ?? null
  }

  isCheermote(prefix: string): boolean {
    const known = prefix.toLowerCase()
    return known === FIRST_CHEERMOTE || this.#cheermotes.has(known)
  }

  cheermoteAddress({ prefix, bits }: CheermoteRef, motion: PictureMotion): string | null {
    const tiers = this.#cheermotes.get(prefix.toLowerCase()) ?? []
    const tier = tiers.findLast(({ min_bits }) => min_bits <= bits)
    return tier ? tier[motion] : null
  }

  setUser(userId: string | null): void {
    if (userId === this.#userId) return
    this.#userId = userId
    this.#didChangeUser.fire()
  }

  setBadges(addresses: Readonly<Record<string, string>>): void {
    this.#badges = new Map(Object.entries(addresses))
  }

  setCheermotes(tiers: Readonly<Record<string, readonly CheermoteTier[]>>): void {
    this.#cheermotes = new Map(Object.entries(tiers))
  }
}

export interface KeepChatPicturesOptions {
  helix: Pick<Helix, 'list'>
  userId: string
  channel: TwitchChatChannel
  memory: Pick<TwitchMemory, 'get' | 'set'>
  clock: Clock
  random: () => number
  log: Pick<Logger, 'warn'>
  signal: AbortSignal
}

/** Reads them again and again until `signal` aborts. Rejects only when Twitch takes the token no longer. */
export async function keepChatPictures(options: KeepChatPicturesOptions): Promise<void> {
  const { helix, userId, channel, memory, signal } = options
  const [badges, cheermotes] = [await memory.get('badges'), await memory.get('cheermotes')]
  if (signal.aborted) return
  if (badges) channel.setBadges(badges)
  if (cheermotes) channel.setCheermotes(cheermotes)
  await Promise.all([
    keepReading('badges', options, async () => {
      const sets = [
        ...(await helix.list('chat/badges/global', {}, badgeSetSchema)),
        ...(await helix.list('chat/badges', { broadcaster_id: userId }, badgeSetSchema)),
      ]
      const addresses = addressesOf(sets)
      if (signal.aborted) return
      channel.setBadges(addresses)
      await memory.set('badges', addresses)
    }),
    keepReading('cheermotes', options, async () => {
      const tiers = tiersOf(await helix.list('bits/cheermotes', { broadcaster_id: userId }, cheermoteSchema))
      if (signal.aborted) return
      channel.setCheermotes(tiers)
      await memory.set('cheermotes', tiers)
    }),
  ])
}

async function keepReading(
  what: string,
  { clock, random, log, signal }: KeepChatPicturesOptions,
  read: () => Promise<void>,
): Promise<void> {
  const backoff = new Backoff({ initialMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, factor: 2, jitter: 0.25, random })
  while (!signal.aborted) {
    let waitMs = REFRESH_MS
    try {
      await read()
      backoff.reset()
    } catch (error) {
      if (error instanceof SignedOutError) throw error
      if (signal.aborted) return
      waitMs = backoff.next()
      log.warn({ err: error, waitMs }, `the chat's ${what} could not be read; those known are used meanwhile`)
    }
    await sleep(clock, waitMs, signal)
  }
}

/** Fewest bits first. A channel's own come under a prefix of their own. */
function tiersOf(cheermotes: z.output<typeof cheermoteSchema>[]): Record<string, CheermoteTier[]> {
  const pairs = cheermotes
    .slice(0, MAX_CHEERMOTES)
    .map(({ prefix, tiers }): [string, CheermoteTier[]] => [
      prefix.toLowerCase(),
      tiers
        .map(({ min_bits, images: { dark } }) => ({ min_bits, still: dark.static[4], moving: dark.animated[4] }))
        .sort((a, b) => a.min_bits - b.min_bits),
    ])
  return Object.fromEntries(pairs)
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
