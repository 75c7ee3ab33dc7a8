/** A page's copy of one state: the last good value, and its place in the hub's revisions. Kept while the link is gone. */
import type { Patch, StateCatchUp, StateJoin, StateJoinReply, StateSnapshot } from '../wire.ts'
import { pushEvents } from '../wire.ts'
import { applyPatch } from './apply-patch.ts'
import type { TopicFollower } from './topic-link.ts'

export class StateReplica<T> implements TopicFollower {
  #held: { value: T; rev: number; epoch: string } | undefined
  readonly #listeners = new Set<(value: T) => void>()

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Calls at once with the value, where there is one, and after every change. */
  listen(listener: (value: T) => void): () => void {
    const entry = (value: T) => listener(value)
    this.#listeners.add(entry)
    if (this.#held) listener(this.#held.value)
    return () => this.#listeners.delete(entry)
  }

  params(): StateJoin {
    return this.#held ? { rev: this.#held.rev, epoch: this.#held.epoch } : {}
  }

  joined(reply: unknown): boolean {
    const answer = reply as StateJoinReply<T>
    if (!('snapshot' in answer)) return this.#catchUp(answer)
    this.#take(answer)
    return true
  }

  pushed(event: string, payload: unknown): boolean {
    if (event === pushEvents.snapshot) {
      this.#take(payload as StateSnapshot<T>)
      return true
    }
    return event === pushEvents.patch ? this.#apply(payload as Patch) : true
  }

  #take({ snapshot, rev, epoch }: StateSnapshot<T>): void {
    const same = this.#held?.rev === rev && this.#held.epoch === epoch
    this.#held = { value: snapshot, rev, epoch }
    if (!same) this.#tell()
  }

  #catchUp({ patches }: StateCatchUp): boolean {
    return patches.every((patch) => this.#apply(patch))
  }

  /** False when the patch does not follow what is held. */
  #apply({ rev, ops }: Patch): boolean {
    if (!this.#held || rev > this.#held.rev + 1) return false
    if (rev <= this.#held.rev) return true
    try {
      this.#held = { ...this.#held, value: applyPatch(this.#held.value, ops), rev }
    } catch {
      // Drifted apart, which is a bug; a fresh snapshot mends it. What is shown stays until then.
      this.#held = { ...this.#held, epoch: '' }
      return false
    }
    this.#tell()
    return true
  }

  #tell(): void {
    if (!this.#held) return
    for (const listener of [...this.#listeners]) listener(this.#held.value)
  }
}
