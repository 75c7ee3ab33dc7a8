/**
 * Commands from the hub: checked, carried out once, answered once. Owns what was answered before and the follows of one
 * link. Knows no socket; it is handed a way to send.
 */
import type { Clock, Disposable } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import type { Fault } from '../base/parse.ts'
import { faultText, integer, object, optional, type Parser, parse, text } from '../base/parse.ts'
import type { Definition } from '../definitions/definition.ts'
import type { RunStore } from '../supervision/run-store.ts'
import type { Asked, Supervisor } from '../supervision/supervisor.ts'
import type { AgentFrame, CommandFrame, ErrorCode, LogLine, Outcome } from './frames.ts'

const MAX_UNDER_WAY = 32
const MAX_REMEMBERED = 256
const MAX_SAVED = 64
const MAX_FOLLOWS = 8
const LOG_BATCH_MS = 100
const LOG_BATCH_LINES = 200
const LOG_BATCH_CHARS = 64 * 1_024
/** Waiting for a follower's turn, over all batches; more are counted as dropped. */
const LOG_WAITING_LINES = 2_000

/** The definitions' file, as far as the link may touch it. */
export interface DefinitionEdits {
  readonly edits: 'off' | 'safe' | 'full'
  read(): { definitions: readonly Definition[]; faults: readonly Fault[] }
  /** Undefined when it was done. */
  put(definition: unknown): Promise<{ code: ErrorCode; reason: string; path?: string } | undefined>
  remove(id: string): Promise<{ code: ErrorCode; reason: string } | undefined>
}

export interface CommandsOptions {
  readonly supervisor: Supervisor
  readonly definitions: DefinitionEdits
  readonly store: RunStore
  readonly clock: Clock
}

/** Where answers go. One per link: it is asked whether it can take more. */
export interface Answers {
  send(frame: AgentFrame): void
  readonly congested: boolean
}

const NAME = text({ min: 1, max: 64 })
const processArgs = object({ process: NAME })
const readArgs = object({ process: NAME, lines: integer(1, 1_000), before: optional(integer(1)) })
const followArgs = object({ process: NAME, lines: integer(0, 1_000) })
const unfollowArgs = object({ follow: NAME })
const anyDefinition: Parser<unknown> = (value) => value
const putArgs = object({ definition: anyDefinition })
const noArgs = object({})

type Work = (args: unknown, signal: AbortSignal) => Promise<Outcome> | Outcome

export class Commands {
  #answers: Answers | undefined
  #followCount = 0
  readonly #underWay = new Map<string, Promise<Outcome>>()
  readonly #answered = new Map<string, Outcome>()
  readonly #follows = new Map<string, Disposable>()
  readonly #options: CommandsOptions
  readonly #work: Record<string, Work>

  constructor(options: CommandsOptions) {
    this.#options = options
    for (const { id, outcome } of options.store.value.commands) {
      this.#answered.set(id, isOutcome(outcome) ? outcome : INTERRUPTED)
    }
    const { supervisor, definitions } = options
    this.#work = {
      'process.start': checked(processArgs, async ({ process }, signal) =>
        told(await supervisor.start(process, signal)),
      ),
      'process.stop': checked(processArgs, async ({ process }, signal) => told(await supervisor.stop(process, signal))),
      'process.restart': checked(processArgs, async ({ process }, signal) =>
        told(await supervisor.restart(process, signal)),
      ),
      'logs.read': checked(readArgs, ({ process, lines, before }) => this.#readLogs(process, lines, before)),
      'logs.follow': checked(followArgs, ({ process, lines }) => this.#follow(process, lines)),
      'logs.unfollow': checked(unfollowArgs, ({ follow }) => {
        this.#follows.get(follow)?.dispose()
        this.#follows.delete(follow)
        return { ok: true, value: {} }
      }),
      'definitions.read': checked(noArgs, () => ({
        ok: true,
        value: { ...definitions.read(), edits: definitions.edits },
      })),
      'definitions.put': checked(putArgs, async ({ definition }) => edited(await definitions.put(definition))),
      'definitions.remove': checked(processArgs, async ({ process }) => edited(await definitions.remove(process))),
    }
  }

  /** A link is up; what is answered goes there from now on. */
  attach(answers: Answers): void {
    this.detach()
    this.#answers = answers
  }

  /** The link is gone, and the follows with it. What is under way goes on. */
  detach(): void {
    this.#answers = undefined
    for (const follow of this.#follows.values()) follow.dispose()
    this.#follows.clear()
  }

  take(frame: CommandFrame): void {
    const { id } = frame
    this.#send({ t: 'accepted', id })
    const before = this.#answered.get(id)
    const underWay = before ? Promise.resolve(before) : (this.#underWay.get(id) ?? this.#begin(frame))
    void underWay.then((outcome) => this.#send({ t: 'result', id, ...outcome }))
  }

  #begin({ id, name, args, timeoutMs }: CommandFrame): Promise<Outcome> {
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      const reason = `${MAX_UNDER_WAY} commands are under way already; ask again when one is done`
      return Promise.resolve({ ok: false, code: 'busy', reason })
    }
    const work = Object.hasOwn(this.#work, name) ? this.#work[name] : undefined
    if (!work) {
      const reason = `this agent knows no command "${name}"; it may be older than the hub`
      return Promise.resolve({ ok: false, code: 'unknown-command', reason })
    }
    // Only what changes something must not happen twice; it is noted down before it begins.
    const lasting = name.startsWith('process.') || name === 'definitions.put' || name === 'definitions.remove'
    if (lasting) this.#save(id, null)
    const running = this.#run(work, args, timeoutMs).then((outcome) => {
      this.#underWay.delete(id)
      this.#remember(id, outcome)
      if (lasting) this.#save(id, outcome)
      return outcome
    })
    this.#underWay.set(id, running)
    return running
  }

  async #run(work: Work, args: unknown, timeoutMs: number): Promise<Outcome> {
    const late = new AbortController()
    const timer = this.#options.clock.setTimeout(() => late.abort(), timeoutMs)
    try {
      return await work(args, late.signal)
    } catch (error) {
      return { ok: false, code: 'failed', reason: `the agent failed here: ${errorMessage(error)}` }
    } finally {
      timer.dispose()
    }
  }

  #remember(id: string, outcome: Outcome): void {
    this.#answered.set(id, outcome)
    const [oldest] = this.#answered.keys()
    if (this.#answered.size > MAX_REMEMBERED && oldest !== undefined) this.#answered.delete(oldest)
  }

  #save(id: string, outcome: Outcome | null): void {
    const { store } = this.#options
    const others = store.value.commands.filter((one) => one.id !== id)
    store.update({ commands: [...others.slice(-(MAX_SAVED - 1)), { id, outcome }] })
  }

  #send(frame: AgentFrame): void {
    this.#answers?.send(frame)
  }

  #readLogs(id: string, count: number, before: number | undefined): Outcome {
    const process = this.#options.supervisor.process(id)
    if (!process) return unknownProcess(id)
    process.log.read()
    const lines = newestWithin(process.log.lines(count, before), LOG_BATCH_CHARS * 2)
    return { ok: true, value: { lines, first: process.log.first, last: process.log.last } }
  }

  #follow(id: string, count: number): Outcome {
    const process = this.#options.supervisor.process(id)
    if (!process) return unknownProcess(id)
    if (this.#follows.size >= MAX_FOLLOWS) {
      return { ok: false, code: 'busy', reason: `${MAX_FOLLOWS} logs are being followed already; end one of them` }
    }
    const follow = `f${++this.#followCount}`
    let waiting: LogLine[] = count === 0 ? [] : process.log.lines(count)
    let dropped = 0
    let timer: Disposable | undefined
    const flush = () => {
      timer = undefined
      const answers = this.#answers
      if (!answers) return
      if (!answers.congested) {
        const lines = waiting.slice(0, batchSize(waiting))
        waiting = waiting.slice(lines.length)
        answers.send({ t: 'log', follow, lines, dropped })
        dropped = 0
      }
      if (waiting.length > 0 || dropped > 0) later()
    }
    const later = () => {
      timer ??= this.#options.clock.setTimeout(flush, LOG_BATCH_MS)
    }
    const listening = process.log.follow((line) => {
      waiting.push(line)
      if (waiting.length > LOG_WAITING_LINES) {
        waiting.splice(0, waiting.length - LOG_WAITING_LINES)
        dropped += 1
      }
      later()
    })
    this.#follows.set(follow, {
      dispose() {
        listening.dispose()
        timer?.dispose()
      },
    })
    if (waiting.length > 0) later()
    return { ok: true, value: { follow } }
  }
}

const INTERRUPTED: Outcome = {
  ok: false,
  code: 'interrupted',
  reason: 'the agent ended in the middle of it; look at the state of the process',
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean'
}

function checked<T>(parser: Parser<T>, work: (args: T, signal: AbortSignal) => Promise<Outcome> | Outcome): Work {
  return (args, signal) => {
    const parsed = parse(parser, args)
    if (parsed.ok) return work(parsed.value, signal)
    const path = parsed.faults[0]?.path ?? ''
    return { ok: false, code: 'invalid', reason: faultText(parsed.faults), path }
  }
}

function told(asked: Asked): Outcome {
  return asked.ok ? { ok: true, value: asked.view } : asked
}

function edited(fault: { code: ErrorCode; reason: string; path?: string } | undefined): Outcome {
  return fault ? { ok: false, ...fault } : { ok: true, value: {} }
}

function unknownProcess(id: string): Outcome {
  return { ok: false, code: 'not-found', reason: `there is no process "${id}" here`, path: 'process' }
}

function batchSize(lines: readonly LogLine[]): number {
  let chars = 0
  let count = 0
  for (const [, , , content] of lines) {
    chars += content.length
    if (count > 0 && (count >= LOG_BATCH_LINES || chars > LOG_BATCH_CHARS)) break
    count += 1
  }
  return count
}

function newestWithin(lines: readonly LogLine[], maxChars: number): readonly LogLine[] {
  let chars = 0
  let from = lines.length
  while (from > 0) {
    chars += lines[from - 1]?.[3].length ?? 0
    if (chars > maxChars) break
    from -= 1
  }
  return lines.slice(from)
}
