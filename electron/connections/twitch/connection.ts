/**
 * The link to Twitch: signs in, holds a session, subscribes, announces what comes, and makes up for what was missed.
 * Composes the parts of this folder; each of them is explained in its own file. Knows no feature.
 */

import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { TwitchSignIn } from '../../../contracts/state/twitch.ts'
import type { Alarms } from '../../kernel/alarms.ts'
import type { Bus, EventDraft } from '../../kernel/bus.ts'
import type { Channels } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ChatChannel } from '../../kernel/ports/chat-channel.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { type AttemptContext, type Connection, ConnectionLoop, type Verdict } from '../connection.ts'
import { SignedOutError, TwitchAuth, type TwitchTokens } from './auth.ts'
import { TwitchChatChannel } from './chat-pictures.ts'
import { handleTwitchCommands } from './commands.ts'
import type { TwitchConfig } from './config.ts'
import { twitchEndpoints } from './endpoints.ts'
import type { TwitchFigures } from './figures.ts'
import { subscribedStatement, unsubscribedStatement } from './gap.ts'
import { createIdService } from './id-service.ts'
import { createInbox } from './inbox.ts'
import { TwitchLink } from './link.ts'
import { createTwitchMemory } from './memory.ts'
import { createTwitchReplica } from './replica.ts'
import { addTwitchRoutes } from './routes.ts'
import { createSeen } from './seen.ts'
import { DeviceSignIn } from './sign-in.ts'
import { openTwitchSocket, type TwitchSocketFactory } from './socket.ts'
import type { TwitchDraft } from './wire.ts'

/** Between two tries, ms. Twitch throttles who asks more often. */
const BACKOFF = { initialMs: 1000, maxMs: 30_000, factor: 2, jitter: 0.2 }
const SILENCE_ALARM = 'twitch.silent'
/** What was announced is forgotten in steps of this, ms. */
const PRUNE_EVERY_MS = 60 * 60_000

export interface TwitchConnectionOptions {
  config: TwitchConfig
  bus: Pick<Bus, 'publish'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  routes?: Routes | undefined
  secrets: Secrets
  store: Pick<Store, 'all' | 'run'>
  clock: Clock
  log: Logger
  random?: () => number
  openSocket?: TwitchSocketFactory
  /** Where silence is told as well. */
  alarms?: Pick<Alarms, 'raise' | 'clear'> | undefined
}

export interface TwitchConnection extends Connection {
  /** Whose chat is read, its badges and its cheermotes. */
  readonly channel: ChatChannel
  /** Whether the channel is live; null while the link is down. */
  isLive(): boolean | null
  /** What Twitch says when it is asked, once a minute. */
  readonly figures: { readonly value: TwitchFigures; readonly onDidChange: Event<TwitchFigures> }
}

export function createTwitchConnection(options: TwitchConnectionOptions): TwitchConnection {
  const { config, bus, channels, secrets, store, clock, log } = options
  const { random = Math.random, openSocket = openTwitchSocket } = options
  const owned = new DisposableStore()
  const endpoints = twitchEndpoints(config.mockPort)
  const id = createIdService(endpoints, clock)
  const memory = createTwitchMemory(store)
  const seen = createSeen(store, clock)
  const replica = owned.add(createTwitchReplica(channels))
  const channel = new TwitchChatChannel()
  const inbox = createInbox({ bus, seen, clock, log, onAccept: noteFacts })
  const loop = owned.add(new ConnectionLoop({ clock, backoff: { ...BACKOFF, random }, attempt }))
  owned.add(
    loop.onDidChangeState((state) => {
      replica.setConnection(state)
      log.info({ connection: state }, `Twitch: ${state.status}`)
    }),
  )
  const signIn = owned.add(new DeviceSignIn({ id, clock, onStatus: showProgress, onSignedIn }))
  let auth: TwitchAuth | undefined
  let figures: TwitchFigures = { viewers: null, followers: null }
  const figuresChanged = owned.add(new Emitter<TwitchFigures>())
  const publishing = new Set<Promise<void>>()

  function publish(draft: TwitchDraft): void {
    const sent = bus.publish({ ...draft, source: 'twitch' } as EventDraft).then(
      () => {},
      (error) => log.error({ err: error, type: draft.type }, 'an event could not be stored'),
    )
    publishing.add(sent)
    void sent.then(() => publishing.delete(sent))
  }

  /** What an event of Twitch changes in what we know: shown at once, written with the event. */
  function noteFacts(draft: TwitchDraft): Statement[] {
    switch (draft.type) {
      case 'twitch.channel.update': {
        const { title, language, category_id, category_name, content_classification_labels } = draft.payload
        const channel = { title, language, category_id, category_name, content_classification_labels }
        replica.setChannel(channel)
        return [memory.statement('channel', channel)]
      }
      case 'twitch.stream.online': {
        const { stream_id, started_at } = draft.payload
        replica.setStream({ id: stream_id, startedAt: started_at, viewers: null })
        return [memory.statement('stream', { id: stream_id, startedAt: started_at })]
      }
      case 'twitch.stream.offline':
        replica.setStream({ id: null, startedAt: null, viewers: null })
        noteFigures({ viewers: null })
        return [memory.statement('stream', { id: null, startedAt: null })]
      case 'twitch.channel.subscribe':
        return [subscribedStatement(draft.payload)]
      case 'twitch.channel.subscription.end':
        return [unsubscribedStatement(draft.payload.user_id)]
      default:
        return []
    }
  }

  function noteFigures(change: Partial<TwitchFigures>): void {
    const after = { ...figures, ...change }
    if (after.viewers === figures.viewers && after.followers === figures.followers) return
    figures = after
    figuresChanged.fire(after)
  }

  async function clientIdInUse(): Promise<string | null> {
    return config.clientId ?? (await memory.get('clientId'))
  }

  /** The keeper of the tokens for the client id in use; null when there is no client id. */
  async function authInUse(): Promise<TwitchAuth | null> {
    const clientId = await clientIdInUse()
    replica.setConfigured(clientId !== null)
    if (auth && auth.clientId === clientId) return auth
    auth = undefined
    if (clientId === null) return null
    const seed = { accessToken: config.accessToken, refreshToken: config.refreshToken }
    const onChange = (tokens: TwitchTokens | null) => {
      if (auth === fresh) showSignIn(tokens)
    }
    const fresh: TwitchAuth = new TwitchAuth({ clientId, seed, id, secrets, clock, onChange })
    auth = fresh
    return fresh
  }

  function showSignIn(tokens: TwitchTokens | null): void {
    if (signIn.isPending) return
    if (!tokens) {
      channel.setUser(null)
      replica.setSignIn({ status: 'signed-out' })
      return
    }
    const { userId, login, expiresAt, scopes } = tokens
    channel.setUser(userId)
    const before = replica.value.signIn
    const displayName = before.status === 'signed-in' && before.userId === userId ? before.displayName : login
    replica.setSignIn({ status: 'signed-in', userId, login, displayName, expiresAt, scopes })
  }

  /** A sign-in for more scopes that fails leaves the one before as it is. */
  function showProgress(status: TwitchSignIn): void {
    const tokens = auth?.tokens
    if (status.status !== 'failed') replica.setSignIn(status)
    else if (tokens && loop.state.status === 'connected') showSignIn(tokens)
    else replica.setSignIn(status)
  }

  async function onSignedIn(): Promise<void> {
    const tokens = auth?.tokens
    if (!tokens) return
    showSignIn(tokens)
    const { userId, login, scopes } = tokens
    publish({ type: 'twitch.signed-in', payload: { userId, login, displayName: login, scopes } })
    loop.restart()
  }

  async function attempt({ signal, didConnect }: AttemptContext): Promise<Verdict> {
    if (!config.enabled) return { action: 'idle', reason: 'Twitch is switched off in the settings' }
    const keeper = await authInUse()
    if (!keeper) return { action: 'idle', reason: 'no Twitch client id is set; set one to sign in' }
    let tokens: TwitchTokens
    try {
      tokens = await keeper.open(signal)
    } catch (error) {
      if (error instanceof SignedOutError) return signedOut(error.message)
      return { action: 'retry', reason: errorMessage(error) }
    }
    showSignIn(tokens)
    const link = new TwitchLink({
      auth: keeper,
      tokens,
      endpoints,
      openSocket,
      clock,
      random,
      log,
      inbox,
      memory,
      store,
      replica,
      channel,
      publish,
      didConnect,
      onSilence: showSilence,
      onFigures: noteFigures,
    })
    return link.run(signal)
  }

  function showSilence(since: number | null): void {
    replica.setSilentSince(since)
    if (since === null) options.alarms?.clear(SILENCE_ALARM)
    else
      options.alarms?.raise(SILENCE_ALARM, 'critical', 'Twitch has gone silent: alerts may be missing. Reconnecting.')
  }

  function signedOut(reason: string): Verdict {
    if (!signIn.isPending) replica.setSignIn({ status: 'signed-out' })
    return { action: 'reauth', reason }
  }

  const commandsTaken = () =>
    handleTwitchCommands({
      commands: options.commands,
      loop,
      signIn,
      authInUse,
      fixedClientId: config.clientId,
      setClientId: (clientId) => memory.set('clientId', clientId),
      onSignedOut: (userId) => {
        publish({ type: 'twitch.signed-out', payload: { userId, reason: 'signed out from the dashboard' } })
      },
      onCancelled: () => showSignIn(auth?.tokens ?? null),
    })

  return {
    id: 'twitch',
    channel,
    get state() {
      return loop.state
    },
    get health() {
      return loop.health
    },
    onDidChangeState: loop.onDidChangeState,
    isLive: () => (loop.state.status === 'connected' ? replica.value.stream.live : null),
    figures: {
      get value() {
        return figures
      },
      onDidChange: figuresChanged.event,
    },
    onDidChangeHealth: loop.onDidChangeHealth,
    retryNow: () => loop.retryNow(),
    async run(signal) {
      const running = new DisposableStore()
      running.add(commandsTaken())
      if (options.routes) running.add(addTwitchRoutes(options.routes, replica, inbox))
      running.add(clock.setInterval(() => void prune(seen.prune, log), PRUNE_EVERY_MS))
      try {
        await seen.load()
        await loop.run(signal)
      } finally {
        if (signIn.cancel()) showSignIn(auth?.tokens ?? null)
        running.dispose()
        await inbox.flush()
        await Promise.all(publishing)
      }
    },
    dispose: () => owned.dispose(),
  }
}

async function prune(work: () => Promise<void>, log: Logger): Promise<void> {
  await work().catch((error) => log.warn({ err: error }, 'what was announced long ago could not be forgotten'))
}
