import { z } from 'zod'
import { command } from '../command.ts'

const name = z.string().min(1).max(100)
/** Only processes that are defined on the machine itself. */
const args = z.strictObject({ machine: name, process: name })

export const fleetCommands = {
  'agent.process.start': command({ title: 'Start a process on another machine', scope: 'fleet', args }),
  'agent.process.stop': command({ title: 'Stop a process on another machine', scope: 'fleet', args, dangerous: true }),
  'agent.process.restart': command({
    title: 'Restart a process on another machine',
    scope: 'fleet',
    args,
    dangerous: true,
  }),
} as const
