import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandArgs, CommandName } from '../../../contracts/commands.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { displaysMigrations, displayTable } from './display-store.ts'
import { createDisplays, REHEARSAL_MS } from './displays.ts'

ensureNoLeaks()

let clock: FakeClock
let store: MemoryStore
let hub: ReturnType<typeof start>

function start() {
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const channels = new FakeChannels()
  const bus = createBus({ store: new FakeStore(), clock, onListenerError: () => {} })
  const feature = createDisplays({ bus, store, commands, channels, clock, log: pino({ level: 'silent' }) })
  const stop = new AbortController()
  const done = feature.run(stop.signal)
  return {
    channels,
    run: <N extends CommandName>(name: N, args: CommandArgs<N>) => commands.run(name, args),
    pretend: <N extends CommandName>(name: N, args: CommandArgs<N>) => commands.run(name, args, SIMULATOR_ACTOR),
    end: async () => {
      stop.abort()
      await done
      bus.dispose()
    },
  }
}

async function restart(): Promise<void> {
  await hub.end()
  hub = start()
  await clock.advance(1)
}

const track = () => hub.channels.stateOf('state:now-playing').track
const patches = (topic: string) => hub.channels.patches.filter((each) => each.topic === topic).length
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]).toString('base64')
const HTML = Buffer.from('<svg onload=alert(1)>').toString('base64')

beforeEach(async () => {
  clock = new FakeClock()
  store = new MemoryStore(displaysMigrations)
  hub = start()
  await clock.advance(1)
})

afterEach(async () => {
  await hub.end()
  store.close()
})

describe('status', () => {
  it('is hidden at first, shown when it is set, and there again after a restart', async () => {
    expect(hub.channels.stateOf('state:status')).toMatchObject({
      bar: { isVisible: false },
      text: { isVisible: false },
    })
    await hub.run('status.bar.set', { mode: 'break', text: 'fetching tea' })
    await hub.run('status.text.set', { text: 'Back at half past', animation: 'typewriter' })
    await hub.run('status.text.set', { fontSize: 'large' })
    await restart()
    const { bar, text } = hub.channels.stateOf('state:status')
    expect(bar).toMatchObject({ mode: 'break', text: 'fetching tea', isVisible: true, position: 'bottom' })
    expect(text).toMatchObject({ text: 'Back at half past', animation: 'typewriter', fontSize: 'large' })
    await hub.run('status.bar.set', { isVisible: false })
    expect(hub.channels.stateOf('state:status').bar).toEqual({ ...bar, isVisible: false })
  })

  it('never shows an empty one', async () => {
    const wanted = { status: 'rejected', error: { code: 'invalid_args', path: 'text' } }
    expect(await hub.run('status.bar.set', { mode: 'custom' })).toMatchObject(wanted)
    expect(await hub.run('status.text.set', { position: 'top' })).toMatchObject(wanted)
    expect(patches('state:status')).toBe(0)
  })

  it('gives way to a fresh one when it can’t be read', async () => {
    await store.run([displayTable.put('status-bar', { mode: 'party' }), displayTable.put('coding', { task: 7 })])
    await restart()
    expect(hub.channels.stateOf('state:status').bar.mode).toBe('game')
    expect(hub.channels.stateOf('state:coding').task).toBeNull()
  })

  it('says that it was not saved, and shows nothing of it', async () => {
    store.refuse('the disk is full')
    const answer = await hub.run('status.bar.set', { mode: 'break' })
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    expect(hub.channels.stateOf('state:status').bar.isVisible).toBe(false)
  })
})

describe('now playing', () => {
  const song = { title: 'Lavender Town', artist: 'The Pocket Orchestra', durationMs: 200_000 }

  it('counts on by itself: a player may say the same every second', async () => {
    await hub.run('now-playing.set', { ...song, positionMs: 10_000 })
    const first = track()
    for (let second = 0; second < 5; second++) {
      await clock.advance(1000)
      await hub.run('now-playing.set', { ...song, positionMs: 10_000 + (second + 1) * 1000 + 400 })
    }
    expect(track()).toBe(first)
    await hub.run('now-playing.set', song)
    expect([track() === first, patches('state:now-playing')]).toEqual([true, 1])
    await hub.run('now-playing.set', { ...song, positionMs: 90_000 })
    expect(track()).toMatchObject({ positionMs: 90_000, at: clock.now() })
    await hub.run('now-playing.set', { ...song, isPlaying: false })
    expect(track()).toMatchObject({ isPlaying: false, positionMs: 90_000 })
  })

  it('keeps the picture with its track, and takes only pictures', async () => {
    await hub.run('now-playing.set', { ...song, artwork: PNG })
    expect(track()?.artwork).toEqual({ type: 'image/png', data: PNG })
    await clock.advance(60_000)
    await hub.run('now-playing.set', { ...song, positionMs: 1000 })
    expect(track()?.artwork?.type).toBe('image/png')
    expect(await hub.run('now-playing.set', { ...song, artwork: HTML })).toMatchObject({ error: { path: 'artwork' } })
    await hub.run('now-playing.set', { title: 'Another' })
    expect(track()).toMatchObject({ title: 'Another', artist: null, artwork: null, positionMs: 0 })
    await restart()
    expect(track()?.title).toBe('Another')
    await hub.run('now-playing.clear', {})
    expect(track()).toBeNull()
  })
})

it('keeps what is being coded and since when', async () => {
  await hub.run('coding.set', { task: 'Queue', topic: 'SQLite' })
  await hub.run('coding.session.start', {})
  const startedAt = clock.now()
  await hub.run('coding.set', { task: null })
  await restart()
  expect(hub.channels.stateOf('state:coding')).toEqual({ task: null, topic: 'SQLite', status: null, startedAt })
  const future = await hub.run('coding.session.start', { startedAt: clock.now() + 1000 })
  expect(future).toMatchObject({ error: { path: 'startedAt' } })
  await hub.run('coding.session.stop', {})
  expect(hub.channels.stateOf('state:coding').startedAt).toBeNull()
})

describe('what the simulator sets', () => {
  const all = () => {
    const { channels } = hub
    return [channels.stateOf('state:status'), channels.stateOf('state:now-playing'), channels.stateOf('state:coding')]
  }

  async function pretend(): Promise<void> {
    await hub.pretend('status.bar.set', { mode: 'game', text: 'made up' })
    await hub.pretend('now-playing.set', { title: 'Made up' })
    await hub.pretend('coding.set', { task: 'made up' })
  }

  beforeEach(async () => {
    await hub.run('status.bar.set', { mode: 'soapbox', text: 'true' })
    await hub.run('now-playing.set', { title: 'True' })
    await hub.run('coding.set', { task: 'true' })
  })

  it('is shown, kept nowhere, and gone five minutes after the last of it', async () => {
    const before = structuredClone(all())
    const writes = store.writes
    await pretend()
    expect(all()).toMatchObject([{ bar: { text: 'made up' } }, { track: { title: 'Made up' } }, { task: 'made up' }])
    expect(store.writes).toBe(writes)
    await clock.advance(REHEARSAL_MS)
    expect(all()).toEqual(before)
  })

  it('gives way to the next true word, and does not survive a restart', async () => {
    await pretend()
    await hub.run('coding.set', { topic: 'overlays' })
    expect(all()).toMatchObject([
      { bar: { text: 'true' } },
      { track: { title: 'True' } },
      { task: 'true', topic: 'overlays' },
    ])
    await pretend()
    await restart()
    expect(all()).toMatchObject([{ bar: { text: 'true' } }, { track: { title: 'True' } }, { task: 'true' }])
  })
})
