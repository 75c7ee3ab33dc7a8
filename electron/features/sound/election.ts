/**
 * Who plays the sound, out of everyone who can. Pure but for what it remembers of each: whether it has proved to play,
 * and whether it lately failed to. Knows no socket and no timer.
 */

/** Somewhere a sound can be heard. */
export interface SoundPlayer {
  readonly id: string
  /** ms epoch */
  readonly since: number
  /** The User-Agent. */
  readonly agent: string | null
  /** It draws the layers itself, so it can play theirs too; a viewer of the picture has pixels only. */
  readonly drawsLayers: boolean
}

/** A player that failed comes last for so long: its page may be frozen, or its browser may not let it speak. */
export const DEMOTED_MS = 60_000

interface Record {
  proved: boolean
  /** On the monotonic clock; null while in good standing. */
  demotedUntil: number | null
}

export class Election {
  #players: readonly SoundPlayer[] = []
  readonly #records = new Map<string, Record>()

  /** Who is there. What was known of those who left is forgotten. */
  setPlayers(players: readonly SoundPlayer[]): void {
    this.#players = players
    const ids = new Set(players.map(({ id }) => id))
    for (const id of this.#records.keys()) if (!ids.has(id)) this.#records.delete(id)
    for (const id of ids) {
      if (!this.#records.has(id)) this.#records.set(id, { proved: false, demotedUntil: null })
    }
  }

  has(id: string): boolean {
    return this.#records.has(id)
  }

  /** It has played. */
  prove(id: string): void {
    const record = this.#records.get(id)
    if (record) Object.assign(record, { proved: true, demotedUntil: null })
  }

  /** It has not. */
  demote(id: string, now: number): void {
    const record = this.#records.get(id)
    if (record) Object.assign(record, { proved: false, demotedUntil: now + DEMOTED_MS })
  }

  /** Ends every demotion that is over. Answers when the next one will be, null when there is none. */
  pardon(now: number): number | null {
    const ends: number[] = []
    for (const record of this.#records.values()) {
      if (record.demotedUntil === null) continue
      if (record.demotedUntil <= now) record.demotedUntil = null
      else ends.push(record.demotedUntil)
    }
    return ends.length === 0 ? null : Math.min(...ends)
  }

  /**
   * The best of all, or of those not in `without`; null when nobody is left. In good standing first, since a failed one
   * is better than none; then inside OBS, whose sound is that of the broadcast; then proved; then with the
   * layers' own sounds; then the oldest.
   */
  best(without: ReadonlySet<string> = new Set()): string | null {
    const candidates = this.#players.filter(({ id }) => !without.has(id))
    return candidates.toSorted((a, b) => this.#compare(a, b))[0]?.id ?? null
  }

  #compare(a: SoundPlayer, b: SoundPlayer): number {
    const [ofA, ofB] = [this.#merits(a), this.#merits(b)]
    for (const [at, merit] of ofA.entries()) {
      const difference = Number(ofB[at]) - Number(merit)
      if (difference !== 0) return difference
    }
    return a.since - b.since || (a.id < b.id ? -1 : 1)
  }

  #merits({ id, agent, drawsLayers }: SoundPlayer): readonly boolean[] {
    const record = this.#records.get(id)
    return [record?.demotedUntil === null, agent?.includes('OBS/') ?? false, record?.proved ?? false, drawsLayers]
  }
}
