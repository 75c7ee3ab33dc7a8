/**
 * One change of what is known of the game: the book after it, the rows to write and the news to tell, which all stand or
 * fall together. Pure but for what it gathers. Knows no store and no bus.
 */
import { assertNever } from '../../../base/result.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import type { IronmonGame, IronmonPokemon } from '../../../contracts/ironmon.ts'
import type { IronmonBattle, IronmonProfile } from '../../../contracts/state/ironmon.ts'
import type { EventDraft } from '../../kernel/bus.ts'
import type { Statement } from '../../kernel/store/store.ts'
import { indexOf, leaderOf } from './checkpoints.ts'
import { clearedCount, currentOf, endRun, newRun, type Run, type RunFact, type RunStep, reopenRun } from './run.ts'
import { type IronmonValues, moveRun, putProfile, putRun, putValues } from './run-store.ts'

const TEAM_SIZE = 6
export const EMPTY_TEAM: readonly (IronmonPokemon | null)[] = Array.from({ length: TEAM_SIZE }, () => null)

/** All that is known of the game that is played, but the statistics. */
export interface Book {
  readonly profile: IronmonProfile
  readonly profiles: readonly IronmonProfile[]
  readonly run: Run | null
  readonly game: IronmonGame | null
  readonly team: readonly (IronmonPokemon | null)[]
  readonly location: { readonly mapId: number; readonly name: string | null } | null
  /** Not kept on disk: a battle does not outlive what tells of it. */
  readonly battle: IronmonBattle | null
}

/** The event or command that leads to the change. */
export interface Cause {
  id: string
  correlationId: string
}

type NewsType = Extract<EventDraft['type'], `ironmon.${string}`>

export class Edit {
  book: Book
  readonly statements: Statement[] = []
  readonly news: EventDraft[] = []
  /** As it leaves them, oldest first: one that begins may end another. */
  readonly runs: Run[] = []
  readonly #cause: Cause

  constructor(book: Book, cause: Cause) {
    this.book = book
    this.#cause = cause
  }

  /** Whether what is counted over all runs may have changed. */
  get touchesRuns(): boolean {
    return this.statements.length > 0
  }

  set(change: Partial<Pick<Book, 'game' | 'team' | 'location' | 'battle'>>): void {
    this.book = { ...this.book, ...change }
  }

  /** Carries on the run that is played. */
  apply({ run, facts }: RunStep): void {
    if (facts.length === 0) return
    this.statements.push(...putRun(this.book.run, run))
    this.runs.push(run)
    this.book = { ...this.book, run }
    for (const fact of facts) this.#tellFact(run, fact)
  }

  /**
   * From now on this attempt is played; `known` is what is on disk of it. The one before it is lost if it was still open and
   * this one has a higher number. A lower number says nothing of it: another profile, perhaps.
   */
  begin(attempt: number, known: Run | null, at: number): void {
    const previous = this.book.run
    if (previous?.attempt === attempt) return
    if (previous && attempt > previous.attempt) this.apply(endRun(previous, 'next-seed', at))
    const { profile } = this.book
    const run = known ?? newRun(profile.id, attempt, at)
    this.book = { ...this.book, run, team: EMPTY_TEAM, battle: null }
    if (known) this.#tell('ironmon.run.resumed', { profile: profile.name, attempt })
    else {
      this.statements.push(...putRun(null, run))
      this.runs.push(run)
      this.#tell('ironmon.run.started', { profile: profile.name, attempt })
    }
    // It was held for lost only because another one had begun.
    if (known?.endReason === 'next-seed') this.apply(reopenRun(known))
  }

  /** The run that is played was another attempt, or of another profile, all along. Nothing may be known of that one. */
  rename(run: Run, profile: IronmonProfile, attempt: number): void {
    this.statements.push(...moveRun(run, { profileId: profile.id, attempt }))
    this.#tell('ironmon.run.corrected', {
      profile: profile.name,
      attempt,
      previousProfile: this.book.profile.name,
      previousAttempt: run.attempt,
    })
    this.book = { ...this.book, run: { ...run, profileId: profile.id, attempt } }
  }

  /** Which run is played is not known any more, unless it moved there before. */
  choose(profile: IronmonProfile): void {
    const previous = this.book.profile
    const isNew = this.book.profiles.every(({ id }) => id !== profile.id)
    if (isNew) this.statements.push(putProfile(profile))
    const run = this.book.run?.profileId === profile.id ? this.book.run : null
    const profiles = isNew ? [...this.book.profiles, profile] : this.book.profiles
    this.book = { ...this.book, profile, profiles, run }
    this.#tell('ironmon.profile.changed', { profile: profile.name, previous: previous.name })
  }

  #tellFact(run: Run, fact: RunFact): void {
    const named = { profile: this.book.profile.name, attempt: run.attempt }
    const cleared = clearedCount(run)
    switch (fact.kind) {
      case 'ended': {
        const { outcome, reason } = fact
        const checkpoint = outcome === 'lost' ? currentOf(run) : null
        this.#tell('ironmon.run.ended', { ...named, outcome, reason, checkpoint, cleared })
        break
      }
      case 'reopened':
        this.#tell('ironmon.run.reopened', named)
        break
      case 'cleared': {
        const { checkpoint, proof } = fact
        const where = { checkpoint, index: indexOf(checkpoint), leader: leaderOf(checkpoint) }
        this.#tell('ironmon.checkpoint.cleared', { ...named, ...where, proof, cleared, next: currentOf(run) })
        break
      }
      case 'taken-back': {
        const { checkpoint } = fact
        this.#tell('ironmon.checkpoint.taken-back', { ...named, checkpoint, index: indexOf(checkpoint) })
        break
      }
      default:
        assertNever(fact)
    }
  }

  #tell<T extends NewsType>(type: T, payload: EventPayload<T>): void {
    // The signature ties the payload to the type; the union can't be rebuilt from parts by the compiler.
    this.news.push({ type, source: 'landale', payload, causedBy: this.#cause } as unknown as EventDraft)
  }
}

/** What must be written for the small values to go from `before` to `after`. */
export function valuesBetween(before: Book, after: Book): Statement[] {
  const values: IronmonValues = {}
  if (after.profile.id !== before.profile.id) values.profile = after.profile.id
  if (after.run?.attempt !== before.run?.attempt || values.profile !== undefined) {
    values.attempt = after.run?.attempt ?? null
  }
  if (after.game !== before.game && after.game !== null) values.game = after.game
  if (after.team !== before.team) values.team = [...after.team]
  if (after.location !== before.location) values.location = after.location
  return putValues(values)
}
