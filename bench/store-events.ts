/** Events like a channel's, from a seed: Zipf-distributed words, users and types, some 400 bytes of payload. */
import { v7 as uuidv7 } from 'uuid'
import type { AnyEnvelope } from '../contracts/envelope.ts'

const WORDS = 20_000
const USERS = 20_000
const KINDS = 60
const PAYLOAD_BYTES = 400
/** In one event of ten, and in twenty of a million. */
export const COMMON_WORD = 'commonword'
export const RARE_WORD = 'rareword'

export class EventMaker {
  #seed: number
  #made = 0

  constructor(seed = 1) {
    this.#seed = seed
  }

  make(at: number): AnyEnvelope {
    const id = uuidv7()
    const user = zipf(USERS, this.#random())
    const payload = {
      user_id: String(10_000_000 + user * 37),
      user_login: `user_${user}`,
      message: this.#sentence(),
      filler: '',
    }
    payload.filler = 'x'.repeat(Math.max(0, PAYLOAD_BYTES - JSON.stringify(payload).length))
    this.#made++
    return { id, type: typeName(zipf(KINDS, this.#random())), source: 'twitch', at, correlationId: id, payload }
  }

  #sentence(): string {
    const count = 8 + Math.floor(this.#random() * 7)
    const words = Array.from({ length: count }, () => `w${zipf(WORDS, this.#random()).toString(36)}`)
    if (this.#random() < 0.1) words.push(COMMON_WORD)
    if (this.#made % 50_000 === 49_999) words.push(RARE_WORD)
    return words.join(' ')
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return this.#seed / 0x7fffffff
  }
}

/** 0 is the commonest. */
function zipf(count: number, random: number): number {
  return Math.min(count - 1, Math.floor(count ** random) - 1)
}

export function typeName(kind: number): string {
  return `twitch.channel.kind-${kind}`
}
