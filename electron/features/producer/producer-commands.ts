/**
 * What the streamer can ask of the producer, command by command: the words of the wire in, commands of the machine out.
 * Knows no store and no event; when each is its turn, and what becomes of it, is the run's (producer-run.ts).
 */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { Goal, StandingContentType } from '../../../contracts/content.ts'
import type { Show } from '../../../contracts/show.ts'
import { type CommandContext, CommandError, type Commands, SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import { newId } from '../../kernel/new-id.ts'
import type { ItemDraft, MachineCommand, MachineState } from './machine.ts'
import { clean } from './plain-line.ts'
import { removeRule, removeShow, saveShow, setRule, setTicker, showNamed } from './show-edits.ts'

/** The run as its commands see it. */
interface CommandedRun {
  /** As it is now: asked only in turn. */
  readonly machine: MachineState
  /** Runs it after all that came before; answers as `EventLine.answerOrBreak`. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Writes, then shows. Only in turn. */
  apply(command: MachineCommand, context: CommandContext): Promise<void>
  isAvailable(type: StandingContentType): boolean
  /** Whether the demo has put it there. */
  isPlayed(id: string): boolean
  setGoals(goals: readonly Goal[]): Promise<void>
}

/** Priority of what the streamer puts there by hand. */
const FORCED_PRIORITY = 100

export function addProducerCommands(commands: Pick<Commands, 'handle'>, run: CommandedRun): Disposable {
  const owned = new DisposableStore()
  const { handle }: Pick<Commands, 'handle'> = {
    handle: (name, handler) => owned.add(commands.handle(name, handler)),
  }

  /** `command` is asked when it is its turn. */
  function apply(context: CommandContext, command: (machine: MachineState) => MachineCommand) {
    return run.inTurn(async () => {
      await run.apply(command(run.machine), context)
      return {}
    })
  }

  function edit(context: CommandContext, change: (shows: readonly Show[]) => readonly Show[]) {
    return apply(context, ({ shows }) => ({ kind: 'shows', shows: change(shows) }))
  }

  function force(context: CommandContext, item: Omit<ItemDraft, 'id' | 'priority'>): Promise<{ id: string }> {
    return run.inTurn(async () => {
      const id = newId()
      const { layer, content } = item
      if (content.type !== 'message' && !run.isAvailable(content.type as StandingContentType)) {
        throw new CommandError('unavailable', `"${content.type}" has nothing to show yet`, { path: 'type' })
      }
      await run.apply({ kind: 'put', item: { ...item, id, priority: FORCED_PRIORITY } }, context)
      // The same content that was forced before only gets more time.
      const { items } = run.machine
      const there =
        items.find((other) => other.id === id) ??
        items.find((other) => other.layer === layer && other.content.type === content.type)
      return { id: there?.id ?? id }
    })
  }

  handle('show.set', ({ show }, context) =>
    apply(context, ({ shows }) => ({ kind: 'choose', show: showNamed(shows, show).id })),
  )
  handle('show.auto', (_, context) => apply(context, () => ({ kind: 'choose', show: null })))
  handle('show.save', ({ show }, context) => edit(context, (shows) => saveShow(shows, show)))
  handle('show.remove', ({ show }, context) => edit(context, (shows) => removeShow(shows, show)))
  handle('show.rule.set', ({ show, rule }, context) => edit(context, (shows) => setRule(shows, show, rule)))
  handle('show.rule.remove', ({ show, rule }, context) => edit(context, (shows) => removeRule(shows, show, rule)))
  handle('ticker.set', ({ show, ...ticker }, context) =>
    edit(context, (shows) => setTicker(shows, show ?? run.machine.show, ticker)),
  )
  handle('ticker.next', (_, context) => apply(context, () => ({ kind: 'next' })))
  handle('content.force', ({ type, layer, durationMs }, context) =>
    force(context, { layer, durationMs, content: { type } }),
  )
  handle('content.override', ({ title, message, level, layer, durationMs }, context) =>
    force(context, {
      layer,
      durationMs,
      content: { type: 'message', title: title && clean(title), message: said(message), level },
    }),
  )
  handle('content.remove', ({ id }, context) =>
    apply(context, ({ items }) => {
      if (id.startsWith('ticker:')) return { kind: 'next' }
      if (items.some((item) => item.id === id)) return { kind: 'remove', id }
      throw new CommandError('not_found', `no content "${id}" is there; it may be over`, { path: 'id' })
    }),
  )
  handle('sub-train.end', (_, context) =>
    apply(context, ({ items }) => {
      const train = items.find(({ content }) => content.type === 'sub-train')
      // The demo ends its own alone.
      if (train && (context.actor !== SIMULATOR_ACTOR || run.isPlayed(train.id)))
        return { kind: 'remove', id: train.id }
      throw new CommandError('not_found', 'no sub train is on the bar')
    }),
  )
  handle('takeover.show', async ({ type, message, durationMs = null, id = newId(), ifFree = false }, context) => {
    if (message === undefined && type !== 'screen-cover') {
      throw new CommandError('invalid_args', `"${type}" needs a message`, { path: 'message' })
    }
    const words = message === undefined ? null : said(message)
    await apply(context, ({ takeover }) => {
      if (ifFree && takeover) throw new CommandError('conflict', `a "${takeover.type}" is up; it stays`)
      return { kind: 'cover', id, type, message: words, durationMs }
    })
    return { id }
  })
  handle('takeover.clear', ({ id }, context) =>
    apply(context, ({ takeover }) => {
      if (id === undefined || takeover?.id === id) return { kind: 'uncover' }
      throw new CommandError('not_found', `no takeover "${id}" is up; it may be over`, { path: 'id' })
    }),
  )
  handle('goals.set', ({ goals }) =>
    run.inTurn(async () => {
      await run.setGoals(goals)
      return {}
    }),
  )
  return owned
}

/** As it is shown. Throws a `CommandError` when nothing of it can be seen. */
function said(message: string): string {
  const words = clean(message)
  if (words !== '') return words
  throw new CommandError('invalid_args', 'the message has no character that can be seen', { path: 'message' })
}
