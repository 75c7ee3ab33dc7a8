/**
 * The IronMON feature: makes runs, checkpoints and losses of what the game tells, keeps them, and lets the streamer correct
 * them. Events are taken from the store, past a cursor that moves in the transaction that takes them in, so that a hub that
 * ends at any moment takes each in exactly once. What the simulator makes up is shown, and told of as the simulator's, but
 * touches no run that is kept (rehearsal.ts). Knows no socket and no page.
 */

import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { assertNever } from '../../../base/result.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { IronmonCheckpoint } from '../../../contracts/ironmon.ts'
import type { IronmonLink, IronmonProfile, IronmonState } from '../../../contracts/state/ironmon.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type CommandHandler, type Commands } from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { checkpointNamed, checkpointOfTrainer } from './checkpoints.ts'
import { RunContent } from './content.ts'
import { type Book, Edit, EMPTY_TEAM, valuesBetween } from './edit.ts'
import { Rehearsal } from './rehearsal.ts'
import { addIronmonRoutes } from './routes.ts'
import { clearCheckpoint, endRun, type Run, reopenRun, takeBack } from './run.ts'
import { countRuns, FIRST_PROFILE, loadProfiles, loadRun, loadValues, putValues, type Statistics } from './run-store.ts'
import { toState } from './view.ts'

/** What the feature needs to know of the game's port. */
interface GamePort {
  readonly link: IronmonLink
  readonly onDidChangeLink: Event<void>
}

export interface IronmonOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'publish' | 'onEvent'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  routes: Routes
  game: GamePort
  clock: Clock
  log: Pick<Logger, 'warn'>
  version: string
}

const MAX_PROFILES = 100
const SIMULATOR = 'simulator'
/** A made-up run is gone so long after the last event of it, ms. */
export const REHEARSAL_MS = 300_000

/** What the game tells that changes something here. */
const TOLD = [
  'ironmon.disconnected',
  'ironmon.tracker.started',
  'ironmon.seed.reported',
  'ironmon.checkpoint.reported',
  'ironmon.team.changed',
  'ironmon.location.entered',
  'ironmon.battle.started',
  'ironmon.battle.turn.played',
  'ironmon.battle.damage.dealt',
  'ironmon.battle.ended',
  'ironmon.trainer.defeated',
] as const satisfies readonly EventType[]
const TOLD_TYPES: ReadonlySet<string> = new Set(TOLD)
type ToldEvent = StoredEvent<(typeof TOLD)[number]>

function isTold(event: StoredEnvelope): event is ToldEvent {
  return TOLD_TYPES.has(event.type) && (event.source === 'ironmon' || event.source === SIMULATOR)
}

export interface Ironmon extends Service {
  /** Of the run, for the omnibar. */
  readonly content: ContentProvider
}

export function createIronmon(options: IronmonOptions): Ironmon {
  const content = new RunContent()
  return {
    id: 'ironmon-runs',
    content,
    health: HEALTHY,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const session = await IronmonSession.open(options, (state) => content.take(state))
      try {
        await session.run(signal)
      } finally {
        content.take(null)
      }
    },
  }
}

/** One run of the feature, from loading to stopping. All changes go through one line, one after the other. */
class IronmonSession {
  readonly #options: IronmonOptions
  readonly #onState: (state: IronmonState) => void
  readonly #owned = new DisposableStore()
  readonly #state: StateHandle<IronmonState>
  #book: Book
  #statistics: Statistics
  readonly #line: EventLine
  /** The last event that was taken in, as the disk has it. */
  #cursor: number
  /** What is shown instead, while the simulator plays. */
  #rehearsal: Rehearsal | null = null
  readonly #rehearsalEnd = this.#owned.add(new MutableDisposable())
  readonly #startedAt: number

  static async open(options: IronmonOptions, onState: (state: IronmonState) => void): Promise<IronmonSession> {
    const { store } = options
    const values = await loadValues(store)
    const profiles = await loadProfiles(store)
    const profile = profiles.find(({ id }) => id === values.profile) ?? profiles[0] ?? FIRST_PROFILE
    const attempt = values.attempt ?? null
    const book: Book = {
      profile,
      profiles,
      run: attempt === null ? null : await loadRun(store, profile.id, attempt),
      game: values.game ?? null,
      team: values.team ?? EMPTY_TEAM,
      location: values.location ?? null,
      battle: null,
    }
    return new IronmonSession(options, onState, book, await countRuns(store, profile.id), values.cursor ?? 0)
  }

  private constructor(
    options: IronmonOptions,
    onState: (state: IronmonState) => void,
    book: Book,
    statistics: Statistics,
    cursor: number,
  ) {
    this.#options = options
    this.#onState = onState
    this.#book = book
    this.#statistics = statistics
    this.#cursor = cursor
    this.#startedAt = options.clock.now()
    const initial = toState(book, statistics, options.game.link)
    this.#state = this.#owned.add(options.channels.state('state:ironmon', initial))
    onState(initial)
    const { store, bus, clock, log } = options
    this.#line = this.#owned.add(
      new EventLine({
        store,
        bus,
        clock,
        wants: (type) => TOLD_TYPES.has(type) || type === 'simulator.demo.ended',
        take: (events, seq) => this.#takeAll(events, seq),
        onUnreadable: ({ id, type }) => log.warn({ event: id, type }, 'an event of an unknown shape changes no run'),
      }),
    )
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, game, routes, store, version } = this.#options
    const line = this.#line
    try {
      this.#owned.add(game.onDidChangeLink(() => this.#show()))
      const caughtUp = line.start(this.#cursor)
      // Commands asked for meanwhile wait their turn.
      this.#registerCommands()
      this.#owned.add(addIronmonRoutes({ routes, store, state: () => this.#truth(), clock, version }))
      await Promise.race([caughtUp, line.broken])
      await Promise.race([untilAborted(signal), line.broken])
      await line.end()
    } finally {
      this.#owned.dispose()
    }
  }

  // --- events in ---

  /** In order, each in its own transaction with its own place, for what follows from one is read back by the next. */
  async #takeAll(events: readonly StoredEvent[], cursor: number): Promise<void> {
    for (const event of events) {
      if (event.type === 'simulator.demo.ended') this.#endRehearsal()
      else if (isTold(event)) await this.#take(event)
    }
    if (cursor > this.#cursor) await this.#options.store.run(putValues({ cursor }))
    this.#cursor = cursor
  }

  async #take(event: ToldEvent): Promise<void> {
    if (event.source === SIMULATOR) {
      await this.#rehearse(event)
      return
    }
    const edit = new Edit(this.#book, event)
    const load = (attempt: number) => loadRun(this.#options.store, edit.book.profile.id, attempt)
    await this.#follow(edit, event, load)
    await this.#commit(edit, event.seq)
  }

  /** The rehearsal of the process before this one is over. */
  async #rehearse(event: ToldEvent): Promise<void> {
    if (event.at < this.#startedAt) return
    const { bus, clock } = this.#options
    const rehearsal = this.#rehearsal ?? new Rehearsal(this.#book, this.#statistics)
    const edit = new Edit(rehearsal.book, event)
    await this.#follow(edit, event, async (attempt) => rehearsal.runOf(attempt))
    await Promise.all(edit.news.map((draft) => bus.publish({ ...draft, source: SIMULATOR })))
    rehearsal.take(edit)
    this.#rehearsal = rehearsal
    this.#rehearsalEnd.set(clock.setTimeout(() => this.#endRehearsal(), REHEARSAL_MS))
    this.#show()
  }

  #endRehearsal(): void {
    this.#rehearsalEnd.set(undefined)
    this.#rehearsal = null
    this.#show()
  }

  async #follow(edit: Edit, event: ToldEvent, load: LoadRun): Promise<void> {
    const { at } = event
    switch (event.type) {
      case 'ironmon.disconnected':
        edit.set({ battle: null })
        break
      case 'ironmon.tracker.started':
        edit.set({ game: event.payload.game, battle: null })
        break
      case 'ironmon.seed.reported':
        await begin(edit, event.payload.attempt, at, load)
        break
      case 'ironmon.checkpoint.reported': {
        const { name, attempt } = event.payload
        if (attempt !== null) await begin(edit, attempt, at, load)
        clear(edit, checkpointNamed(name), 'plugin', at)
        break
      }
      case 'ironmon.team.changed': {
        const { slot, pokemon } = event.payload
        edit.set({ team: edit.book.team.with(slot - 1, pokemon) })
        break
      }
      case 'ironmon.location.entered': {
        const { mapId, name } = event.payload
        edit.set({ location: { mapId, name } })
        break
      }
      case 'ironmon.battle.started':
        edit.set({ battle: battleOf(edit.book, event) })
        break
      case 'ironmon.battle.turn.played':
      case 'ironmon.battle.damage.dealt':
        edit.set(afterTurn(edit.book, event.payload))
        break
      case 'ironmon.battle.ended':
        edit.set({ battle: null })
        if (event.payload.outcome === 'lost' && edit.book.run) edit.apply(endRun(edit.book.run, 'defeat', at))
        break
      case 'ironmon.trainer.defeated': {
        const { id, checkpointName } = event.payload
        clear(edit, checkpointBehind(edit.book, id) ?? checkpointNamed(checkpointName), 'trainer', at)
        break
      }
      default:
        assertNever(event)
    }
  }

  // --- changes out ---

  /** Writes, then shows. When the store refuses, nothing has changed and the run ends. */
  async #commit(edit: Edit, cursor?: number): Promise<void> {
    const { bus, store } = this.#options
    const rows = [...edit.statements, ...valuesBetween(this.#book, edit.book)]
    if (rows.length > 0) {
      const alongside = cursor === undefined ? rows : [...rows, ...putValues({ cursor })]
      const [first, ...rest] = edit.news
      // Published in one tick, they share the transaction of the first, which carries the rows.
      if (first) await Promise.all([{ ...first, alongside }, ...rest].map((draft) => bus.publish(draft)))
      else await store.run(alongside)
      if (cursor !== undefined) this.#cursor = cursor
    }
    const isOtherProfile = edit.book.profile.id !== this.#book.profile.id
    this.#book = edit.book
    if (edit.touchesRuns || isOtherProfile) this.#statistics = await countRuns(store, edit.book.profile.id)
    // The game, or the streamer, has something to say: the truth is what is wanted now.
    this.#rehearsal = null
    this.#rehearsalEnd.set(undefined)
    this.#show()
  }

  /** Whatever is rehearsed meanwhile. */
  #truth(): IronmonState {
    return toState(this.#book, this.#statistics, this.#options.game.link)
  }

  #show(): void {
    if (this.#owned.isDisposed) return
    const rehearsal = this.#rehearsal
    const state = rehearsal ? toState(rehearsal.book, rehearsal.statistics, this.#options.game.link) : this.#truth()
    this.#state.update((draft) => void Object.assign(draft, state))
    this.#onState(state)
  }

  // --- commands ---

  #registerCommands(): void {
    this.#handle('ironmon.checkpoint.set', async (edit, { checkpoint, cleared }) => {
      const run = this.#runPlayed()
      const now = this.#options.clock.now()
      edit.apply(cleared ? clearCheckpoint(run, checkpoint, 'manual', now) : takeBack(run, checkpoint))
    })
    this.#handle('ironmon.run.end', async (edit) => {
      const run = this.#runPlayed()
      if (run.outcome !== null) throw new CommandError('conflict', `run ${run.attempt} is over: it was ${run.outcome}`)
      edit.apply(endRun(run, 'manual', this.#options.clock.now()))
    })
    this.#handle('ironmon.run.reopen', async (edit) => {
      const run = this.#runPlayed()
      if (run.outcome === null) throw new CommandError('conflict', `run ${run.attempt} goes on already`)
      if (run.outcome === 'won') {
        throw new CommandError('conflict', `run ${run.attempt} was won; take back the last checkpoint to go on with it`)
      }
      edit.apply(reopenRun(run))
    })
    this.#handle('ironmon.attempt.set', async (edit, { attempt }) => {
      const { run, profile } = this.#book
      if (!run) {
        const load = (number: number) => loadRun(this.#options.store, profile.id, number)
        return begin(edit, attempt, this.#options.clock.now(), load)
      }
      if (run.attempt === attempt) return
      await this.#mustBeFree(profile, attempt, 'attempt')
      edit.rename(run, profile, attempt)
    })
    this.#handle('ironmon.profile.set', async (edit, { profile: name, moveRun }) => {
      const { profiles, profile: previous, run } = this.#book
      const profile = this.#profileNamed(name)
      if (profile.id === previous.id) return
      if (profiles.length >= MAX_PROFILES && !profiles.includes(profile)) {
        throw new CommandError('conflict', `there are ${MAX_PROFILES} profiles already; choose one of them`)
      }
      if (moveRun && run) {
        await this.#mustBeFree(profile, run.attempt, 'profile')
        edit.rename(run, profile, run.attempt)
      }
      edit.choose(profile)
    })
  }

  #handle<N extends CommandName>(
    name: N,
    change: (edit: Edit, args: Parameters<CommandHandler<N>>[0], context: CommandContext) => Promise<void>,
  ): void {
    const handler = async (args: Parameters<CommandHandler<N>>[0], context: CommandContext) => {
      await this.#line.answerOrBreak(async () => {
        const edit = new Edit(this.#book, context)
        await change(edit, args, context)
        await this.#commit(edit)
      })
      return {}
    }
    // Every command here answers {}; the compiler can't see that for a name it does not know.
    this.#owned.add(this.#options.commands.handle(name, handler as unknown as CommandHandler<N>))
  }

  #runPlayed(): Run {
    const { run } = this.#book
    if (run) return run
    throw new CommandError(
      'conflict',
      'no run is played: the game has told of none. Set the attempt number to begin one',
    )
  }

  #profileNamed(name: string): IronmonProfile {
    const { profiles } = this.#book
    const known = profiles.find((each) => each.name.toLowerCase() === name.toLowerCase())
    return known ?? { id: Math.max(0, ...profiles.map(({ id }) => id)) + 1, name }
  }

  async #mustBeFree(profile: IronmonProfile, attempt: number, path: string): Promise<void> {
    if ((await loadRun(this.#options.store, profile.id, attempt)) === null) return
    const message = `"${profile.name}" has an attempt ${attempt} already; choose another number or profile`
    throw new CommandError('conflict', message, { path })
  }
}

/** What is known of an attempt; null when nothing is. */
type LoadRun = (attempt: number) => Promise<Run | null>

async function begin(edit: Edit, attempt: number, at: number, load: LoadRun): Promise<void> {
  if (edit.book.run?.attempt !== attempt) edit.begin(attempt, await load(attempt), at)
}

function clear(edit: Edit, checkpoint: IronmonCheckpoint | null, proof: 'trainer' | 'plugin', at: number): void {
  const { run } = edit.book
  if (run && checkpoint) edit.apply(clearCheckpoint(run, checkpoint, proof, at))
}

/** In other games the same numbers are other trainers. */
function checkpointBehind({ game }: Book, trainerId: number | null): IronmonCheckpoint | null {
  return game === 'emerald' || game === 'ruby-sapphire' ? null : checkpointOfTrainer(trainerId)
}

function battleOf(book: Book, { at, payload }: StoredEvent<'ironmon.battle.started'>): Book['battle'] {
  const { isWild, trainer, opponent } = payload
  return {
    startedAt: at,
    isWild,
    trainer: trainer && {
      id: trainer.id,
      name: trainer.fullName ?? trainer.className,
      checkpoint: checkpointBehind(book, trainer.id),
    },
    opponent: opponent && { id: opponent.id, name: opponent.name, level: opponent.level, hp: opponent.hp },
  }
}

type Turn = Pick<EventPayload<'ironmon.battle.turn.played'>, 'player' | 'enemy'>

/** Who fights and how well they are; a trainer may have sent another one. Turns are told of the lead in the team first. */
function afterTurn(book: Book, { player, enemy }: Turn): Pick<Book, 'battle' | 'team'> {
  return { battle: battleAfter(book.battle, enemy), team: teamAfter(book.team, player) }
}

function battleAfter(battle: Book['battle'], enemy: Turn['enemy']): Book['battle'] {
  if (!battle || enemy?.id == null) return battle
  const { id } = enemy
  const before = battle.opponent?.id === id ? battle.opponent : null
  const name = enemy.name ?? before?.name ?? null
  const level = enemy.level ?? before?.level ?? null
  return { ...battle, opponent: { id, name, level, hp: hpOf(enemy) ?? before?.hp ?? null } }
}

function teamAfter(team: Book['team'], player: Turn['player']): Book['team'] {
  const slot = team.findIndex((member) => member !== null && member.id === player?.id)
  const member = team[slot]
  const hp = player && hpOf(player)
  if (!hp || !member) return team
  // The team is kept on disk, so it must not change for nothing.
  const isSame = member.hp?.current === hp.current && member.hp.max === hp.max
  return isSame ? team : team.with(slot, { ...member, hp })
}

/** What heals beyond the most, or hits beyond nothing, ends there. */
function hpOf({ hp, maxHp }: NonNullable<Turn['player']>): { current: number; max: number } | null {
  if (hp === null || maxHp === null || maxHp <= 0) return null
  return { current: Math.min(maxHp, Math.max(0, hp)), max: maxHp }
}
