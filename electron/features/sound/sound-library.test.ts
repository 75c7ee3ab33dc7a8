import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { MAX_SOUNDS, type SoundImport } from '../../../contracts/sound.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import { HttpAnswer } from '../../kernel/http/routes.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { masterSound } from './master.ts'
import { masterInThread } from './master-in-thread.ts'
import { createSoundLibrary, type SoundLibrary, soundMigrations } from './sound-library.ts'
import { floatWav, tone } from './testing/tones.ts'

ensureNoLeaks()

function fail(error: unknown): never {
  throw error
}

class Hub {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'landale-sounds-'))
  readonly clock = new FakeClock(1_000_000)
  readonly store = new MemoryStore(soundMigrations)
  readonly bus = createBus({ store: this.store, clock: this.clock, onListenerError: fail })
  readonly commands = createCommands({ clock: this.clock, onDidInvoke: () => {}, onBug: fail })
  channels = new FakeChannels()
  routes = new FakeRoutes()
  readonly warnings: string[] = []
  uses: SoundUse[] = []
  readonly didChangeUses = new Emitter<void>()
  readonly library: SoundLibrary
  #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor() {
    const { store, bus, commands, dataDir, clock } = this
    const self = this
    this.library = createSoundLibrary({
      store,
      bus,
      commands,
      get channels() {
        return self.channels
      },
      get routes() {
        return self.routes
      },
      dataDir,
      users: [{ soundUses: () => this.uses, onDidChangeSoundUses: this.didChangeUses.event }],
      master: async (wav) => masterSound(wav),
      clock,
      log: { warn: (_: unknown, message?: string) => this.warnings.push(message ?? '') },
    })
  }

  async start(): Promise<void> {
    this.#stop = new AbortController()
    this.channels = new FakeChannels()
    this.routes = new FakeRoutes()
    this.#running = this.library.run(this.#stop.signal)
    await expect.poll(() => this.routes.paths.length).toBe(2)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  get files(): string[] {
    return readdirSync(join(this.dataDir, 'sounds')).sort()
  }

  get state() {
    return this.channels.stateOf('state:sounds')
  }

  async import(name: string, hertz: number): Promise<SoundImport> {
    const body = floatWav([tone({ db: -30, seconds: 0.3, hertz })])
    return (await this.routes.call('POST', '/api/sounds', { query: { name }, body })) as SoundImport
  }

  invoke(name: string, args: unknown) {
    return this.commands.invoke(name, args, HUB_ACTOR)
  }
}

let hub: Hub
beforeEach(async () => {
  hub = new Hub()
  await hub.start()
})
afterEach(async () => {
  await hub.stop()
  hub.bus.dispose()
  hub.store.close()
  rmSync(hub.dataDir, { recursive: true })
})

describe('the streamer’s own sounds', () => {
  it('are measured, kept under a name made of what is in them, and served', async () => {
    const { sound, existed, cut } = await hub.import('Airhorn', 800)
    expect({ existed, cut }).toEqual({ existed: false, cut: false })
    expect(sound.lufs).toBeCloseTo(-16, 0)
    expect(hub.files).toEqual([`${sound.id}.wav`])
    expect(hub.state.imported).toEqual([sound])
    expect(hub.library.has(sound.id)).toBe(true)
    const answer = await hub.routes.call('GET', '/api/sounds/:id.wav', { params: { id: sound.id } })
    if (!(answer instanceof HttpAnswer)) throw new Error('no answer')
    expect(answer.headers['content-type']).toBe('audio/wav')
    expect((answer.body as Buffer).length).toBe(sound.bytes)
    expect(hub.store.events).toMatchObject([
      { type: 'sound.imported', payload: { soundId: sound.id, name: 'Airhorn' } },
    ])
  })

  it('are there once, however often they are imported', async () => {
    const first = await hub.import('One', 800)
    expect(await hub.import('Two', 800)).toEqual({ sound: first.sound, existed: true, cut: false })
    expect(hub.state.imported).toHaveLength(1)
  })

  it('never share a name', async () => {
    await hub.import('Horn', 800)
    expect((await hub.import('horn', 900)).sound.name).toBe('horn 2')
    const { id } = (await hub.import('Bell', 1000)).sound
    expect(await hub.invoke('sound.rename', { id, name: 'HORN' })).toMatchObject({
      error: { code: 'conflict', path: 'name' },
    })
    expect(await hub.invoke('sound.rename', { id, name: 'Bells' })).toMatchObject({ status: 'committed' })
    expect(hub.state.imported.map(({ name }) => name)).toEqual(['Bells', 'Horn', 'horn 2'])
  })

  it('come in one after the other, and not too many at once', async () => {
    const all = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => hub.import(`Sound ${n}`, 500 + n * 50)))
    expect(all.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), ...Array(2).fill('rejected')])
    expect(all.at(-1)).toMatchObject({ reason: { status: 429 } })
  })

  it('are refused with a reason when there is nothing to hear', async () => {
    const call = hub.routes.call('POST', '/api/sounds', { query: { name: 'x' }, body: new Uint8Array(100) })
    await expect(call).rejects.toMatchObject({ status: 422, message: expect.stringContaining('not a WAV file') })
    expect(hub.store.events).toEqual([])
  })

  it('are back after a restart; what was half written is swept', async () => {
    const { sound } = await hub.import('Kept', 800)
    const gone = (await hub.import('Lost', 900)).sound
    await hub.stop()
    writeFileSync(join(hub.dataDir, 'sounds', `${'0'.repeat(32)}.wav`), 'nobody knows me')
    writeFileSync(join(hub.dataDir, 'sounds', 'half.part'), 'half')
    writeFileSync(join(hub.dataDir, 'sounds', 'notes.txt'), 'the streamer’s own')
    rmSync(join(hub.dataDir, 'sounds', `${gone.id}.wav`))
    await hub.start()
    expect(hub.state.imported).toEqual([sound])
    expect(hub.files).toEqual([`${sound.id}.wav`, 'notes.txt'].sort())
    expect(hub.warnings).toHaveLength(1)
  })

  it('are wanted while a rule names them, and its name stands in the way of removing them', async () => {
    const { id } = (await hub.import('Horn', 800)).sound
    let changes = 0
    const listening = hub.library.onDidChangeWanted(() => {
      changes += 1
    })
    expect(hub.library.wanted).toEqual([])
    hub.uses = [
      { by: 'alert', alert: 'raid', sound: id },
      { by: 'show', show: 'Variety', rule: 'big', sound: id },
      { by: 'alert', alert: 'sub', sound: 'chime' },
    ]
    hub.didChangeUses.fire()
    expect([hub.library.wanted, changes]).toEqual([[id], 1])
    expect(hub.state.uses).toHaveLength(2)
    expect(await hub.invoke('sound.remove', { id })).toMatchObject({
      error: {
        code: 'conflict',
        message: '"Horn" is used by the alert "raid", the rule "big" of Variety; without it they are silent',
      },
    })
    expect(await hub.invoke('sound.remove', { id, evenIfUsed: true })).toMatchObject({ status: 'committed' })
    expect([hub.library.wanted, hub.library.has(id), hub.files]).toEqual([[], false, []])
    listening.dispose()
  })

  it('can be tried out, and tones too', async () => {
    const tests: unknown[] = []
    const listening = hub.library.onDidTest((test) => tests.push(test))
    const { id } = (await hub.import('Horn', 800)).sound
    await hub.invoke('sound.play', { sound: id, volume: 0.5 })
    await hub.invoke('sound.play', { sound: 'chime' })
    expect(tests).toEqual([
      { sound: id, volume: 0.5 },
      { sound: 'chime', volume: 0.7 },
    ])
    expect(await hub.invoke('sound.play', { sound: 'nothing' })).toMatchObject({ error: { code: 'not_found' } })
    listening.dispose()
  })

  it.each(['../../secrets', '..%2f', 'a'.repeat(31), '', 'chime'])('serve nothing for %j', async (id) => {
    await expect(hub.routes.call('GET', '/api/sounds/:id.wav', { params: { id } })).rejects.toMatchObject({
      status: 404,
    })
  })

  it('have an end', async () => {
    const { sound } = await hub.import('First', 800)
    const others = Array.from({ length: MAX_SOUNDS - 1 }, (_, n) => {
      const id = n.toString(16).padStart(32, 'f')
      writeFileSync(join(hub.dataDir, 'sounds', `${id}.wav`), 'x')
      return { sql: 'INSERT INTO sounds VALUES (?, ?)', params: [id, JSON.stringify({ ...sound, id, name: `s${n}` })] }
    })
    await hub.store.run(others)
    await hub.stop()
    await hub.start()
    await expect(hub.import('One more', 900)).rejects.toMatchObject({ status: 409 })
  })
})

describe('the thread', () => {
  it('masters a sound, and says why it can’t', async () => {
    const good = await masterInThread(floatWav([tone({ db: -30, seconds: 1 })]), systemClock)
    expect(good).toMatchObject({ ok: true, value: { cut: false } })
    if (good.ok) expect(good.value.lufs).toBeCloseTo(-16, 0)
    expect(await masterInThread(new Uint8Array(10), systemClock)).toMatchObject({ ok: false })
  })
})
