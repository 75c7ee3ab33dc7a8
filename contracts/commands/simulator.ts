import { z } from 'zod'
import { command } from '../command.ts'

export const simulatorCommands = {
  /** Publishes one event as if it had happened; what `payload` leaves out is made up from `seed`. */
  'simulator.event': command({
    title: 'Simulate an event',
    scope: 'simulator',
    args: z.strictObject({
      type: z.string().min(1),
      payload: z.record(z.string(), z.unknown()).default({}),
      seed: z.number().int().optional(),
    }),
    result: z.object({ eventId: z.string() }),
  }),
  'simulator.burst': command({
    title: 'Simulate a burst',
    scope: 'simulator',
    args: z.strictObject({
      type: z.string().min(1),
      count: z.number().int().min(1).max(10_000),
      perSecond: z.number().min(0.1).max(1000),
      seed: z.number().int().optional(),
    }),
    result: z.object({ runId: z.string() }),
  }),
  'simulator.demo.start': command({
    title: 'Play the demo broadcast',
    scope: 'simulator',
    args: z.strictObject({ seed: z.number().int().default(1), speed: z.number().min(0.1).max(100).default(1) }),
    result: z.object({ runId: z.string(), durationMs: z.number().int() }),
  }),
  'simulator.stop': command({ title: 'Stop the simulator', scope: 'simulator' }),
} as const
