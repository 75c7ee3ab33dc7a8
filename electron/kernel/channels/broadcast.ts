/**
 * One push for many clients. Its bytes are made once for each wire version, when the first client that speaks it needs
 * them: broadcasts carry no `join_ref`, which the protocol allows, so all clients of a version get the same bytes.
 */
import type { WireVersion } from '../../../contracts/wire.ts'
import { encodeFrame } from './frame-codec.ts'
import { textFrame } from './text-frame.ts'

export class Broadcast {
  readonly #topic: string
  readonly #event: string
  readonly #payloadJson: string
  #first: Buffer | undefined
  #second: Buffer | undefined

  constructor(topic: string, event: string, payloadJson: string) {
    this.#topic = topic
    this.#event = event
    this.#payloadJson = payloadJson
  }

  frame(version: WireVersion): Buffer {
    if (version === 1) {
      this.#first ??= this.#build(1)
      return this.#first
    }
    this.#second ??= this.#build(2)
    return this.#second
  }

  #build(version: WireVersion): Buffer {
    const parts = { joinRef: null, ref: null, topic: this.#topic, event: this.#event, payloadJson: this.#payloadJson }
    return textFrame(encodeFrame(version, parts))
  }
}
