import { z } from 'zod'
import { command } from '../command.ts'
import { timestampSchema } from '../envelope.ts'

const eventType = z.string().min(1).max(100)
const payload = z.record(z.string(), z.unknown())
const speed = z.number().min(0.1).max(100)
const mixEntry = z.strictObject({
  type: eventType,
  /** How often it comes compared with the others. */
  weight: z.number().int().min(1).max(100),
})
export type BurstMixEntry = z.output<typeof mixEntry>

const MAX_BURST_EVENTS = 100_000

/** A broadcast that is in the event log. */
const recordingSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  /** It is not over. */
  isRunning: z.boolean(),
  /** The channel's title and category as they were set last; null where the log does not say. */
  title: z.string().nullable(),
  category: z.string().nullable(),
})
export type Recording = z.output<typeof recordingSchema>

export const simulatorCommands = {
  /** Publishes one event as if it had happened; what `payload` leaves out is made up from `seed`. */
  'simulator.event': command({
    title: 'Simulate an event',
    scope: 'simulator',
    args: z.strictObject({ type: eventType, payload: payload.default({}), seed: z.number().int().optional() }),
    result: z.object({ eventId: z.string() }),
  }),
  /** What `simulator.event` would publish with this seed; publishes nothing. */
  'simulator.payload': command({
    title: 'Make up an event',
    scope: 'simulator',
    args: z.strictObject({ type: eventType, seed: z.number().int() }),
    result: z.object({ payload }),
  }),
  /** Of one type or of a mix; so many events, or for so many seconds. */
  'simulator.burst': command({
    title: 'Simulate a burst',
    scope: 'simulator',
    args: z
      .strictObject({
        type: eventType.optional(),
        mix: z.array(mixEntry).min(1).max(20).optional(),
        count: z.number().int().min(1).max(MAX_BURST_EVENTS).optional(),
        seconds: z.number().min(0.1).max(600).optional(),
        perSecond: z.number().min(0.1).max(1000),
        seed: z.number().int().optional(),
      })
      .refine(({ type, mix }) => (type === undefined) !== (mix === undefined), 'say either type or mix')
      .refine(({ count, seconds }) => (count === undefined) !== (seconds === undefined), 'say either count or seconds'),
    result: z.object({ runId: z.string() }),
  }),
  'simulator.demo.start': command({
    title: 'Play the demo broadcast',
    scope: 'simulator',
    args: z.strictObject({ seed: z.number().int().default(1), speed: speed.default(1) }),
    result: z.object({ runId: z.string(), durationMs: z.number().int() }),
  }),
  /** The newest first, at most 50. */
  'simulator.recordings': command({
    title: 'List recorded broadcasts',
    scope: 'simulator',
    result: z.object({ recordings: z.array(recordingSchema) }),
  }),
  /**
   * Plays what the event log has between two times, in its order and at its pace. As all that the simulator does it is
   * shown and not counted; with `counted` it is published as its source once did, and counts like the first time.
   */
  'simulator.replay': command({
    title: 'Replay a recorded broadcast',
    scope: 'simulator',
    args: z
      .strictObject({
        from: timestampSchema,
        to: timestampSchema,
        speed: z.number().min(1).max(100).default(1),
        counted: z.boolean().default(false),
      })
      .refine(({ from, to }) => from < to, { error: 'must be before "to"', path: ['from'] }),
    result: z.object({ runId: z.string(), durationMs: z.number().int() }),
  }),
  'simulator.pause': command({ title: 'Pause the simulator', scope: 'simulator' }),
  'simulator.resume': command({ title: 'Resume the simulator', scope: 'simulator' }),
  /** To a place of the run, ms from its beginning at its own pace; what lies between is left out. */
  'simulator.seek': command({
    title: 'Go to another place of the run',
    scope: 'simulator',
    args: z.strictObject({ positionMs: z.number().int().min(0) }),
  }),
  'simulator.speed.set': command({
    title: 'Play the run at another speed',
    scope: 'simulator',
    args: z.strictObject({ speed }),
  }),
  'simulator.stop': command({ title: 'Stop the simulator', scope: 'simulator' }),
} as const
