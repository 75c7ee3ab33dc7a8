/**
 * Who asked for what, and what came of it: every invocation becomes an event, so that it can be searched and replayed; but
 * for what is said so often that it would bury the rest.
 */
import type { CommandDefinition } from '../../contracts/command.ts'
import { commandDefinitions, isCommandName } from '../../contracts/commands.ts'
import type { Bus } from './bus.ts'
import type { CommandRecord } from './commands.ts'

/** Longer arguments are left out, bytes of JSON: the trail says that something was asked, the log need not repeat a flood. */
const MAX_ARGS_LENGTH = 4_000

/** Publishes the event of one invocation. Rejects as `publish` does. */
export async function recordCommand(bus: Pick<Bus, 'publish'>, record: CommandRecord): Promise<void> {
  const { command, actor, context, durationMs, answer } = record
  if (answer.status === 'committed' && !isRecorded(command)) return
  const args = shortened(record.args)
  const causedBy = { id: context.id, correlationId: context.correlationId }
  if (answer.status === 'committed') {
    const payload = { command, actor, args, durationMs }
    await bus.publish({ type: 'system.command.committed', source: 'landale', payload, causedBy })
  } else {
    const payload = { command, actor, args, code: answer.error.code, message: answer.error.message }
    await bus.publish({ type: 'system.command.rejected', source: 'landale', payload, causedBy })
  }
}

function shortened(args: unknown): unknown {
  const text = JSON.stringify(args) ?? 'null'
  return text.length <= MAX_ARGS_LENGTH ? args : `[${text.length} characters left out]`
}

function isRecorded(name: string): boolean {
  if (!isCommandName(name)) return true
  const definition: CommandDefinition = commandDefinitions[name]
  return definition.isRecorded
}
