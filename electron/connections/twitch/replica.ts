/** The state of the link to Twitch as pages see it. Owns `state:twitch`; knows no socket and no token. */
import type { Disposable } from '../../../base/lifecycle.ts'
import type { ConnectionState } from '../../../contracts/state/connection.ts'
import type { TwitchGap, TwitchSignIn, TwitchState, TwitchTopic } from '../../../contracts/state/twitch.ts'
import type { Channels } from '../../kernel/channels/channels.ts'
import { twitchTopics } from './topics.ts'

/** `lastMessageAt` is news for a person: not more often than this, ms. */
const LAST_MESSAGE_EVERY_MS = 1000

type TopicStatus = TwitchTopic['status']

export interface TwitchReplica extends Disposable {
  readonly value: TwitchState
  setConfigured(configured: boolean): void
  setConnection(connection: ConnectionState): void
  setSignIn(signIn: TwitchSignIn): void
  setTopic(type: string, status: TopicStatus): void
  /** Sets every topic by what was granted; answers the types that may be subscribed. */
  resetTopics(scopes: readonly string[]): string[]
  setSilentSince(at: number | null): void
  /** Something was heard. */
  heard(at: number): void
  setGap(gap: TwitchGap): void
  setChannel(channel: { title: string; language: string; category_id: string; category_name: string }): void
  setStream(stream: { id: string | null; startedAt: number | null; viewers: number | null }): void
}

export function createTwitchReplica(channels: Pick<Channels, 'state'>): TwitchReplica {
  const handle = channels.state('state:twitch', {
    configured: false,
    connection: { status: 'closed' },
    signIn: { status: 'signed-out' },
    topics: twitchTopics.map(({ type, version }) => ({ type, version, status: { status: 'pending' } })),
    silentSince: null,
    lastMessageAt: null,
    lastGap: null,
    channel: null,
    stream: { live: false, startedAt: null, viewers: null },
  })
  const set = (change: Partial<TwitchState>) => handle.update((state) => void Object.assign(state, change))
  return {
    get value() {
      return handle.value
    },
    setConfigured: (configured) => set({ configured }),
    setConnection: (connection) => set({ connection }),
    setSignIn: (signIn) => set({ signIn }),
    setTopic: (type, status) =>
      handle.update(({ topics }) => {
        const topic = topics.find((candidate) => candidate.type === type)
        if (topic) topic.status = status
      }),
    resetTopics(scopes) {
      const statusOf = (scope: string | null): TopicStatus => {
        if (scope === null || scopes.includes(scope)) return { status: 'pending' }
        return { status: 'off', reason: 'missing-scope', scope }
      }
      const topics = twitchTopics.map(({ type, version, scope }) => ({ type, version, status: statusOf(scope) }))
      set({ topics })
      return topics.filter(({ status }) => status.status === 'pending').map(({ type }) => type)
    },
    setSilentSince: (silentSince) => set({ silentSince }),
    heard(at) {
      const { lastMessageAt } = handle.value
      if (lastMessageAt === null || at - lastMessageAt >= LAST_MESSAGE_EVERY_MS) set({ lastMessageAt: at })
    },
    setGap: (lastGap) => set({ lastGap }),
    setChannel: ({ title, language, category_id, category_name }) =>
      set({ channel: { title, language, categoryId: category_id, categoryName: category_name } }),
    setStream: ({ id, startedAt, viewers }) => set({ stream: { live: id !== null, startedAt, viewers } }),
    dispose: () => handle.dispose(),
  }
}
