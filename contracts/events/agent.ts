/**
 * What the agents on the other machines tell, and what the hub notices of them. `at` of the envelope is the hub's clock
 * minus how long ago it was, so that a wrong clock on a machine misplaces nothing.
 */
import { z } from 'zod'
import { processHealthSchema, processStateSchema } from '../fleet.ts'

/** `machine`: its name when it happened; `agent`: its id. */
const machine = z.object({ agent: z.string(), machine: z.string() })
/** `process`: its id; `name`: as people know it. */
const process = machine.extend({ process: z.string(), name: z.string() })

export const agentEvents = {
  'agent.process.state': process.extend({
    from: processStateSchema,
    to: processStateSchema,
    reason: z.string(),
    pid: z.number().int().nullable(),
  }),
  'agent.process.exited': process.extend({
    code: z.number().int().nullable(),
    signal: z.string().nullable(),
    ranMs: z.number(),
    /** Somebody had asked for it. */
    expected: z.boolean(),
  }),
  'agent.process.health': process.extend({ health: processHealthSchema, reason: z.string() }),
  /** `crashed`: it did not end properly before. */
  'agent.started': machine.extend({ version: z.string(), crashed: z.boolean(), adopted: z.array(z.string()) }),
  'agent.stopping': machine.extend({ reason: z.string() }),
  'agent.definitions.changed': machine.extend({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
    faults: z.number().int(),
  }),
  'agent.clock.jumped': machine.extend({ byMs: z.number() }),
  /** The agent could not keep them for as long as the hub was away. */
  'agent.events.lost': machine.extend({ count: z.number().int(), from: z.number(), to: z.number() }),
  /** Of a newer agent. */
  'agent.unknown': machine.extend({ kind: z.string(), data: z.unknown() }),

  'agent.paired': machine.extend({ address: z.string() }),
  'agent.revoked': machine,
  'agent.connected': machine.extend({ address: z.string(), awayMs: z.number().nullable() }),
  'agent.lost': machine.extend({ reason: z.string() }),
  'agent.rule.applied': machine.extend({ rule: z.string(), process: z.string().nullable(), reason: z.string() }),
} as const
