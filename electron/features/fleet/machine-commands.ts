/** The commands that a machine itself carries out. What it answers is read here; what it is asked, its agent checks. */
import { z } from 'zod'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import { commandDefinitions } from '../../../contracts/commands.ts'
import type { LogLine } from '../../../contracts/fleet.ts'
import { CommandError, type Commands, pathText } from '../../kernel/commands.ts'
import type { Agent } from './agent.ts'
import { type LineTuple, lineSchema } from './frames.ts'
import type { Machines, ProcessOrder } from './machines.ts'

/** To read or write a file over there, ms. */
const READ_TIMEOUT_MS = 10_000

const ORDERS: readonly ProcessOrder[] = ['start', 'stop', 'restart']

const logsSchema = z.object({
  lines: z.array(lineSchema).max(1000),
  first: z.number().int(),
  last: z.number().int(),
})

export function toLogLine([number, at, stream, text, cut]: LineTuple): LogLine {
  return { number, at, stream, text, cut }
}

/** Takes the commands on until disposed of. */
export function addMachineCommands(commands: Pick<Commands, 'handle'>, machines: Machines<Agent>): Disposable {
  const owned = new DisposableStore()
  for (const order of ORDERS) {
    owned.add(
      commands.handle(`agent.process.${order}`, async ({ machine, process }) => {
        const { id } = machines.process(machine, process)
        await machines.machine(machine).order(id, order)
        return {}
      }),
    )
  }
  owned.add(
    commands.handle('agent.logs', async ({ machine, process, lines, before }) => {
      const { id } = machines.process(machine, process)
      const args = { process: id, lines, ...(before === undefined ? {} : { before }) }
      const answer = await machines.machine(machine).ask(read('logs.read', args))
      const { lines: tuples, first, last } = readAnswer(logsSchema, answer, machine)
      return { lines: tuples.map(toLogLine), first, last }
    }),
  )
  owned.add(
    commands.handle('agent.definitions.read', async ({ machine }) => {
      const answer = await machines.machine(machine).ask(read('definitions.read', {}))
      return readAnswer(commandDefinitions['agent.definitions.read'].result, answer, machine)
    }),
  )
  owned.add(
    commands.handle('agent.definitions.put', async ({ machine, definition }) => {
      const order = { name: 'definitions.put', args: { definition }, timeoutMs: READ_TIMEOUT_MS, repeats: true }
      await machines.machine(machine).ask(order)
      return {}
    }),
  )
  owned.add(
    commands.handle('agent.definitions.remove', async ({ machine, process }) => {
      const { id } = machines.process(machine, process)
      await machines.machine(machine).remove(id)
      return {}
    }),
  )
  return owned
}

function read(name: string, args: Record<string, unknown>) {
  return { name, args, timeoutMs: READ_TIMEOUT_MS, repeats: false }
}

function readAnswer<S extends z.ZodType>(schema: S, answer: unknown, machine: string): z.output<S> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const fault = `${pathText(issue?.path ?? [])}: ${issue?.message}`
  const text = `"${machine}" answered something that can't be read (${fault}); its agent may be too old or too new`
  throw new CommandError('vendor_error', text)
}
