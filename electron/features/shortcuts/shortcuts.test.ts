import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { commandDefinitions, isCommandName } from '../../../contracts/commands.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { type CommandRecord, createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import type { GlobalKeys } from '../../kernel/ports/global-keys.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { normalAccelerator } from './accelerator.ts'
import { DEFAULT_BINDINGS } from './default-bindings.ts'
import { createShortcuts, shortcutsMigrations } from './shortcuts.ts'

/** A keyboard: what is registered, what the system refuses, and a finger. */
class FakeKeys implements GlobalKeys {
  readonly registered = new Map<string, () => void>()
  readonly refused = new Set<string>()

  register(accelerator: string, onPress: () => void): boolean {
    if (this.refused.has(accelerator)) return false
    this.registered.set(accelerator, onPress)
    return true
  }

  unregister(accelerator: string): void {
    this.registered.delete(accelerator)
  }

  press(accelerator: string): void {
    const fire = this.registered.get(accelerator)
    if (!fire) throw new Error(`${accelerator} is not registered`)
    fire()
  }

  dispose(): void {
    this.registered.clear()
  }
}

describe('shortcuts', () => {
  ensureNoLeaks()
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function start(keys: FakeKeys | null, store = new MemoryStore(shortcutsMigrations)) {
    const clock = new FakeClock()
    const channels = new FakeChannels()
    const records: CommandRecord[] = []
    const warnings: unknown[] = []
    const onDidInvoke = (record: CommandRecord) => records.push(record)
    const commands = createCommands({ clock, onDidInvoke, onBug: unexpected })
    const log = { warn: (told: unknown) => warnings.push(told), error: unexpected }
    const stop = new AbortController()
    const running = createShortcuts({ keys, commands, channels, store, clock, log }).run(stop.signal)
    await clock.advance(0)
    const end = async () => {
      stop.abort()
      await running
    }
    ends.push(end)
    const invoke = async (name: string, args: unknown) => {
      const answer = commands.invoke(name, args, HUB_ACTOR)
      await clock.advance(0)
      return answer
    }
    return { clock, store, commands, records, warnings, invoke, end, state: () => channels.stateOf('state:shortcuts') }
  }

  function unexpected(error: unknown): never {
    throw error
  }

  it('has a default set for scenes and alerts, valid and without doubles', async () => {
    const keys = new FakeKeys()
    const hub = await start(keys)
    expect([...keys.registered.keys()]).toEqual(DEFAULT_BINDINGS.map(({ accelerator }) => accelerator))
    expect(new Set(DEFAULT_BINDINGS.map(({ accelerator }) => normalAccelerator(accelerator))).size).toBe(12)
    for (const { command, args } of DEFAULT_BINDINGS) {
      expect(isCommandName(command) && commandDefinitions[command].args.safeParse(args).success, command).toBe(true)
    }
    expect(hub.state().bindings.every(({ status }) => status === 'registered')).toBe(true)
  })

  it('runs the command of the key, in the key’s name', async () => {
    const keys = new FakeKeys()
    const hub = await start(keys)
    const scenes: number[] = []
    const handler = hub.commands.handle('obs.scene.set-by-number', ({ number }) => {
      scenes.push(number)
      return { scene: 'Gameplay' }
    })
    keys.press('Control+Shift+F2')
    await hub.clock.advance(0)
    expect(scenes).toEqual([2])
    expect(hub.records.at(-1)).toMatchObject({ actor: 'key:Control+Shift+F2', answer: { status: 'committed' } })
    expect(hub.state().bindings[1]).toMatchObject({ status: 'verified', lastFiredAt: hub.clock.now() })
    handler.dispose()
    keys.press('Control+Shift+F2')
    await hub.clock.advance(0)
    expect(hub.warnings).toHaveLength(1)
  })

  it('proves a key by a press that runs nothing, and tells when none comes', async () => {
    const keys = new FakeKeys()
    const hub = await start(keys)
    const test = hub.invoke('shortcut.test', { id: 'alert-skip', timeoutMs: 5000 })
    await hub.clock.advance(1200)
    keys.press('Control+Shift+F10')
    expect(await test).toEqual({ status: 'committed', result: { fired: true, afterMs: 1200 } })
    expect(hub.records.map(({ command }) => command)).not.toContain('alert.skip')
    const silent = hub.invoke('shortcut.test', { id: 'alert-skip', timeoutMs: 5000 })
    await hub.clock.advance(5000)
    expect(await silent).toEqual({ status: 'committed', result: { fired: false, afterMs: null } })
  })

  it('keeps bindings over a restart; an unbound default stays unbound', async () => {
    const keys = new FakeKeys()
    const first = await start(keys)
    const bound = await first.invoke('shortcut.bind', { accelerator: 'F13', command: 'obs.replay-buffer.save' })
    expect(bound.status).toBe('committed')
    await first.invoke('shortcut.unbind', { id: 'scene-1' })
    await first.end()
    expect(keys.registered.size).toBe(0)
    const second = await start(keys, first.store)
    expect(keys.registered.has('F13')).toBe(true)
    expect(second.state().bindings.map(({ id }) => id)).not.toContain('scene-1')
  })

  it.each([
    [{ accelerator: 'Control+Nonsense', command: 'alert.skip' }, 'invalid_args', 'accelerator'],
    [{ accelerator: 'Control+', command: 'alert.skip' }, 'invalid_args', 'accelerator'],
    [{ accelerator: 'shift + CTRL + f10', command: 'alert.skip' }, 'conflict', 'accelerator'],
    [{ accelerator: 'F14', command: 'no.such.command' }, 'invalid_args', 'command'],
    [{ accelerator: 'F14', command: 'obs.scene.set', args: { scene: 3 } }, 'invalid_args', 'args.scene'],
    [{ accelerator: 'F14', command: 'obs.configure', args: { url: 'ws://a' } }, 'invalid_args', 'command'],
  ])('refuses %j', async (args, code, path) => {
    const hub = await start(new FakeKeys())
    expect(await hub.invoke('shortcut.bind', args)).toMatchObject({ status: 'rejected', error: { code, path } })
    expect(hub.state().bindings).toHaveLength(DEFAULT_BINDINGS.length)
  })

  it('shows a key that the system refused, with the reason', async () => {
    const keys = new FakeKeys()
    keys.refused.add('Control+Shift+F1')
    const hub = await start(keys)
    expect(hub.state().bindings[0]).toMatchObject({ status: 'refused' })
    expect(hub.state().bindings[0]?.reason).toContain('another program')
    expect(await hub.invoke('shortcut.test', { id: 'scene-1' })).toMatchObject({ error: { code: 'unavailable' } })
  })

  it('says that a headless hub has no keys', async () => {
    const hub = await start(null)
    expect(hub.state().available).toBe(false)
    expect(hub.state().bindings[0]).toMatchObject({ status: 'unavailable' })
    expect(await hub.invoke('shortcut.test', { id: 'scene-1' })).toMatchObject({ error: { code: 'unavailable' } })
  })
})
