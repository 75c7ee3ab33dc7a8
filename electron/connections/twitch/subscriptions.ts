/**
 * Makes the subscriptions of one session: critical ones first, and whatever fails again and again until it is there.
 * Twitch ends a session without any after 10 s, so the first go out at once.
 */
import { Backoff } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { errorMessage } from '../../../base/result.ts'
import type { TwitchTopic } from '../../../contracts/state/twitch.ts'
import { SignedOutError } from './auth.ts'
import type { Helix } from './helix.ts'
import type { TwitchTopicRule } from './topics.ts'

/** At the same time, while the critical ones are made. */
const CRITICAL_CONCURRENCY = 5
/** At the same time, after that. */
const CONCURRENCY = 10
const RETRY_FIRST_MS = 1000
/** A critical topic is tried at least this often, ms. */
const CRITICAL_RETRY_MAX_MS = 30_000
const RETRY_MAX_MS = 5 * 60_000

export interface SubscribeOptions {
  helix: Pick<Helix, 'subscribe'>
  clock: Clock
  random: () => number
  sessionId: string
  topics: readonly TwitchTopicRule[]
  signal: AbortSignal
  onStatus(type: string, status: TwitchTopic['status']): void
  /** Everything was tried once; what failed goes on being tried. */
  onTriedAll(): void
}

/**
 * Resolves when every topic is subscribed or the signal aborts. Rejects with `SignedOutError` when Twitch takes the token
 * no longer; never for any other reason.
 */
export async function subscribeAll(options: SubscribeOptions): Promise<void> {
  const { topics, onTriedAll, signal } = options
  const retries: Promise<void>[] = []
  const make = async (rule: TwitchTopicRule) => {
    const backoff = new Backoff(backoffOf(rule, options.random))
    const waitMs = await attempt(options, rule, backoff)
    if (waitMs === null) return
    const retrying = retry(options, rule, backoff, waitMs)
    // Awaited below; a rejection before that must not count as unhandled.
    retrying.catch(() => {})
    retries.push(retrying)
  }
  await inParallel(
    topics.filter((rule) => rule.critical),
    CRITICAL_CONCURRENCY,
    make,
  )
  await inParallel(
    topics.filter((rule) => !rule.critical),
    CONCURRENCY,
    make,
  )
  if (!signal.aborted) onTriedAll()
  await Promise.all(retries)
}

async function retry(options: SubscribeOptions, rule: TwitchTopicRule, backoff: Backoff, firstMs: number) {
  for (let waitMs: number | null = firstMs; waitMs !== null; waitMs = await attempt(options, rule, backoff)) {
    await sleep(options.clock, waitMs, options.signal)
  }
}

/** One try; answers how long to wait before the next, or null when none is needed. */
async function attempt(options: SubscribeOptions, rule: TwitchTopicRule, backoff: Backoff): Promise<number | null> {
  const { helix, sessionId, signal, clock, onStatus } = options
  if (signal.aborted) return null
  try {
    await helix.subscribe(rule, sessionId)
    if (!signal.aborted) onStatus(rule.type, { status: 'active' })
    return null
  } catch (error) {
    if (error instanceof SignedOutError) throw error
    if (signal.aborted) return null
    const waitMs = backoff.next()
    const retryAt = clock.now() + waitMs
    onStatus(rule.type, { status: 'retrying', attempt: backoff.attempt, retryAt, reason: errorMessage(error) })
    return waitMs
  }
}

function backoffOf({ critical }: TwitchTopicRule, random: () => number) {
  const maxMs = critical ? CRITICAL_RETRY_MAX_MS : RETRY_MAX_MS
  return { initialMs: RETRY_FIRST_MS, maxMs, factor: 2, jitter: 0.25, random }
}

async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}
