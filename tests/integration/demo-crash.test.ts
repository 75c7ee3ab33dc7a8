/** The demo against kill -9: the real hub in a process of its own, of whose demo the next one knows nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import { createDataDir, type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, follow, until } from './main-job-rig.ts'

const TOPICS = [
  ...(['state:outputs', 'state:widgets', 'state:rehearsal', 'state:chat', 'state:timers', 'state:poll'] as const),
  ...(['state:giveaway', 'state:audience', 'state:status', 'state:now-playing', 'state:coding'] as const),
  'state:producer' as const,
] satisfies StateTopic[]
type Topic = (typeof TOPICS)[number]

let data: ReturnType<typeof createDataDir>
let hub: RunningHub
let page: HubClient

beforeAll(() => {
  buildOnce()
  data = createDataDir()
}, 120_000)

afterAll(async () => {
  page?.dispose()
  await hub?.stop()
  data.remove()
})

async function start(): Promise<() => { [T in Topic]: StateTopics[T] }> {
  hub = await startHub({ data: data.path })
  page = connectPage(hub)
  const readers = TOPICS.map((topic) => [topic, follow(page, topic)] as const)
  const all = () => Object.fromEntries(readers.map(([topic, read]) => [topic, read()])) as never
  await until('every state', () => {
    try {
      all()
      return true
    } catch {
      return false
    }
  })
  return all
}

/** What is seen, but for the ticker, which is turned by time. */
function seen(all: { [T in Topic]: StateTopics[T] }): unknown {
  const { 'state:producer': producer, ...rest } = all
  const { show, layers, takeover, queue, goals } = producer
  return structuredClone({ rest, show, layers: { ...layers, background: null }, takeover, queue, goals })
}

it('is over with its process, and what was the streamer’s is there', { timeout: 120_000 }, async () => {
  const first = await start()
  const { widget } = (await hub.command('widget.add', { kind: 'chat' })) as { widget: string }
  await hub.command('layer.add', { output: 'main', layer: { source: { kind: 'widget', widget } } })
  const { widget: timer } = (await hub.command('widget.add', { kind: 'timer' })) as { widget: string }
  await hub.command('status.bar.set', { mode: 'custom', text: 'True' })
  await until('the timer', () => first()['state:timers'].timers[timer] !== undefined)
  await until('the status', () => first()['state:status'].bar.text === 'True')
  const before = seen(first())

  await hub.command('simulator.demo.start')
  await hub.command('simulator.seek', { positionMs: 189_000 })
  await until('a sub train', () => first()['state:producer'].layers.midground?.content.type === 'sub-train')
  await until('the demo’s timer', () => Object.keys(first()['state:timers'].timers).length === 2)
  expect(first()['state:rehearsal'].widgets.map(({ kind }) => kind)).not.toContain('chat')
  await hub.kill()
  page.dispose()

  const second = await start()
  // Timers look after their widgets once the hub is up.
  await until('the demo’s timer is gone', () => Object.keys(second()['state:timers'].timers).length === 1)
  expect(seen(second())).toEqual(before)
})
