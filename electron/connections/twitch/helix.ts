/**
 * Twitch's HTTP API, through `@twurple/api`: it signs each call, refreshes on a 401, and keeps to the rate limit. Owns
 * deadlines and the reading of answers. The library is loaded when the first client is opened: a hub without Twitch
 * does not carry it.
 */
import type { ApiClient } from '@twurple/api'
import type { AuthProvider } from '@twurple/auth'
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { withDeadline } from '../../../base/deadline.ts'
import { errorMessage } from '../../../base/result.ts'
import type { Logger } from '../../kernel/log.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import { SignedOutError } from './auth.ts'
import { conditionOf, type TwitchTopicRule } from './topics.ts'

/** For each call, its retries and its wait for the rate limit included, ms. */
const CALL_DEADLINE_MS = 15_000
/** Most that Twitch gives at once. */
const PAGE_SIZE = '100'

type Query = Record<string, string | string[]>

/** A call that did not bring what was asked for. */
export class HelixError extends Error {
  /** HTTP status; null when there was no answer, or one that can't be read. */
  readonly status: number | null

  constructor(status: number | null, message: string) {
    super(message)
    this.status = status
  }
}

export interface Helix {
  /** The `data` of one answer. */
  list<S extends z.ZodType>(path: string, query: Query, item: S): Promise<z.output<S>[]>
  /** How many there are in all, where Twitch says so. */
  total(path: string, query: Query): Promise<number>
  /**
   * The `data` of page after page, until there are no more, `maxPages` are read or `isEnough` of a page is true.
   * `complete` is false when it stopped at `maxPages`.
   */
  pages<S extends z.ZodType>(
    path: string,
    query: Query,
    item: S,
    options: { maxPages: number; isEnough?: (items: z.output<S>[]) => boolean },
  ): Promise<{ items: z.output<S>[]; complete: boolean }>
  /** Resolves when the subscription is there, also when it was there already. */
  subscribe(rule: TwitchTopicRule, sessionId: string): Promise<void>
}

export interface HelixOptions {
  auth: AuthProvider
  userId: string
  clock: Clock
  log: Logger
  /** Ends every call under way. */
  signal: AbortSignal
}

export async function openHelix({ auth, userId, clock, log, signal }: HelixOptions): Promise<Helix> {
  const { ApiClient } = await import('@twurple/api')
  const client = new ApiClient({
    authProvider: auth,
    fetchOptions: { signal } as object,
    // Its own logger writes to the console, which is not ours to fill.
    logger: { custom: (_level, message) => log.debug({ from: 'twurple' }, message) },
  })

  async function bounded<T>(what: string, work: Promise<T>): Promise<T> {
    const error = new HelixError(null, `Twitch did not answer ${what} within ${CALL_DEADLINE_MS / 1000} s`)
    try {
      return await withDeadline(work, { clock, ms: CALL_DEADLINE_MS, signal, error })
    } catch (failure) {
      throw errorOf(what, failure)
    }
  }

  const page = <S extends z.ZodType>(path: string, query: Query, item: S) =>
    bounded(path, get(client, path, query, userId)).then((answer) => readPage(path, answer, item))

  return {
    list: async (path, query, item) => (await page(path, query, item)).data,
    async total(path, query) {
      const { total } = await page(path, query, z.unknown())
      if (total === undefined) throw new HelixError(null, `Twitch's answer to ${path} has no total`)
      return total
    },
    async pages(path, query, item, { maxPages, isEnough = () => false }) {
      const items: z.output<typeof item>[] = []
      let after: string | undefined
      for (let read = 0; read < maxPages; read++) {
        const answer = await page(path, { ...query, first: PAGE_SIZE, ...(after ? { after } : {}) }, item)
        items.push(...answer.data)
        after = answer.cursor
        if (!after || isEnough(answer.data)) return { items, complete: true }
      }
      return { items, complete: false }
    },
    async subscribe(rule, sessionId) {
      const { type, version, condition } = rule
      const transport = { method: 'websocket' as const, session_id: sessionId }
      try {
        await bounded(
          `the subscription to ${type}`,
          client.eventSub.createSubscription(type, version, conditionOf(condition, userId), transport, userId),
        )
      } catch (error) {
        // It exists: an earlier answer was lost, or it moved over from the socket before.
        if (!(error instanceof HelixError && error.status === 409)) throw error
      }
    },
  }
}

function get(client: ApiClient, url: string, query: Query, userId: string): Promise<unknown> {
  return client.callApi<unknown>({ type: 'helix', url, query, userId, forceType: 'user' })
}

function readPage<S extends z.ZodType>(path: string, answer: unknown, item: S) {
  const schema = z.object({
    data: z.array(item),
    pagination: z.object({ cursor: z.string().optional() }).nullish(),
    total: z.number().int().nonnegative().optional(),
  })
  const parsed = schema.safeParse(answer)
  if (parsed.success) {
    const { data, pagination, total } = parsed.data
    return { data, cursor: pagination?.cursor, total }
  }
  const [issue] = parsed.error.issues
  const where = issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is not as documented'
  throw new HelixError(null, `Twitch's answer to ${path} can't be read: ${where}`)
}

const statusSchema = z.object({ statusCode: z.number(), body: z.string().optional() })
const bodySchema = z.object({ message: z.string().min(1) })

function errorOf(what: string, failure: unknown): Error {
  if (failure instanceof HelixError || failure instanceof SignedOutError) return failure
  const http = statusSchema.safeParse(failure)
  if (!http.success) return new HelixError(null, `${what}: ${errorMessage(failure)}`)
  const json = parseJson(http.data.body ?? '')
  const body = bodySchema.safeParse(json.ok ? json.value : null)
  const said = body.success ? `: ${body.data.message}` : ''
  return new HelixError(http.data.statusCode, `Twitch answered ${http.data.statusCode} to ${what}${said}`)
}
