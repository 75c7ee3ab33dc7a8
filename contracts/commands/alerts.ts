import { z } from 'zod'
import { alertRuleSchema, alertTypeSchema } from '../alert.ts'
import { command } from '../command.ts'

export const alertCommands = {
  'alert.pause': command({ title: 'Pause alerts', scope: 'alerts' }),
  'alert.resume': command({ title: 'Resume alerts', scope: 'alerts' }),
  /** Without an id the one now playing. */
  'alert.skip': command({
    title: 'Skip an alert',
    scope: 'alerts',
    args: z.strictObject({ id: z.string().min(1).optional() }),
  }),
  'alert.replay': command({
    title: 'Play an alert again',
    scope: 'alerts',
    args: z.strictObject({ id: z.string().min(1) }),
    result: z.object({ id: z.string() }),
  }),
  'alert.clear': command({
    title: 'Clear the alert queue',
    scope: 'alerts',
    dangerous: true,
    result: z.object({ cleared: z.number().int() }),
  }),
  'alert.rule.set': command({
    title: 'Change how a type of alert looks',
    scope: 'alerts',
    args: z.strictObject({ type: alertTypeSchema, rule: alertRuleSchema }),
  }),
  'alert.sound.set': command({
    title: 'Set the volume of alerts',
    scope: 'alerts',
    args: z.strictObject({ muted: z.boolean(), volume: z.number().min(0).max(1) }),
  }),
} as const
