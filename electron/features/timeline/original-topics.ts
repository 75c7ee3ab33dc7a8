/**
 * The topics, push names and flat events of the original system, so that its own clients work unchanged. A translation
 * at the door: nothing inside the hub knows these names.
 */
import type { StoredEvent } from '../../kernel/bus.ts'
import type { NewsTopic } from '../../kernel/channels/channels.ts'

const INTERACTIONS = ['channel.follow', 'channel.subscribe', 'channel.subscription.gift', 'channel.cheer']
const STREAM_EVENTS = ['stream.online', 'stream.offline', 'channel.update']

/** The push a Twitch event becomes; every other one is a `twitch_event`. */
const TWITCH_PUSHES: Record<string, string> = {
  'channel.chat.message': 'chat_message',
  'channel.chat.clear': 'chat_clear',
  'channel.chat.message_delete': 'message_delete',
  'channel.follow': 'follower',
  'channel.subscribe': 'subscription',
  'channel.subscription.gift': 'gift_subscription',
  'channel.cheer': 'cheer',
  'channel.update': 'channel_update',
}

const SOURCE_PUSHES: Record<string, string> = {
  obs: 'obs_event',
  ironmon: 'ironmon_event',
  rainwave: 'rainwave_event',
  system: 'system_event',
  alert: 'stream_event',
  producer: 'stream_event',
}

/** What the original sent at once, because a late one costs a broadcast. */
const CRITICAL = new Set([
  'obs.disconnected',
  'obs.stream.started',
  'obs.stream.stopped',
  'obs.recording.started',
  'obs.recording.stopped',
  'twitch.disconnected',
  'system.module.crashed',
  'system.module.failed',
])

export function isCritical(event: StoredEvent): boolean {
  return CRITICAL.has(event.type)
}

/** The family of an event: the first word of its type. The simulator's events are of the family they imitate. */
function familyOf(event: StoredEvent): string {
  return event.type.slice(0, event.type.indexOf('.'))
}

/** A type as the original knew it: Twitch's own name without our prefix. */
function originalType(event: StoredEvent): string {
  return familyOf(event) === 'twitch' ? event.type.slice('twitch.'.length) : event.type
}

function flat(event: StoredEvent): Record<string, unknown> {
  return {
    ...event.payload,
    id: event.id,
    type: originalType(event),
    raw_type: originalType(event),
    source: familyOf(event),
    source_id: event.id,
    timestamp: new Date(event.at).toISOString(),
    correlation_id: event.correlationId,
  }
}

function pushName(event: StoredEvent, named: boolean): string {
  const family = familyOf(event)
  if (family !== 'twitch') return SOURCE_PUSHES[family] ?? 'unknown_event'
  return (named ? TWITCH_PUSHES[originalType(event)] : undefined) ?? 'twitch_event'
}

type Filter = (event: StoredEvent) => boolean
const ofFamily =
  (...families: string[]): Filter =>
  (event) =>
    families.includes(familyOf(event))
const ofTwitch = (accepts: (type: string) => boolean): Filter => {
  return (event) => familyOf(event) === 'twitch' && accepts(originalType(event))
}

const EVENT_FILTERS: Record<string, Filter> = {
  'events:all': () => true,
  'events:twitch': ofFamily('twitch'),
  'events:chat': ofTwitch((type) => type.startsWith('channel.chat.')),
  'events:interactions': ofTwitch((type) => INTERACTIONS.includes(type)),
  'events:goals': ofTwitch((type) => type.startsWith('channel.goal.')),
  'events:dashboard': (event) =>
    ofFamily('obs', 'system', 'rainwave', 'ironmon')(event) || ofTwitch((type) => STREAM_EVENTS.includes(type))(event),
  'events:obs': ofFamily('obs'),
  'events:system': ofFamily('system'),
  'events:rainwave': ofFamily('rainwave'),
  'events:music': ofFamily('rainwave'),
  'events:ironmon': ofFamily('ironmon'),
  'events:stream': ofFamily('alert', 'producer'),
}

const ROOM_FILTERS: Record<string, Filter> = {
  'dashboard:main': () => true,
  'overlay:obs': ofFamily('obs'),
  'overlay:twitch': ofFamily('twitch'),
  'overlay:ironmon': ofFamily('ironmon'),
  'overlay:music': ofFamily('rainwave'),
  'overlay:system': ofFamily('system'),
}

function newsTopic(filters: Record<string, Filter>, named: boolean): NewsTopic {
  return {
    topics: Object.keys(filters),
    scopes: ['read'],
    push(event, topic) {
      if (!filters[topic]?.(event)) return null
      return { event: pushName(event, named), payload: flat(event), critical: isCritical(event) }
    },
  }
}

/** `events:*` name the kind of a Twitch event; the rooms say only where it came from. */
export const originalTopics: readonly NewsTopic[] = [newsTopic(EVENT_FILTERS, true), newsTopic(ROOM_FILTERS, false)]
