/**
 * The catalogue of events: every type that exists, with the schema of its payload. A type that is not here can't be
 * published; what a vendor sends without a schema is kept as `<source>.unknown` with its raw body.
 */
import type { z } from 'zod'
import type { AnyEnvelope } from './envelope.ts'
import { agentEvents } from './events/agent.ts'
import { alertEvents } from './events/alert.ts'
import { giveawayEvents } from './events/giveaway.ts'
import { ironmonEvents } from './events/ironmon.ts'
import { obsEvents } from './events/obs.ts'
import { producerEvents } from './events/producer.ts'
import { simulatorEvents } from './events/simulator.ts'
import { soundEvents } from './events/sound.ts'
import { systemEvents } from './events/system.ts'
import { transcriptionEvents } from './events/transcription.ts'
import { twitchEvents } from './events/twitch.ts'

export const eventSchemas = {
  ...systemEvents,
  ...obsEvents,
  ...twitchEvents,
  ...ironmonEvents,
  ...alertEvents,
  ...producerEvents,
  ...giveawayEvents,
  ...simulatorEvents,
  ...soundEvents,
  ...transcriptionEvents,
  ...agentEvents,
} as const satisfies Record<string, z.ZodType>

export type EventType = keyof typeof eventSchemas

export type EventPayload<T extends EventType> = z.output<(typeof eventSchemas)[T]>

/** An envelope whose payload is known by its type: narrow it with `event.type`. */
export type EventEnvelope<T extends EventType = EventType> = {
  [K in T]: Omit<AnyEnvelope, 'type' | 'payload'> & { type: K; payload: EventPayload<K> }
}[T]

export const eventTypes = Object.keys(eventSchemas) as EventType[]

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type)
}
