/**
 * The figures of viewers, the true ones and the made-up ones: what the simulator makes up is counted on a copy, which is
 * thrown away a while after its last event, and at once when the demo ends. Owns what is not on disk yet. Pure: the time comes with every call.
 */
import type { Goal } from '../../../contracts/content.ts'
import type { EventEnvelope } from '../../../contracts/events.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import type { Category } from './show-choice.ts'
import { isCounted, type StoredStats, ViewerStats } from './viewer-stats.ts'

/** Made-up figures are gone so long after the last event of the simulator. */
export const REHEARSAL_MS = 300_000

const SIMULATOR = 'simulator'

interface Rehearsal {
  stats: ViewerStats
  /** The true category, while another is played; undefined while none is. */
  trueCategory: Category | null | undefined
  endsAt: number
}

export class Figures {
  readonly #truth: ViewerStats
  #rehearsal: Rehearsal | null = null
  #isDirty = false

  constructor(now: number, words: EmoteWords, stored?: StoredStats) {
    this.#truth = new ViewerStats(now, words, stored)
  }

  /** Those that are shown. */
  get current(): ViewerStats {
    return this.#rehearsal?.stats ?? this.#truth
  }

  /** When time alone changes something, ms epoch. */
  get nextDue(): number {
    return Math.min(this.#truth.nextDay, this.#rehearsal?.endsAt ?? Number.POSITIVE_INFINITY)
  }

  /** The simulator has made something up. */
  rehearse(now: number): void {
    this.#rehearsal ??= { stats: this.#truth.clone(now), trueCategory: undefined, endsAt: 0 }
    this.#rehearsal.endsAt = now + REHEARSAL_MS
  }

  /** Counts one event; what is made up only while it is rehearsed. One that is not counted changes nothing. */
  take(event: EventEnvelope, now: number): void {
    if (!isCounted(event)) return
    this.#rehearsal?.stats.take(event, now)
    if (event.source === SIMULATOR) return
    this.#truth.take(event, now)
    this.#isDirty = true
  }

  /** `before`: the category that it takes the place of. */
  takeCategory({ source, payload }: EventEnvelope<'twitch.channel.update'>, before: Category | null): void {
    const rehearsal = this.#rehearsal
    if (!rehearsal) return
    if (source === SIMULATOR) {
      if (rehearsal.trueCategory === undefined) rehearsal.trueCategory = before
    } else if (rehearsal.trueCategory !== undefined) {
      rehearsal.trueCategory = { id: payload.category_id, name: payload.category_name }
    }
  }

  /** The one to be kept on disk, where `category` is being played. */
  trueCategory(category: Category | null): Category | null {
    const played = this.#rehearsal?.trueCategory
    return played === undefined ? category : played
  }

  /** The simulator says that it is over. */
  letEnd(now: number): void {
    if (this.#rehearsal) this.#rehearsal.endsAt = now
  }

  /** Throws away what is made up when it is over. True when it was. */
  endRehearsal(now: number): boolean {
    if (!this.#rehearsal || this.#rehearsal.endsAt > now) return false
    this.#rehearsal = null
    return true
  }

  /** Begins a new day when it is one. True when it did. */
  roll(now: number): boolean {
    this.#rehearsal?.stats.roll(now)
    if (!this.#truth.roll(now)) return false
    this.#isDirty = true
    return true
  }

  setGoals(goals: readonly Goal[]): void {
    this.#truth.setGoals(goals)
    this.#rehearsal?.stats.setGoals(goals)
    this.#isDirty = true
  }

  /** Whether the disk has not all of it. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** What is to be written; null when the disk has it all. */
  unwritten(): StoredStats | null {
    return this.#isDirty ? this.#truth.stored() : null
  }

  /** All that was `unwritten` is on disk. */
  written(): void {
    this.#isDirty = false
  }
}
