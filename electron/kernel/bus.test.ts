import { describe, expect, it } from 'vitest'
import { DisposableStore } from '../../base/lifecycle.ts'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { AnyEnvelope } from '../../contracts/envelope.ts'
import { createBus } from './bus.ts'
import type { Statement } from './store/store.ts'

/** A store whose commits the test releases by hand. */
class SlowStore {
  readonly written: { event: AnyEnvelope; alongside: readonly Statement[] }[] = []
  #waiting: { commit: () => void; refuse: (error: Error) => void }[] = []

  append(events: readonly AnyEnvelope[], alongside: readonly Statement[] = []): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        commit: () => {
          for (const event of events) this.written.push({ event, alongside })
          resolve(events.map((_, index) => this.written.length - events.length + index + 1))
        },
        refuse: reject,
      })
    })
  }

  commit(): void {
    for (const { commit } of this.#waiting.splice(0)) commit()
  }

  refuse(): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(new Error('the disk is full'))
  }
}

function setUp() {
  const store = new SlowStore()
  const errors: unknown[] = []
  const bus = createBus({ store, clock: new FakeClock(1000), onListenerError: (error) => errors.push(error) })
  const listening = new DisposableStore()
  const end = () => {
    listening.dispose()
    bus.dispose()
  }
  return { store, bus, errors, listening, end }
}

const scene = (name: string) =>
  ({ type: 'obs.scene.changed', source: 'obs', payload: { scene: name, previousScene: null } }) as const

describe('bus', () => {
  ensureNoLeaks()

  it('announces nothing before it is stored, and in the order of the store', async () => {
    const { store, bus, listening, end } = setUp()
    const heard: string[] = []
    listening.add(bus.onEvent((event) => heard.push(`${event.seq} ${event.type}`)))
    const both = Promise.all([
      bus.publish(scene('A')),
      bus.publish({ type: 'obs.exiting', source: 'obs', payload: {} }),
    ])
    expect(heard).toEqual([])
    store.commit()
    await both
    expect(heard).toEqual(['1 obs.scene.changed', '2 obs.exiting'])
    end()
  })

  it('announces nothing that the store refused', async () => {
    const { store, bus, listening, end } = setUp()
    const heard: unknown[] = []
    listening.add(bus.onEvent((event) => heard.push(event)))
    const publishing = bus.publish(scene('A'))
    store.refuse()
    await expect(publishing).rejects.toThrow('the disk is full')
    expect(heard).toEqual([])
    end()
  })

  it('fills the envelope: a v7 id, the time, and where it came from', async () => {
    const { store, bus, end } = setUp()
    const first = bus.publish(scene('A'))
    store.commit()
    const cause = await first
    expect(cause).toMatchObject({ at: 1000, source: 'obs', correlationId: cause.id })
    expect(cause.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(cause).not.toHaveProperty('causationId')
    const second = bus.publish({ ...scene('B'), at: 5, causedBy: cause, alongside: [{ sql: 'x' }] })
    store.commit()
    expect(await second).toMatchObject({ at: 5, correlationId: cause.id, causationId: cause.id })
    expect(store.written[1]?.alongside).toEqual([{ sql: 'x' }])
    end()
  })

  it('serves listeners by type, survives one that throws, and forgets one that left', async () => {
    const { store, bus, errors, listening, end } = setUp()
    const heard: string[] = []
    const first = bus.on(['obs.scene.changed'], ({ payload }) => heard.push(payload.scene))
    listening.add(bus.on(['obs.exiting'], () => heard.push('exiting')))
    listening.add(
      bus.on(['obs.scene.changed'], () => {
        throw new Error('a bug')
      }),
    )
    const a = bus.publish(scene('A'))
    store.commit()
    await a
    first.dispose()
    const b = bus.publish(scene('B'))
    store.commit()
    await b
    expect(heard).toEqual(['A'])
    expect(errors).toHaveLength(2)
    end()
  })
})
