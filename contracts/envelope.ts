/** What every event wears, from the socket it came by to the page that shows it. */
import { z } from 'zod'

/** ms since the epoch; the only unit of time on the wire. */
export const timestampSchema = z.number().int().nonnegative()

export const envelopeSchema = z.object({
  /** UUIDv7: sorts by the time of its making. */
  id: z.uuid(),
  /** Past-tense fact, `<source>.<subject>.<verb>`. */
  type: z.string().min(1).max(100),
  /** Who observed it: `twitch`, `obs`, `landale`, `simulator`… */
  source: z.string().min(1).max(50),
  /** When it happened at its source, as far as that is known; else when it was received. ms epoch. */
  at: timestampSchema,
  /** Shared by everything that follows from one cause. */
  correlationId: z.string().min(1).max(64),
  /** The event or command that led to this one. */
  causationId: z.string().min(1).max(64).optional(),
  payload: z.record(z.string(), z.unknown()),
})

/** An event of any type, as it travels. */
export interface AnyEnvelope {
  id: string
  type: string
  source: string
  at: number
  correlationId: string
  causationId?: string | undefined
  payload: Record<string, unknown>
}

/** An event that is in the store. `seq` is its place there: strictly rising, never reused. */
export interface StoredEnvelope extends AnyEnvelope {
  seq: number
}
