/**
 * One replicated state: the value, its revision, the latest patches, and who follows it. A client that reads too slowly
 * is not sent a backlog: it is marked stale and gets one fresh snapshot once it has caught up.
 */
import { freeze, produce } from 'immer'
import type { Clock } from '../../../base/clock.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import { pushEvents } from '../../../contracts/wire.ts'
import { Broadcast } from './broadcast.ts'
import type { JoinParams } from './join-params.ts'
import type { Joined } from './joined.ts'
import { jsonDiff } from './json-diff.ts'
import type { ChannelLimits } from './limits.ts'
import type { ReplyParts, TopicSource } from './topic-source.ts'

export interface StateSourceOptions<T> {
  topic: string
  scopes: readonly Scope[]
  initial: T
  epoch: string
  clock: Clock
  limits: Pick<ChannelLimits, 'maxPatches' | 'maxPatchBytes'>
}

export class StateSource<T> implements TopicSource {
  readonly topic: string
  readonly scopes: readonly Scope[]
  readonly #epoch: string
  readonly #clock: Clock
  readonly #limits: Pick<ChannelLimits, 'maxPatches' | 'maxPatchBytes'>
  #value: T
  #rev = 0
  #snapshotJson: string | undefined
  /** The latest patches as JSON, oldest first; the last one led to `#rev`. */
  #patches: string[] = []
  #patchBytes = 0
  readonly #followers = new Set<Joined>()
  readonly #stale = new Set<Joined>()

  constructor({ topic, scopes, initial, epoch, clock, limits }: StateSourceOptions<T>) {
    this.topic = topic
    this.scopes = scopes
    this.#value = freeze(initial, true)
    this.#epoch = epoch
    this.#clock = clock
    this.#limits = limits
  }

  get value(): T {
    return this.#value
  }

  get followers(): ReadonlySet<Joined> {
    return this.#followers
  }

  update(recipe: (draft: T) => void): void {
    const next = produce(this.#value, (draft) => {
      // A recipe changes its draft; what it happens to return (`list.push` returns a number) means nothing.
      recipe(draft as T)
    })
    const ops = jsonDiff(this.#value, next)
    this.#value = next
    if (ops.length === 0) return
    this.#rev += 1
    this.#snapshotJson = undefined
    const patch = `{"rev":${this.#rev},"ops":${JSON.stringify(ops)}}`
    this.#remember(patch)
    this.#announce(new Broadcast(this.topic, pushEvents.patch, patch))
  }

  #remember(patch: string): void {
    this.#patches.push(patch)
    this.#patchBytes += patch.length
    const { maxPatches, maxPatchBytes } = this.#limits
    while (this.#patches.length > maxPatches || this.#patchBytes > maxPatchBytes) {
      this.#patchBytes -= this.#patches.shift()?.length ?? 0
    }
  }

  #announce(broadcast: Broadcast): void {
    for (const joined of this.#followers) {
      if (this.#stale.has(joined)) continue
      if (joined.client.isBehind) this.#stale.add(joined)
      else joined.send(broadcast)
    }
  }

  join(joined: Joined, params: JoinParams): ReplyParts {
    this.#followers.add(joined)
    const missed = this.#patchesAfter(params)
    const content: ReplyParts = missed ? { patches: `[${missed.join(',')}]` } : { snapshot: this.#snapshot() }
    return { ...content, ...this.#place() }
  }

  /** Null when the client stands at another epoch, or further back than the patches reach. */
  #patchesAfter({ rev, epoch }: JoinParams): string[] | null {
    if (rev === undefined || epoch !== this.#epoch || rev > this.#rev) return null
    const missing = this.#rev - rev
    if (missing > this.#patches.length) return null
    return missing === 0 ? [] : this.#patches.slice(-missing)
  }

  #snapshot(): string {
    this.#snapshotJson ??= JSON.stringify(this.#value)
    return this.#snapshotJson
  }

  #place(): ReplyParts {
    return { rev: String(this.#rev), epoch: JSON.stringify(this.#epoch), now: String(this.#clock.now()) }
  }

  leave(joined: Joined): void {
    this.#followers.delete(joined)
    this.#stale.delete(joined)
  }

  drained(joined: Joined): void {
    if (!this.#stale.delete(joined)) return
    joined.push(pushEvents.snapshot, jsonObject({ snapshot: this.#snapshot(), ...this.#place() }))
  }
}

/** An object out of parts that are JSON text already. */
export function jsonObject(parts: ReplyParts): string {
  return `{${Object.entries(parts)
    .map(([key, json]) => `${JSON.stringify(key)}:${json}`)
    .join(',')}}`
}
