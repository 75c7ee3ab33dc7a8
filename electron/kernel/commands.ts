/**
 * The one door for everything that can be asked of the hub. A key, a button, an HTTP call, a rule and a test all come
 * through `invoke`, are checked the same way, and get the same answer. Knows no command by name.
 */

import type { ZodError } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { withDeadline } from '../../base/deadline.ts'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { errorMessage } from '../../base/result.ts'
import type { CommandAnswer, CommandDefinition, Rejection, RejectionCode } from '../../contracts/command.ts'
import {
  type CommandArgs,
  type CommandName,
  type CommandResult,
  commandDefinitions,
  isCommandName,
  type ParsedCommandArgs,
} from '../../contracts/commands.ts'
import { allows, type Scope } from '../../contracts/scopes.ts'
import { newId } from './new-id.ts'

/** Who asks. */
export interface Actor {
  /** As the audit trail shows it: a token's name, `key:Ctrl+1`, `simulator`… */
  name: string
  scopes: readonly Scope[]
}

/** The hub asking itself. */
export const HUB_ACTOR: Actor = { name: 'hub', scopes: ['admin'] }

/** The simulator asking for what its broadcast shows. Known by being this very object: what it asks for is not kept. */
export const SIMULATOR_ACTOR: Actor = { name: 'simulator', scopes: ['producer', 'overlays'] }

export interface CommandContext {
  /** This invocation; the causation id of the events that follow. */
  id: string
  correlationId: string
  actor: Actor
}

/** Thrown by a handler to reject; any other error is answered as `internal`. */
export class CommandError extends Error {
  readonly code: RejectionCode
  readonly path: string | undefined

  constructor(code: RejectionCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.path = options.path
  }
}

/** The answer where the disk did not take what a command changes, for whom waits for the writing to `catch`. */
export function throwUnsaved(error: unknown): never {
  const message = `the change could not be saved, so it was not made: ${errorMessage(error)}`
  throw new CommandError('unavailable', message, { cause: error })
}

export type CommandHandler<N extends CommandName> = (
  args: ParsedCommandArgs<N>,
  context: CommandContext,
) => Promise<CommandResult<N>> | CommandResult<N>

/** What came of an invocation; for the audit trail and the metrics. */
export interface CommandRecord {
  command: string
  actor: string
  /** Without secrets. */
  args: unknown
  context: CommandContext
  durationMs: number
  answer: CommandAnswer
}

export interface Commands {
  /** Takes on a command. Throws when it is already taken: two owners of one command is a bug. */
  handle<N extends CommandName>(name: N, handler: CommandHandler<N>): Disposable
  /** For the edges: name and arguments are unchecked. Always answers, never throws. */
  invoke(name: string, args: unknown, actor: Actor, correlationId?: string): Promise<CommandAnswer>
  /** For code inside the hub: typed, as the hub itself. */
  run<N extends CommandName>(name: N, args: CommandArgs<N>, actor?: Actor): Promise<CommandAnswer<CommandResult<N>>>
}

/** Longer than any command may take by its own deadline; the last resort that keeps `every request settles` true. */
const COMMAND_DEADLINE_MS = 65_000

export interface CommandsOptions {
  clock: Clock
  onDidInvoke: (record: CommandRecord) => void
  /** Hears of a handler that threw something it should not have. */
  onBug: (error: unknown, command: string) => void
}

export function createCommands({ clock, onDidInvoke, onBug }: CommandsOptions): Commands {
  const handlers = new Map<string, (args: unknown, context: CommandContext) => unknown>()

  async function invoke(name: string, args: unknown, actor: Actor, correlationId?: string): Promise<CommandAnswer> {
    const id = newId()
    const context: CommandContext = { id, correlationId: correlationId ?? id, actor }
    const started = clock.monotonic()
    const answer = await answerTo(name, args, context)
    const command = isCommandName(name) ? name : 'unknown'
    const record = { command, actor: actor.name, args: withoutSecrets(name, args), context, answer }
    onDidInvoke({ ...record, durationMs: clock.monotonic() - started })
    return answer
  }

  async function answerTo(name: string, args: unknown, context: CommandContext): Promise<CommandAnswer> {
    if (!isCommandName(name))
      return rejected('unknown_command', `there is no command "${name}"; GET /api/commands lists them`)
    const definition: CommandDefinition = commandDefinitions[name]
    if (!allows(context.actor.scopes, definition.scope)) {
      return rejected('forbidden', `"${name}" needs the scope "${definition.scope}"; make a token that has it`)
    }
    const parsed = definition.args.safeParse(args ?? {})
    if (!parsed.success) return { status: 'rejected', error: invalidArgs(parsed.error) }
    const handler = handlers.get(name)
    if (!handler) return rejected('unavailable', `"${name}" is not available: the module that does it is not running`)
    try {
      const error = new CommandError('timeout', `"${name}" did not finish within ${COMMAND_DEADLINE_MS / 1000} s`)
      const work = Promise.resolve().then(() => handler(parsed.data, context))
      const result = await withDeadline(work, { clock, ms: COMMAND_DEADLINE_MS, error })
      return { status: 'committed', result: result ?? {} }
    } catch (error) {
      return rejectionOf(error, name)
    }
  }

  function rejectionOf(error: unknown, name: string): CommandAnswer {
    if (error instanceof CommandError) return rejected(error.code, error.message, error.path)
    onBug(error, name)
    return rejected('internal', `"${name}" failed: ${errorMessage(error)}. The log has the details.`)
  }

  return {
    handle(name, handler) {
      if (handlers.has(name)) throw new Error(`command "${name}" already has a handler`)
      handlers.set(name, handler as (args: unknown, context: CommandContext) => unknown)
      return toDisposable(() => handlers.delete(name))
    },
    invoke,
    run: (name, args, actor = HUB_ACTOR) =>
      invoke(name, args, actor) as Promise<CommandAnswer<CommandResult<typeof name>>>,
  }
}

function rejected(code: RejectionCode, message: string, path?: string): { status: 'rejected'; error: Rejection } {
  return { status: 'rejected', error: path === undefined ? { code, message } : { code, message, path } }
}

function invalidArgs(error: ZodError): Rejection {
  const issue = error.issues[0]
  const path = issue ? pathText(issue.path) : ''
  const message = issue ? `${path === '' ? 'arguments' : path}: ${issue.message}` : 'the arguments are not valid'
  return path === '' ? { code: 'invalid_args', message } : { code: 'invalid_args', message, path }
}

/** `['a', 'b', 0]` as `a.b[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

function withoutSecrets(name: string, args: unknown): unknown {
  if (!isCommandName(name) || typeof args !== 'object' || args === null) return args
  const { secretArgs } = commandDefinitions[name] as CommandDefinition
  const entries = Object.entries(args).map(([key, value]) => [key, secretArgs.includes(key) ? '[secret]' : value])
  return Object.fromEntries(entries)
}
