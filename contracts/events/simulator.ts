/** What the simulator says of itself. Between the two, what it makes up belongs to the demo and goes with it. */
import { z } from 'zod'

const run = z.object({ runId: z.string() })

export const simulatorEvents = {
  'simulator.demo.started': run,
  /** It has come to its end or was stopped. One that a crash has cut off has no end: its process is gone. */
  'simulator.demo.ended': run,
} as const
