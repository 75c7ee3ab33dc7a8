import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { createBus } from '../../kernel/bus.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createInbox } from './inbox.ts'
import { twitchMigrations } from './migrations.ts'
import { twitchSamples } from './samples.ts'
import { createSeen, SEEN_KEPT_MS } from './seen.ts'
import { toCanonical } from './wire.ts'

const log = pino({ level: 'silent' })
const cheer = toCanonical('channel.cheer', twitchSamples['channel.cheer'] ?? {})

function arrange() {
  const clock = new FakeClock()
  const store = new MemoryStore(twitchMigrations)
  const bus = createBus({ store, clock, onListenerError: () => {} })
  const create = () => {
    const seen = createSeen(store, clock)
    return { seen, inbox: createInbox({ bus, seen, clock, log, onAccept: () => [] }) }
  }
  return { clock, store, bus, create, ...create() }
}

describe('the inbox', () => {
  it('writes the memory of an event with the event: not even a process that forgot lets it in twice', async () => {
    const { store, inbox, create } = arrange()
    expect(await inbox.accept({ draft: cheer, messageId: 'm1' })).toBe('published')
    const forgetful = create()
    expect(await forgetful.inbox.accept({ draft: cheer, messageId: 'm1' })).toBe('duplicate')
    expect(store.events).toHaveLength(1)
  })

  it('knows what was announced before a restart', async () => {
    const { inbox, create } = arrange()
    await inbox.accept({ draft: cheer, messageId: 'm1' })
    const { seen } = create()
    await seen.load()
    expect(seen.has(['message:m1'])).toBe(true)
  })

  it('remembers for more than a day, not for ever', async () => {
    const { clock, store, seen, inbox } = arrange()
    await inbox.accept({ draft: cheer, messageId: 'm1' })
    await clock.advance(24 * 60 * 60_000)
    await seen.prune()
    const rows = () => store.all('SELECT key FROM twitch_seen')
    expect(await rows()).toHaveLength(1)
    await clock.advance(SEEN_KEPT_MS)
    await seen.prune()
    expect(await rows()).toHaveLength(0)
  })

  it('counts what the store refused, and takes it when it comes again', async () => {
    const { store, inbox } = arrange()
    store.refuse('disk full')
    expect(await inbox.accept({ draft: cheer, messageId: 'm1' })).toBe('failed')
    store.refuse(null)
    expect(await inbox.accept({ draft: cheer, messageId: 'm1' })).toBe('published')
    expect(inbox.counts).toEqual({ published: 1, duplicate: 0, failed: 1 })
  })

  it('keeps the order in which events came', async () => {
    const { store, inbox } = arrange()
    const ids = Array.from({ length: 50 }, (_, n) => `m${n}`)
    for (const messageId of ids)
      void inbox.accept({ draft: { type: 'twitch.unknown', payload: { rawType: messageId, body: {} } }, messageId })
    await inbox.flush()
    expect(store.events.map(({ payload }) => payload.rawType)).toEqual(ids)
  })

  it('does not believe a time that lies ahead of our clock', async () => {
    const { clock, store, inbox } = arrange()
    await inbox.accept({ draft: cheer, messageId: 'm1', at: clock.now() + 3_600_000 })
    await inbox.accept({ draft: cheer, messageId: 'm2', at: clock.now() - 3_600_000 })
    expect(store.events.map(({ at }) => at)).toEqual([clock.now(), clock.now() - 3_600_000])
  })

  it('says when it is full, and when it has room again', async () => {
    const clock = new FakeClock()
    const store = new MemoryStore(twitchMigrations)
    const gate = Promise.withResolvers<void>()
    const publish = async () => {
      await gate.promise
      return {} as never
    }
    const inbox = createInbox({ bus: { publish }, seen: createSeen(store, clock), clock, log, onAccept: () => [] })
    let count = 0
    while (!inbox.isFull) void inbox.accept({ draft: cheer, messageId: `m${count++}` })
    expect(count).toBe(2000)
    let hasRoom = false
    const drained = inbox.drained().then(() => {
      hasRoom = true
    })
    await Promise.resolve()
    expect(hasRoom).toBe(false)
    gate.resolve()
    await drained
    expect(inbox.isFull).toBe(false)
    await inbox.flush()
  })
})
