/**
 * Where facts are announced. Every event is stored before anyone hears of it; listeners hear events in the order of
 * their `seq`, one after the other. Knows no type by name and does not validate: what is published was parsed at its edge.
 */

import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { AnyEnvelope, StoredEnvelope } from '../../contracts/envelope.ts'
import type { EventEnvelope, EventPayload, EventType } from '../../contracts/events.ts'
import { newId } from './new-id.ts'
import type { Statement, Store } from './store/store.ts'

export type StoredEvent<T extends EventType = EventType> = EventEnvelope<T> & { seq: number }

export interface EventDraft<T extends EventType = EventType> {
  type: T
  source: string
  payload: EventPayload<T>
  /** When it happened, ms epoch; without it now. */
  at?: number | undefined
  /** The event or command that led to it. */
  causedBy?: { id: string; correlationId: string } | undefined
  /** Written in the same transaction as the event. */
  alongside?: readonly Statement[] | undefined
  /** A rule of the tables may object to `alongside`: announced only when the tables have taken it. */
  mayBeRefused?: boolean | undefined
}

export interface Bus extends Disposable {
  /** Stores, then announces. Resolves when it is both; rejects when the store refuses it, and then nobody hears of it. */
  publish<T extends EventType>(draft: EventDraft<T>): Promise<StoredEvent<T>>
  /** Hears of every event. */
  onEvent(listener: (event: StoredEvent) => void): Disposable
  /** Hears of events of these types. */
  on<T extends EventType>(types: readonly T[], listener: (event: StoredEvent<T>) => void): Disposable
}

export interface BusOptions {
  store: Pick<Store, 'append'>
  clock: Clock
  onListenerError: (error: unknown) => void
}

export function createBus({ store, clock, onListenerError }: BusOptions): Bus {
  const owned = new DisposableStore()
  const all = owned.add(new Emitter<StoredEvent>(onListenerError))
  const byType = new Map<EventType, Emitter<StoredEvent>>()

  function emitterFor(type: EventType): Emitter<StoredEvent> {
    let emitter = byType.get(type)
    if (!emitter) {
      emitter = owned.add(new Emitter<StoredEvent>(onListenerError))
      byType.set(type, emitter)
    }
    return emitter
  }

  return {
    async publish<T extends EventType>(draft: EventDraft<T>) {
      const envelope = seal(draft, clock.now())
      const [seq] = await store.append([envelope], draft.alongside, { mayBeRefused: draft.mayBeRefused ?? false })
      if (seq === undefined) throw new Error(`the store gave no place to event ${envelope.id}`)
      const stored: StoredEnvelope = { ...envelope, seq }
      // The draft's type ties the payload to the type; the union can't be rebuilt from parts by the compiler.
      const event = stored as unknown as StoredEvent<T>
      byType.get(draft.type)?.fire(event as StoredEvent)
      all.fire(event as StoredEvent)
      return event
    },
    onEvent: (listener) => all.event(listener),
    on(types, listener) {
      const store = new DisposableStore()
      for (const type of types) store.add(emitterFor(type).event((event) => listener(event as never)))
      return store
    },
    dispose: () => owned.dispose(),
  }
}

function seal<T extends EventType>(draft: EventDraft<T>, now: number): AnyEnvelope {
  const id = newId()
  return {
    id,
    type: draft.type,
    source: draft.source,
    at: draft.at ?? now,
    correlationId: draft.causedBy?.correlationId ?? id,
    ...(draft.causedBy ? { causationId: draft.causedBy.id } : {}),
    payload: draft.payload as Record<string, unknown>,
  }
}
