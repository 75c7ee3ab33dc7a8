import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { FleetSample, FleetSampleHistory } from '../../../contracts/state/fleet.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import type { HttpAnswer } from '../../kernel/http/routes.ts'
import { HISTORY_MS, SAMPLES_TOPIC, Samples } from './samples.ts'

ensureNoLeaks()

let clock: FakeClock
let channels: FakeChannels
let routes: FakeRoutes
let machines: Map<string, { id: string; latest: FleetSample | null; paces: number[]; setPace(ms: number): void }>
let samples: Samples

beforeEach(() => {
  clock = new FakeClock()
  channels = new FakeChannels()
  routes = new FakeRoutes()
  machines = new Map()
  samples = new Samples({ clock, channels, routes, machines: () => machines.values() })
})
afterEach(() => samples.dispose())

function add(id: string) {
  const machine = { id, latest: null, paces: [] as number[], setPace: (ms: number) => machine.paces.push(ms) }
  machines.set(id, machine)
  return machine
}

function tell(id: string, cpu: number, processes: FleetSample['processes'] = {}): FleetSample {
  const machine = { cpu, memory: 1, disks: [], net: null, temperature: null }
  const sample = { at: clock.now(), machine, processes }
  samples.take(id, sample)
  return sample
}

async function history(machine?: string): Promise<FleetSampleHistory['machines']> {
  const answer = (await routes.call('GET', '/api/fleet/samples', { query: { machine } })) as HttpAnswer
  return (JSON.parse(String(answer.body)) as FleetSampleHistory).machines
}

it('tells who watches, about once a second, what came since', async () => {
  add('a')
  add('b')
  tell('a', 1)
  channels.watch(SAMPLES_TOPIC, true)
  tell('a', 2)
  const last = tell('a', 3)
  const other = tell('b', 4)
  await clock.advance(1000)
  expect(channels.signals).toEqual([
    { topic: SAMPLES_TOPIC, event: 'samples', payload: { machines: { a: last, b: other } } },
  ])
  await clock.advance(5000)
  expect(channels.signals).toHaveLength(1)
  channels.watch(SAMPLES_TOPIC, false)
  tell('a', 5)
  await clock.advance(5000)
  expect([channels.signals.length, clock.pendingTimers]).toEqual([1, 0])
})

it('shows who comes what there is already', async () => {
  const machine = { ...add('a'), latest: tell('a', 1) }
  machines.set('a', machine)
  channels.watch(SAMPLES_TOPIC, true)
  await clock.advance(1000)
  expect(channels.signals).toMatchObject([{ payload: { machines: { a: machine.latest } } }])
  channels.watch(SAMPLES_TOPIC, false)
})

it('asks for more only while somebody watches, and for less of many machines', () => {
  const first = add('a')
  expect(samples.sampleMs).toBe(5000)
  channels.watch(SAMPLES_TOPIC, true)
  expect(samples.sampleMs).toBe(1000)
  channels.watch(SAMPLES_TOPIC, false)
  for (let count = 0; count < 100; count++) add(`m${count}`)
  channels.watch(SAMPLES_TOPIC, true)
  expect(samples.sampleMs).toBe(2000)
  channels.watch(SAMPLES_TOPIC, false)
  expect(first.paces).toEqual([1000, 5000, 2000, 5000])
})

it('remembers ten minutes, oldest first', async () => {
  for (let second = 0; second <= HISTORY_MS / 1000 + 5; second++) {
    tell('a', second)
    await clock.advance(1000)
  }
  tell('b', 1)
  const { a = [], b } = await history()
  expect([a.length, a[0]?.machine.cpu, a.at(-1)?.machine.cpu, b?.length]).toEqual([600, 6, 605, 1])
  expect(Object.keys(await history('b'))).toEqual(['b'])
  expect(await history('nobody')).toEqual({})
  await clock.advance(HISTORY_MS + 1)
  expect(await history()).toEqual({ a: [], b: [] })
})

it('keeps no more than its bounds, whatever a machine tells', async () => {
  const processes = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`${'p'.repeat(100)}${at}`, { cpu: 1, memory: 1 }]),
  )
  for (let second = 0; second < 120; second++) {
    tell('a', second, processes)
    tell('a', second, processes)
    await clock.advance(1000)
  }
  const { a = [] } = await history()
  expect(a.length).toBeGreaterThan(5)
  expect(JSON.stringify(a).length).toBeLessThan(1024 * 1024 + 1000)
  expect(a.at(-1)?.machine.cpu).toBe(119)
})

it('goes on after the clock was set back', async () => {
  tell('a', 1)
  samples.take('a', { ...tell('a', 2), at: clock.now() - 3_600_000 })
  await clock.advance(0)
  expect((await history()).a?.length).toBe(2)
})

it('forgets a machine that is not one of ours any more', async () => {
  add('a')
  channels.watch(SAMPLES_TOPIC, true)
  tell('a', 1)
  samples.forget('a')
  await clock.advance(1000)
  expect([channels.signals, await history()]).toEqual([[], {}])
  channels.watch(SAMPLES_TOPIC, false)
})
