/** Repeatable chance: the same seed makes the same broadcast on every machine. Not for secrets. */

export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). Mulberry32: tiny, fast, and even enough for make-believe. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.int(0, items.length - 1)] ?? items[0]
  }

  /** A string of `length` digits that does not begin with 0. */
  digits(length: number): string {
    return Array.from({ length }, (_, n) => this.int(n === 0 ? 1 : 0, 9)).join('')
  }

  /** In the form of a UUID, as Twitch's ids are. */
  uuid(): string {
    const hex = (count: number) => Array.from({ length: count }, () => this.int(0, 15).toString(16)).join('')
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  }
}
