/**
 * What the simulator makes up of a game: runs beside the truth, in memory alone, which are gone when it is over. Its figures
 * stand on those of the truth, so that what is shown looks like an evening and not like the first one. Pure.
 */
import type { IronmonCheckpoint } from '../../../contracts/ironmon.ts'
import { type Book, type Edit, EMPTY_TEAM } from './edit.ts'
import type { Run } from './run.ts'
import type { Statistics } from './run-store.ts'

export class Rehearsal {
  #book: Book
  readonly #truth: Statistics
  /** By attempt. */
  readonly #runs = new Map<number, Run>()

  constructor(book: Book, truth: Statistics) {
    this.#book = { ...book, run: null, team: EMPTY_TEAM, location: null, battle: null }
    this.#truth = truth
  }

  get book(): Book {
    return this.#book
  }

  /** Null when it was never played in this rehearsal. */
  runOf(attempt: number): Run | null {
    return this.#runs.get(attempt) ?? null
  }

  take({ book, runs }: Edit): void {
    for (const run of runs) this.#runs.set(run.attempt, run)
    this.#book = book
  }

  get statistics(): Statistics {
    const runs = [...this.#runs.values()]
    const checkpoints = new Map(this.#truth.checkpoints)
    for (const run of runs)
      for (const [checkpoint, { cleared }] of run.results) count(checkpoints, checkpoint, run, cleared)
    const ended = (outcome: Run['outcome']) => runs.filter((run) => run.outcome === outcome).length
    return {
      runs: this.#truth.runs + runs.length,
      lost: this.#truth.lost + ended('lost'),
      won: this.#truth.won + ended('won'),
      checkpoints,
    }
  }
}

type Counts = Statistics['checkpoints'] extends ReadonlyMap<IronmonCheckpoint, infer C> ? C : never

function count(
  all: Map<IronmonCheckpoint, Counts>,
  checkpoint: IronmonCheckpoint,
  { attempt }: Run,
  cleared: boolean,
): void {
  const { clears, losses, lastCleared } = all.get(checkpoint) ?? { clears: 0, losses: 0, lastCleared: null }
  all.set(checkpoint, {
    clears: clears + Number(cleared),
    losses: losses + Number(!cleared),
    lastCleared: cleared ? Math.max(lastCleared ?? 0, attempt) : lastCleared,
  })
}
