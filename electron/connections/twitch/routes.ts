/** The link to Twitch over HTTP, for reading: how it stands and what is subscribed. */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Inbox } from './inbox.ts'
import type { TwitchReplica } from './replica.ts'

export function addTwitchRoutes(routes: Routes, replica: Pick<TwitchReplica, 'value'>, inbox: Inbox): Disposable {
  const added = new DisposableStore()
  added.add(
    routes.add({
      method: 'GET',
      path: '/api/twitch/status',
      scope: 'read',
      summary: 'How the link to Twitch stands, and how many notifications were announced, repeated or failed',
      handle: () => ({ ...replica.value, notifications: inbox.counts }),
    }),
  )
  added.add(
    routes.add({
      method: 'GET',
      path: '/api/twitch/subscriptions',
      scope: 'read',
      summary: 'Every EventSub topic with its status',
      handle: () => ({ subscriptions: replica.value.topics }),
    }),
  )
  return added
}
