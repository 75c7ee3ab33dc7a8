/** The event log for everyone outside: over HTTP as pages, over channels as news. Owns nothing; the store has it all. */
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { Channels, NewsTopic } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { addEventRoutes } from './event-routes.ts'
import { addOriginalMessages } from './original-messages.ts'
import { isCritical, originalTopics } from './original-topics.ts'

/** Every event as its envelope, `seq` included: what the dashboard's timeline shows. */
const LOG_TOPIC: NewsTopic = {
  topics: ['events:log'],
  scopes: ['read'],
  push: (event) => ({ event: 'event', payload: event, critical: isCritical(event) }),
}

export interface TimelineOptions {
  channels: Channels
  routes: Routes
  store: Pick<Store, 'events'>
  commands: Commands
}

export function createTimeline({ channels, routes, store, commands }: TimelineOptions): Service {
  return {
    id: 'timeline',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const owned = new DisposableStore()
      for (const topic of [LOG_TOPIC, ...originalTopics]) owned.add(channels.news(topic))
      owned.add(addEventRoutes(routes, store))
      owned.add(addOriginalMessages(channels, commands))
      await untilAborted(signal)
      owned.dispose()
    },
  }
}
