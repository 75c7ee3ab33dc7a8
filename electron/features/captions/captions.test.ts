import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandArgs } from '../../../contracts/commands.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands } from '../../kernel/commands.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createCaptions } from './captions.ts'

ensureNoLeaks()

let clock: FakeClock
let store: MemoryStore
let hub: ReturnType<typeof start>

function start() {
  const bus = createBus({ store, clock, onListenerError: () => {} })
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const channels = new FakeChannels()
  const stop = new AbortController()
  const done = createCaptions({ bus, commands, channels, clock }).run(stop.signal)
  return {
    bus,
    submit: (args: CommandArgs<'transcription.submit'>) => commands.run('transcription.submit', args),
    clear: () => commands.run('captions.clear', {}),
    state: () => channels.stateOf('state:captions'),
    end: async () => {
      stop.abort()
      await done
      bus.dispose()
    },
  }
}

beforeEach(() => {
  clock = new FakeClock()
  store = new MemoryStore([])
  hub = start()
})

afterEach(async () => {
  await hub.end()
  store.close()
})

it('shows what is being said, and keeps only what was said for good', async () => {
  await hub.submit({ text: 'I thing', isFinal: false })
  expect(hub.state()).toMatchObject({ lines: [], interim: { text: 'I thing', at: clock.now() } })
  expect(store.events).toEqual([])
  await hub.submit({ text: 'I think we should go.', confidence: 0.9 })
  await expect.poll(() => hub.state().lines.map(({ text }) => text)).toEqual(['I think we should go.'])
  expect(hub.state().interim).toBeNull()
  expect(store.events).toMatchObject([
    { type: 'transcription.line.heard', source: 'transcription', payload: { confidence: 0.9, sessionId: null } },
  ])
  await hub.clear()
  expect(hub.state()).toEqual({ lines: [], interim: null })
})

it('holds the last three lines, of each its end, whoever says them', async () => {
  const about = { durationMs: null, confidence: null, sourceId: null, sessionId: null }
  for (let n = 1; n <= 5; n++) {
    const payload = { text: `${n}${'👍'.repeat(400)}`, ...about }
    await hub.bus.publish({ type: 'transcription.line.heard', source: 'simulator', payload })
  }
  await hub.bus.publish({ type: 'transcription.line.heard', source: 'simulator', payload: { text: 'six', ...about } })
  await expect.poll(() => hub.state().lines.at(-1)?.text).toBe('six')
  expect(hub.state().lines.map(({ text }) => [...text].length)).toEqual([300, 300, 3])
})

it('refuses an empty or an endless speech', async () => {
  expect(await hub.submit({ text: '  ' })).toMatchObject({ status: 'rejected', error: { path: 'text' } })
  expect(await hub.submit({ text: 'x'.repeat(10_001) })).toMatchObject({ status: 'rejected' })
})
