/**
 * One stay at Twitch: from the tokens to the end of the session. Subscribes at each welcome, hands on what is said, and
 * reads back what was missed before. Owns when Twitch counts as heard:
 * only once everything was subscribed and read back.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { TwitchTopic } from '../../../contracts/state/twitch.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Store } from '../../kernel/store/store.ts'
import type { Verdict } from '../connection.ts'
import { SignedOutError, type TwitchAuth, type TwitchTokens } from './auth.ts'
import { keepChatPictures, type TwitchChatChannel } from './chat-pictures.ts'
import type { TwitchEndpoints } from './endpoints.ts'
import { type TwitchFigures, watchFigures } from './figures.ts'
import { fillGap } from './gap.ts'
import { type Helix, openHelix } from './helix.ts'
import type { Inbox } from './inbox.ts'
import type { TwitchMemory } from './memory.ts'
import { judge, type TwitchEnd } from './policy.ts'
import type { TwitchReplica } from './replica.ts'
import { type TwitchNews, TwitchSession } from './session.ts'
import type { TwitchSocketFactory } from './socket.ts'
import { subscribeAll } from './subscriptions.ts'
import { twitchTopics } from './topics.ts'
import { type TwitchDraft, type TwitchSessionInfo, toCanonical, unknownEvent } from './wire.ts'

/** What a kill may add to the gap that is told after it, ms. */
const REMEMBER_EVERY_MS = 30_000

export interface TwitchLinkOptions {
  auth: TwitchAuth
  tokens: TwitchTokens
  endpoints: TwitchEndpoints
  openSocket: TwitchSocketFactory
  clock: Clock
  random: () => number
  log: Logger
  inbox: Inbox
  memory: TwitchMemory
  store: Pick<Store, 'all' | 'run'>
  replica: TwitchReplica
  channel: TwitchChatChannel
  publish(draft: TwitchDraft): void
  /** Proof of health: a subscription was taken. */
  didConnect(): void
  /** Nothing heard since then, ms epoch; null when Twitch speaks again. */
  onSilence(since: number | null): void
  /** What was read anew of viewers and followers. */
  onFigures(figures: Partial<TwitchFigures>): void
}

export class TwitchLink {
  readonly #options: TwitchLinkOptions
  readonly #types: string[]
  /** Ends everything that belongs to this stay. */
  readonly #over = new AbortController()
  readonly #work = new Set<Promise<void>>()
  #session: TwitchSession | undefined
  #helix: Helix | undefined
  /** Ends the subscribing of the welcome before. */
  #welcome = new AbortController()
  #isConnected = false
  /** When Twitch was last heard while everything was subscribed, ms epoch; null before that ever was. */
  #heardAt: number | null = null
  #isCovered = false
  /** Whether every topic of this welcome was tried once: whatever becomes active now comes late. */
  #triedAll = false

  constructor(options: TwitchLinkOptions) {
    this.#options = options
    this.#types = options.replica.resetTopics(options.tokens.scopes)
  }

  async run(signal: AbortSignal): Promise<Verdict> {
    const end = () => this.#over.abort()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const owned = new DisposableStore()
    try {
      return await this.#stay(owned, signal)
    } finally {
      end()
      signal.removeEventListener('abort', end)
      owned.dispose()
      await Promise.all(this.#work)
      await this.#remember()
    }
  }

  async #stay(owned: DisposableStore, signal: AbortSignal): Promise<Verdict> {
    const { auth, tokens, clock, log, memory, endpoints, openSocket } = this.#options
    await memory.belongTo(tokens.userId)
    this.#heardAt = await memory.get('heardAt')
    this.#helix = await openHelix({
      auth: auth.provider,
      userId: tokens.userId,
      clock,
      log,
      signal: this.#over.signal,
    })
    if (signal.aborted) return judge({ kind: 'asked' })
    const session = owned.add(
      new TwitchSession({
        clock,
        endpoints,
        openSocket,
        onNews: (news) => this.#hear(news),
        onWelcome: (info, resumed) => this.#welcomed(info, resumed),
        onLife: () => this.#didHear(),
      }),
    )
    this.#session = session
    const stop = () => session.dispose()
    this.#over.signal.addEventListener('abort', stop)
    owned.defer(() => this.#over.signal.removeEventListener('abort', stop))
    owned.add(clock.setInterval(() => void this.#remember(), REMEMBER_EVERY_MS))
    this.#run(this.#keepSignedIn())
    const ending = await session.ended
    return this.#ended(ending)
  }

  #ended(ending: TwitchEnd): Verdict {
    const { publish, onSilence } = this.#options
    const verdict = judge(ending)
    if (ending.kind === 'silent') {
      onSilence(ending.since)
      publish({ type: 'twitch.silent', payload: { since: ending.since, keepaliveSeconds: ending.keepaliveSeconds } })
    }
    if (!this.#isConnected) return verdict
    const { action, reason } = verdict
    const code = ending.kind === 'closed' ? ending.close.code : null
    const willRetry = action === 'retry' || action === 'retry-now'
    publish({ type: 'twitch.disconnected', payload: { reason, code, willRetry } })
    return verdict
  }

  #welcomed(info: TwitchSessionInfo, resumed: boolean): void {
    const { publish, onSilence } = this.#options
    onSilence(null)
    if (resumed) {
      publish({ type: 'twitch.connected', payload: connected(info, true) })
      return
    }
    this.#isCovered = false
    this.#triedAll = false
    this.#welcome.abort()
    this.#welcome = new AbortController()
    this.#run(this.#subscribe(info, AbortSignal.any([this.#welcome.signal, this.#over.signal])))
  }

  async #subscribe(info: TwitchSessionInfo, signal: AbortSignal): Promise<void> {
    const { clock, random, replica } = this.#options
    const helix = this.#helix
    if (!helix) return
    /** What counts as missed for a topic that comes late. */
    const missedFrom = this.#heardAt
    await subscribeAll({
      helix,
      clock,
      random,
      sessionId: info.id,
      topics: twitchTopics.filter(({ type }) => this.#types.includes(type)),
      signal,
      onStatus: (type, status) => {
        replica.setTopic(type, status)
        if (status.status !== 'active') return
        this.#didSubscribe(info)
        if (this.#triedAll) this.#run(this.#readBack([type], missedFrom, signal))
      },
      onTriedAll: () => {
        this.#triedAll = true
        this.#run(this.#cover(missedFrom, signal))
      },
    })
  }

  /** Only once what was missed is read back does the next gap begin later than the last. */
  async #cover(missedFrom: number | null, signal: AbortSignal): Promise<void> {
    await this.#introduce(signal)
    this.#run(this.#keepChatPictures(signal))
    await this.#readBack(this.#activeTypes(), missedFrom, signal)
    if (signal.aborted) return
    this.#isCovered = true
    this.#heardAt = this.#session?.lastHeardAt ?? null
    this.#watchFigures(signal)
    await this.#remember()
  }

  #watchFigures(signal: AbortSignal): void {
    const { clock, log, tokens, onFigures } = this.#options
    const helix = this.#helix
    const mayReadFollowers = this.#types.includes('channel.follow')
    if (helix) {
      this.#run(watchFigures({ helix, userId: tokens.userId, mayReadFollowers, clock, log, onFigures }, signal))
    }
  }

  #activeTypes(): string[] {
    const isActive = ({ status }: TwitchTopic) => status.status === 'active'
    return this.#options.replica.value.topics.filter(isActive).map(({ type }) => type)
  }

  #didSubscribe(info: TwitchSessionInfo): void {
    this.#options.didConnect()
    if (this.#isConnected) return
    this.#isConnected = true
    this.#options.publish({ type: 'twitch.connected', payload: connected(info, false) })
  }

  async #readBack(types: readonly string[], from: number | null, signal: AbortSignal): Promise<void> {
    const { clock, inbox, memory, store, replica, tokens, publish, log } = this.#options
    const helix = this.#helix
    if (!helix || types.length === 0) return
    const to = clock.now()
    const context = {
      helix,
      inbox,
      memory,
      store,
      user: { id: tokens.userId, login: tokens.login, name: this.#displayName() },
      from,
      to,
      types,
      onStream: replica.setStream,
      onChannel: replica.setChannel,
    }
    const { recovered, lost } = await fillGap(context)
    if (signal.aborted || from === null) return
    log.info({ from, to, recovered, lost }, 'read back what was missed')
    replica.setGap({ from, to, recovered, lost })
    publish({ type: 'twitch.gap', payload: { from, to, recovered, lost } })
  }

  #displayName(): string {
    const { replica, tokens } = this.#options
    const { signIn } = replica.value
    return signIn.status === 'signed-in' ? signIn.displayName : tokens.login
  }

  /** Learns the name as the streamer writes it; until then the login has to do. */
  async #introduce(signal: AbortSignal): Promise<void> {
    const { replica, tokens, log } = this.#options
    let displayName: string | undefined
    try {
      const users = await this.#helix?.list('users', { id: tokens.userId }, z.object({ display_name: z.string() }))
      displayName = users?.[0]?.display_name
    } catch (error) {
      if (error instanceof SignedOutError) throw error
      log.warn({ err: error }, "the streamer's display name could not be read")
    }
    const { signIn } = replica.value
    if (signal.aborted || !displayName || signIn.status !== 'signed-in') return
    replica.setSignIn({ ...signIn, displayName })
  }

  async #keepChatPictures(signal: AbortSignal): Promise<void> {
    const { tokens, channel, memory, clock, random, log } = this.#options
    const helix = this.#helix
    if (!helix) return
    await keepChatPictures({ helix, userId: tokens.userId, channel, memory, clock, random, log, signal })
  }

  #hear(news: TwitchNews): void {
    const { inbox } = this.#options
    switch (news.kind) {
      case 'notification':
        for (const { messageId, sentAt, type, event } of news.notifications) {
          void inbox.accept({ draft: toCanonical(type, event, messageId), messageId, at: sentAt })
        }
        break
      case 'revocation':
        this.#revoked(news)
        break
      case 'unknown': {
        const { messageId, rawType, body, fault } = news
        void inbox.accept({ draft: unknownEvent(rawType, body, fault, messageId), messageId })
      }
    }
    if (inbox.isFull) this.#waitForStore()
  }

  #waitForStore(): void {
    const session = this.#session
    session?.pause()
    void this.#options.inbox.drained().then(() => session?.resume())
  }

  #revoked({ messageId, type, version, status }: Extract<TwitchNews, { kind: 'revocation' }>): void {
    const { inbox, replica } = this.#options
    const reason = revocationReason(status)
    replica.setTopic(type, { status: 'revoked', reason })
    const draft: TwitchDraft = { type: 'twitch.subscription.revoked', payload: { type, version, reason } }
    void inbox.accept({ draft, messageId })
    if (status === 'authorization_revoked' || status === 'user_removed') this.#run(this.#revalidate())
  }

  async #revalidate(): Promise<void> {
    await this.#options.auth.validate(this.#over.signal)
  }

  async #keepSignedIn(): Promise<void> {
    const refused = await this.#options.auth.keep(this.#over.signal)
    if (refused) throw refused
  }

  /** Work that goes on beside the session and ends with it. Only a refused token ends the session. */
  #run(work: Promise<void>): void {
    const { log } = this.#options
    const settled = work.catch((error) => {
      if (this.#over.signal.aborted) return
      if (error instanceof SignedOutError) this.#session?.end({ kind: 'signed-out', reason: error.message })
      else log.warn({ err: error }, `something beside the session with Twitch failed: ${errorMessage(error)}`)
    })
    this.#work.add(settled)
    void settled.then(() => this.#work.delete(settled))
  }

  #didHear(): void {
    const now = this.#options.clock.now()
    this.#options.replica.heard(now)
    if (this.#isCovered) this.#heardAt = now
  }

  async #remember(): Promise<void> {
    const { memory, log } = this.#options
    if (!this.#isCovered || this.#heardAt === null) return
    try {
      await memory.set('heardAt', this.#heardAt)
    } catch (error) {
      log.warn({ err: error }, 'when Twitch was last heard could not be kept')
    }
  }
}

function connected({ id, keepaliveSeconds }: TwitchSessionInfo, resumed: boolean) {
  return { sessionId: id, keepaliveSeconds, resumed }
}

function revocationReason(status: string): string {
  switch (status) {
    case 'authorization_revoked':
      return 'the streamer took back the permission, or changed their password'
    case 'user_removed':
      return 'the account no longer exists'
    case 'version_removed':
      return 'Twitch withdrew this version of the topic; update Landale'
    case 'moderator_removed':
      return 'the account is no longer a moderator of the channel'
    default:
      return `Twitch revoked it (${status})`
  }
}
