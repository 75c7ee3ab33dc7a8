import { z } from 'zod'
import { command } from '../command.ts'
import { fleetRuleSchema, logLineSchema, machineRefSchema, processRefSchema } from '../fleet.ts'

const machine = machineRefSchema
/** Only processes that are defined on the machine itself. */
const args = z.strictObject({ machine, process: processRefSchema })

export const fleetCommands = {
  'agent.process.start': command({ title: 'Start a process on another machine', scope: 'fleet', args }),
  'agent.process.stop': command({ title: 'Stop a process on another machine', scope: 'fleet', args, dangerous: true }),
  'agent.process.restart': command({
    title: 'Restart a process on another machine',
    scope: 'fleet',
    args,
    dangerous: true,
  }),
  /** The newest `lines`, or those before number `before`. */
  'agent.logs': command({
    title: 'Read what a process has printed',
    scope: 'fleet',
    args: args.extend({ lines: z.number().int().min(1).max(1000).default(200), before: z.number().int().optional() }),
    result: z.object({ lines: z.array(logLineSchema), first: z.number().int(), last: z.number().int() }),
    isRecorded: false,
  }),
  /** One code at a time: a new one voids the one before. Valid for ten minutes, for one machine. */
  'agent.pairing.open': command({
    title: 'Show a code to pair a machine with',
    scope: 'admin',
    /** `hubUrls`: what the machine may be told as the hub's address, best first. */
    result: z.object({ code: z.string(), expiresAt: z.number(), hubUrls: z.array(z.string()) }),
  }),
  'agent.pairing.close': command({ title: 'Void the pairing code', scope: 'admin' }),
  'agent.machine.rename': command({
    title: 'Rename a machine',
    scope: 'fleet',
    args: z.strictObject({ machine, name: machineRefSchema.max(60) }),
  }),
  /** Its key is worth nothing from then on; what it told stays in the log. */
  'agent.machine.revoke': command({
    title: 'Unpair a machine',
    scope: 'admin',
    args: z.strictObject({ machine }),
    dangerous: true,
  }),
  'agent.definitions.read': command({
    title: 'Read what a machine may run',
    scope: 'fleet',
    args: z.strictObject({ machine }),
    result: z.object({
      /** As in the machine's file; only the agent knows their schema. */
      definitions: z.array(z.record(z.string(), z.unknown())),
      faults: z.array(z.object({ path: z.string(), reason: z.string() })),
      edits: z.enum(['off', 'safe', 'full']),
    }),
    isRecorded: false,
  }),
  /** Replaces the one of this id, or adds it, as far as the machine's own settings allow. Checked by the agent. */
  'agent.definitions.put': command({
    title: 'Change what a machine may run',
    scope: 'admin',
    args: z.strictObject({ machine, definition: z.record(z.string(), z.unknown()) }),
    // Its environment and arguments may hold secrets.
    secretArgs: ['definition'],
  }),
  /** It is stopped first. */
  'agent.definitions.remove': command({
    title: 'Take a process off a machine',
    scope: 'admin',
    args,
    dangerous: true,
  }),
  'agent.rule.set': command({
    title: 'Set a rule for when something dies',
    scope: 'fleet',
    args: z.strictObject({ rule: fleetRuleSchema }),
  }),
  'agent.rule.remove': command({
    title: 'Remove a rule for when something dies',
    scope: 'fleet',
    args: z.strictObject({ id: z.string().max(60) }),
  }),
} as const
