/**
 * The timers of all timer widgets: started and stopped by command, given time by viewers after the rules of each widget's
 * settings. Owns `state:timers` and its tables. What an event gave is on disk together with the event's number, so that after
 * a crash each has counted once. What the simulator makes up gives time to the demo's timers and to no other. Knows no page.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { isRehearsed } from '../../../contracts/state/rehearsal.ts'
import type { TimerState, TimersState } from '../../../contracts/state/timers.ts'
import type { Widget } from '../../../contracts/state/widgets.ts'
import type { WidgetSettings } from '../../../contracts/widgets.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands, throwUnsaved } from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import type { Logger } from '../../kernel/log.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { leftOf, newTimer, pause, setLeft, start, TIMED, type TimedEvent, type TimerRules, take } from './timer.ts'

export interface TimersOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'onEvent'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  log: Pick<Logger, 'warn'>
  /** Each timer belongs to one of them, and has its rules from it; the demo's among them while it plays. */
  widgets: { readonly widgets: readonly Widget[]; readonly onDidChange: Event<readonly Widget[]> }
}

export const timersMigrations: readonly Migration[] = [
  {
    id: 'timers/1',
    sql: `
      CREATE TABLE timers (widget TEXT PRIMARY KEY, timer TEXT NOT NULL) STRICT;
      CREATE TABLE timer_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL) STRICT;
    `,
  },
]

const timerSchema = z.object({
  status: z.enum(['idle', 'running', 'paused']),
  startedAt: z.number().nullable(),
  endsAt: z.number().nullable(),
  leftMs: z.number(),
  givenMs: z.number(),
  last: z.object({ who: z.string().nullable(), ms: z.number(), at: z.number() }).nullable(),
})

const TIMED_TYPES: ReadonlySet<string> = new Set(TIMED)
type Timers = Readonly<Record<string, TimerState>>

export function createTimers(options: TimersOptions): Service {
  const health: Health = HEALTHY
  return {
    id: 'timers',
    health,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const rows = await options.store.all<{ widget: string; timer: string }>('SELECT widget, timer FROM timers')
      const cursors = await options.store.all<{ seq: number }>('SELECT seq FROM timer_cursor')
      const timers: Record<string, TimerState> = {}
      for (const { widget, timer } of rows) {
        const json = parseJson(timer)
        const read = timerSchema.safeParse(json.ok ? json.value : null)
        if (read.success) timers[widget] = read.data
        else options.log.warn({ widget }, 'a timer could not be read and is put back to the beginning')
      }
      await new TimersSession(options, timers).run(signal, cursors[0]?.seq ?? null)
    },
  }
}

class TimersSession {
  readonly #options: TimersOptions
  readonly #owned = new DisposableStore()
  readonly #line: EventLine
  readonly #state: StateHandle<TimersState>
  /** As they are on disk. */
  #timers: Timers

  constructor(options: TimersOptions, stored: Timers) {
    this.#options = options
    this.#timers = stored
    this.#state = this.#owned.add(options.channels.state('state:timers', { timers: {} }))
    const { store, bus, clock } = options
    const wants = (type: string) => TIMED_TYPES.has(type)
    this.#line = this.#owned.add(
      new EventLine({ store, bus, clock, wants, take: (events, cursor) => this.#take(events, cursor) }),
    )
  }

  async run(signal: AbortSignal, cursor: number | null): Promise<void> {
    try {
      this.#addCommands()
      const caughtUp = this.#line.start(cursor)
      this.#owned.add(
        this.#options.widgets.onDidChange(() => {
          this.#line
            .run(() => this.#mindWidgets())
            .catch((error) => {
              this.#options.log.warn(
                { err: error },
                'the timers could not follow their widgets; they will with the next change',
              )
            })
        }),
      )
      await Promise.race([caughtUp, this.#line.broken])
      await this.#line.run(() => this.#mindWidgets())
      await Promise.race([untilAborted(signal), this.#line.broken])
      await this.#line.end()
    } finally {
      this.#owned.dispose()
    }
  }

  #addCommands(): void {
    const { commands } = this.#options
    const told = (work: (timer: TimerState, now: number, rules: TimerRules) => TimerState) => (widget: string) =>
      this.#line.run(async () => {
        const rules = this.#rulesOf(widget)
        const timer = this.#timers[widget] ?? newTimer(rules)
        await this.#commit({ ...this.#timers, [widget]: work(timer, this.#options.clock.now(), rules) }, [])
        return {}
      })
    const begin = told(start)
    const halt = told(pause)
    const reset = told((_timer, _now, rules) => newTimer(rules))
    this.#owned.add(commands.handle('timer.start', ({ widget }) => begin(widget)))
    this.#owned.add(commands.handle('timer.pause', ({ widget }) => halt(widget)))
    this.#owned.add(commands.handle('timer.reset', ({ widget }) => reset(widget)))
    this.#owned.add(
      commands.handle('timer.add', ({ widget, seconds }) =>
        told((timer, now) => setLeft(timer, Math.max(0, leftOf(timer, now) + seconds * 1000), now))(widget),
      ),
    )
    this.#owned.add(
      commands.handle('timer.set', ({ widget, seconds }) =>
        told((timer, now) => setLeft(timer, seconds * 1000, now))(widget),
      ),
    )
  }

  #rulesOf(widget: string): TimerRules {
    const rules = this.#rules().get(widget)
    if (rules) return rules
    throw new CommandError('not_found', `there is no timer "${widget}"; it may be removed already`, { path: 'widget' })
  }

  #rules(): Map<string, TimerRules> {
    const timers = this.#options.widgets.widgets.filter(({ kind }) => kind === 'timer')
    // The feature that owns them has checked them against their kind.
    return new Map(timers.map(({ id, settings }) => [id, settings as WidgetSettings<'timer'>]))
  }

  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    const rules = this.#rules()
    const timers = { ...this.#timers }
    for (const event of events) {
      const isMadeUp = event.source === 'simulator'
      for (const [widget, timer] of Object.entries(timers)) {
        const own = rules.get(widget)
        if (own && isRehearsed(widget) === isMadeUp) timers[widget] = take(timer, event as TimedEvent, own)
      }
    }
    await this.#commit(timers, [
      {
        sql: 'INSERT INTO timer_cursor (id, seq) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq',
        params: [cursor],
      },
    ])
  }

  /** A timer of a widget that is gone is gone; one that has not begun follows its settings. */
  async #mindWidgets(): Promise<void> {
    const rules = this.#rules()
    const timers = [...rules].map(([widget, own]): [string, TimerState] => {
      const timer = this.#timers[widget]
      const isFresh = timer === undefined || (timer.status === 'idle' && timer.givenMs === 0)
      return [widget, isFresh ? newTimer(own) : timer]
    })
    await this.#commit(Object.fromEntries(timers), [])
  }

  /** Writes, then shows. */
  async #commit(timers: Timers, alongside: readonly Statement[]): Promise<void> {
    const before = this.#timers
    const gone = Object.keys(before).filter((widget) => timers[widget] === undefined)
    const changed = Object.entries(timers).filter(
      ([widget, timer]) => JSON.stringify(before[widget]) !== JSON.stringify(timer),
    )
    const statements = [
      ...alongside,
      ...gone.map((widget) => ({ sql: 'DELETE FROM timers WHERE widget = ?', params: [widget] })),
      ...changed.map(([widget, timer]) => ({
        sql: 'REPLACE INTO timers (widget, timer) VALUES (?, ?)',
        params: [widget, JSON.stringify(timer)],
      })),
    ]
    if (statements.length > 0) await this.#write(statements)
    this.#timers = timers
    this.#state.update((draft) => {
      draft.timers = { ...timers }
    })
  }

  async #write(statements: readonly Statement[]): Promise<void> {
    await this.#options.store.run(statements).catch(throwUnsaved)
  }
}
