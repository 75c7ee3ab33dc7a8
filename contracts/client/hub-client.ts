/**
 * A page's link to the hub: replicas of state, news with resume, signals, and commands that always get an answer. Built
 * on the official `phoenix` client, set for a hub near by: it is back within half a second of the hub's return, however
 * long the hub was away, and also while the page is hidden (an overlay in OBS often is). Knows no framework.
 */
import { type Channel, Socket } from 'phoenix'
import { type Clock, systemClock } from '../../base/clock.ts'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import type { CommandAnswer, RejectionCode } from '../command.ts'
import type { CommandArgs, CommandName, CommandResult } from '../commands.ts'
import { COMMANDS_TOPIC, type StateTopic, type StateTopics } from '../topics.ts'
import { PING_PATH, SOCKET_PATH, type WireError } from '../wire.ts'
import { NewsFollower, type NewsOptions } from './news-follower.ts'
import { httpProbe, probedTransport, type WebSocketConstructor } from './probed-socket.ts'
import { StateReplica } from './state-replica.ts'
import { type TopicFollower, TopicLink } from './topic-link.ts'

/** How the link stands. Times are ms epoch of the page's clock. */
export type HubStatus =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** Lost or not there yet; tried again several times a second. */
  | { kind: 'waiting'; since: number; attempt: number }
  /** The hub does not know this token: only another one helps. */
  | { kind: 'refused'; message: string }
  | { kind: 'closed' }

export interface HubClientOptions {
  /** The hub over HTTP, e.g. `location.origin`. */
  url: string
  token: string | null
  onStatus?: ((status: HubStatus) => void) | undefined
  /** The browser's own unless given. */
  WebSocket?: WebSocketConstructor | undefined
  /** Asks whether the hub is there; over HTTP unless given. */
  probe?: ((signal: AbortSignal) => Promise<boolean>) | undefined
  clock?: Clock | undefined
  /** A number in [0, 1). */
  random?: (() => number) | undefined
}

interface PresenceOptions {
  /** Join parameters. */
  params: object
  /** The hub has let this page in; after a lost link, again. */
  onJoined?: (() => void) | undefined
  onPush: (event: string, payload: unknown) => void
}

interface Presence extends Disposable {
  /** Tells the hub something on this topic. Without a link it is not sent, not even later. */
  tell(event: string, payload: object): void
}

export interface HubClient extends Disposable {
  readonly status: HubStatus
  /** Hub time now, ms epoch: what is timed by the hub is shown right whatever this machine's clock says. */
  hubNow(): number
  /** Calls with the whole value, now if it is known, and after each change. What did not change keeps its identity. */
  state<K extends StateTopic>(topic: K, onValue: (value: StateTopics[K]) => void): Disposable
  /** Stored events of a topic, in order, none twice, none left out without `onGap`. */
  news(topic: string, options: NewsOptions): Disposable
  /** What nobody stores. */
  signal(topic: string, onSignal: (event: string, payload: unknown) => void): Disposable
  /**
   * Says on a topic that this page is there, for as long as it is, and hears what is said to it alone. One presence for
   * each topic.
   */
  presence(topic: string, options: PresenceOptions): Presence
  /**
   * Answers within 10 s whatever happens. A lost link is a rejection with the code `unavailable`; a command is never
   * kept to be sent later, when it may no longer be meant.
   */
  command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandAnswer<CommandResult<N>>>
  /** Tries a lost link at once. */
  retry(): void
}

/** First tries come fast, for a hub that only restarted a part; the last step repeats for ever, jitter included. */
const RECONNECT_STEPS_MS = [10, 50, 100, 150, 200]
const RECONNECT_MAX_MS = 250
/** Share of each step that is random, so that twenty pages do not knock in one moment. */
const RECONNECT_JITTER = 0.4
/** A topic that is not there yet (the hub is starting) or no more. */
const REJOIN_STEPS_MS = [50, 100, 200, 400, 1000]
const REJOIN_MAX_MS = 5000
/** Also its own deadline: a dead line is noticed after 5 to 10 s. */
const HEARTBEAT_MS = 5000
const ANSWER_DEADLINE_MS = 10_000

/** Overlays are hidden most of the time and must be right when they are shown, so being hidden is no reason to wait. */
class PageSocket extends Socket {
  /** Read by the `phoenix` client before it reconnects. */
  get pageHidden(): boolean {
    return false
  }
}

export function createHubClient(options: HubClientOptions): HubClient {
  const { url, token, onStatus, clock = systemClock, random = Math.random } = options
  const base = url.replace(/\/$/, '')
  const links = new Map<string, TopicLink>()
  const replicas = new Map<string, StateReplica<never>>()
  const pending = new Set<(answer: CommandAnswer<never>) => void>()
  let commandChannel: Channel | undefined
  let status: HubStatus = { kind: 'connecting' }
  let openedAt = 0
  let clockSample = { offsetMs: 0, roundTripMs: Number.POSITIVE_INFINITY }

  const jittered = (ms: number) => Math.round(ms * (1 - RECONNECT_JITTER * random()))
  const socket = new PageSocket(base.replace(/^http/, 'ws') + SOCKET_PATH, {
    transport: probedTransport({
      WebSocket: options.WebSocket ?? (globalThis.WebSocket as unknown as WebSocketConstructor),
      probe: options.probe ?? httpProbe(base + PING_PATH),
      clock,
    }),
    params: token === null ? {} : { token },
    heartbeatIntervalMs: HEARTBEAT_MS,
    timeout: ANSWER_DEADLINE_MS,
    reconnectAfterMs: (tries) => jittered(RECONNECT_STEPS_MS[tries - 1] ?? RECONNECT_MAX_MS),
    rejoinAfterMs: (tries) => jittered(REJOIN_STEPS_MS[tries - 1] ?? REJOIN_MAX_MS),
  })
  socket.onOpen(onOpen)
  socket.onClose(onClosed)
  socket.connect()

  function setStatus(next: HubStatus): void {
    status = next
    onStatus?.(next)
  }

  function onOpen(): void {
    openedAt = clock.now()
    clockSample = { ...clockSample, roundTripMs: Number.POSITIVE_INFINITY }
    setStatus({ kind: 'connected' })
  }

  function onClosed(): void {
    failPending('the link to the hub was lost before it answered; check whether it was done before trying again')
    if (status.kind === 'closed') return
    if (status.kind === 'waiting') setStatus({ ...status, attempt: status.attempt + 1 })
    else setStatus({ kind: 'waiting', since: clock.now(), attempt: 1 })
  }

  function onRefused(_topic: string, error: WireError): void {
    if (error.reason === 'unauthorized') setStatus({ kind: 'refused', message: error.message })
  }

  /** The quickest answer tells the time best. */
  function onReply(reply: unknown, sentAt: number): void {
    const hubTime = (reply as { now?: number } | null)?.now
    if (typeof hubTime !== 'number') return
    const arrivedAt = clock.now()
    const leftAt = Math.max(sentAt, openedAt)
    const roundTripMs = arrivedAt - leftAt
    if (roundTripMs < clockSample.roundTripMs) {
      clockSample = { offsetMs: hubTime - (leftAt + arrivedAt) / 2, roundTripMs }
    }
  }

  function follow(topic: string, follower: TopicFollower): Disposable {
    let link = links.get(topic)
    if (!link) {
      link = new TopicLink({ socket, topic, onRefused, onReply, now: () => clock.now() })
      links.set(topic, link)
    }
    const following = link.add(follower)
    return toDisposable(() => {
      following.dispose()
      if (!link.isUsed && links.get(topic) === link) links.delete(topic)
    })
  }

  function state<K extends StateTopic>(topic: K, onValue: (value: StateTopics[K]) => void): Disposable {
    const known = replicas.get(topic) as StateReplica<StateTopics[K]> | undefined
    const replica = known ?? new StateReplica<StateTopics[K]>()
    const stop = replica.listen(onValue)
    if (!known) {
      replicas.set(topic, replica as unknown as StateReplica<never>)
      followed.set(topic, follow(topic, replica))
    }
    return toDisposable(() => {
      stop()
      if (replica.hasListeners || !replicas.delete(topic)) return
      followed.get(topic)?.dispose()
      followed.delete(topic)
    })
  }
  const followed = new Map<string, Disposable>()

  function signal(topic: string, onSignal: (event: string, payload: unknown) => void): Disposable {
    const pushed = (event: string, payload: unknown) => {
      onSignal(event, payload)
      return true
    }
    return follow(topic, { params: () => ({}), joined: () => true, pushed })
  }

  function presence(topic: string, { params, onJoined, onPush }: PresenceOptions): Presence {
    if (links.has(topic)) throw new Error(`topic "${topic}" is followed already`)
    let isIn = false
    const following = follow(topic, {
      params: () => params,
      joined() {
        isIn = true
        onJoined?.()
        return true
      },
      pushed(event, payload) {
        onPush(event, payload)
        return true
      },
      lost() {
        isIn = false
      },
    })
    return {
      tell(event, payload) {
        if (isIn) links.get(topic)?.push(event, payload, ANSWER_DEADLINE_MS)
      },
      dispose: following.dispose,
    }
  }

  function command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandAnswer<CommandResult<N>>> {
    if (status.kind === 'refused') return Promise.resolve(rejected('unauthorized', status.message))
    if (status.kind !== 'connected') {
      return Promise.resolve(rejected('unavailable', 'there is no link to the hub; nothing was sent'))
    }
    return new Promise((resolve) => {
      const settle = (answer: CommandAnswer<never>) => {
        if (pending.delete(settle)) resolve(answer)
      }
      pending.add(settle)
      commandChannelNow()
        .push(name, args as object, ANSWER_DEADLINE_MS)
        .receive('ok', settle)
        .receive('error', (error) => settle(asRejection(error)))
        .receive('timeout', () => settle(rejected('timeout', `the hub did not answer "${name}" within 10 s`)))
    })
  }

  function commandChannelNow(): Channel {
    if (commandChannel) return commandChannel
    const channel = socket.channel(COMMANDS_TOPIC)
    commandChannel = channel
    channel.join().receive('error', (error: WireError) => {
      onRefused(COMMANDS_TOPIC, error)
      if (commandChannel === channel) failPending(error.message)
    })
    return channel
  }

  /** Also forgets the channel, and with it what it would send by itself once the link is back. */
  function failPending(message: string): void {
    const channel = commandChannel
    commandChannel = undefined
    channel?.leave()
    for (const settle of [...pending]) settle(rejected('unavailable', message))
  }

  return {
    get status() {
      return status
    },
    hubNow: () => clock.now() + clockSample.offsetMs,
    state,
    news: (topic, newsOptions) => follow(topic, new NewsFollower(newsOptions)),
    signal,
    presence,
    command,
    retry() {
      if (status.kind === 'connected' || status.kind === 'closed') return
      socket.disconnect(() => {
        if (status.kind !== 'closed') socket.connect()
      })
    },
    dispose() {
      if (status.kind === 'closed') return
      setStatus({ kind: 'closed' })
      failPending('the page closed its link to the hub')
      for (const link of links.values()) link.close()
      socket.disconnect()
    },
  }
}

function rejected(code: RejectionCode, message: string): CommandAnswer<never> {
  return { status: 'rejected', error: { code, message } }
}

/** The hub's own rejection, or that of the protocol in the same words. */
function asRejection(error: CommandAnswer<never> | WireError): CommandAnswer<never> {
  if ('status' in error) return error
  if (error.reason === 'unauthorized' || error.reason === 'forbidden') return rejected(error.reason, error.message)
  return rejected(error.reason === 'too_many_requests' ? 'rate_limited' : 'unavailable', error.message)
}
