/** The feature as a whole: real agents on real sockets, everything else in memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { type FakeAgent as Fake, FakeAgent, fakeProcess } from './fake-agent.ts'
import { FleetRig } from './fleet-rig.ts'

let rig: FleetRig

beforeEach(() => {
  rig = new FleetRig()
})
// What the HTTP server itself holds was made before.
ensureNoLeaks()
beforeEach(() => rig.start())
afterEach(() => rig.dispose())

const obs = fakeProcess('obs', { name: 'OBS Studio' })
const withObs = (agent: Fake) => {
  agent.processes = [obs]
}
const agentEvents = () => rig.events.filter(({ type }) => type.startsWith('agent.'))

it('pairs a machine, and knows it from then on', async () => {
  const code = await rig.code()
  expect(rig.state.pairing).toEqual({ expiresAt: expect.any(Number) })
  const agent = rig.follow(await FakeAgent.pair(rig.url, code, { name: 'demi' }))
  await rig.until(() => rig.state.machines.length === 1)
  expect(rig.state.pairing).toBeNull()
  expect(rig.machine()).toMatchObject({ id: agent.pairing.agent, link: 'away', hardware: null, processes: [] })
  agent.processes = [obs]
  agent.faults = [{ path: 'processes[3].command', reason: 'is missing' }]
  agent.clockAheadMs = 3_600_000
  await agent.connect()
  await rig.until(() => rig.machine().link === 'connected')
  const { name: _, ...hardware } = { name: '', ...agent.machine }
  expect(rig.machine()).toMatchObject({ reason: '', hardware, processes: [obs], faults: agent.faults })
  const ahead = rig.machine().clockAheadMs ?? 0
  expect(Math.abs(ahead - 3_600_000)).toBeLessThan(60_000)
  await rig.until(() => rig.told('agent.connected').length === 1)
  expect(rig.told('agent.paired')).toEqual([{ agent: agent.pairing.agent, machine: 'demi', address: '127.0.0.1' }])
  expect(rig.told('agent.connected')).toMatchObject([{ machine: 'demi', awayMs: null }])
})

it('shows what changes', async () => {
  const demi = await rig.join('demi', withObs)
  demi.change({ ...obs, state: 'backoff', pid: null, retryAt: 5 }, fakeProcess('game'))
  await rig.until(() => rig.machine().processes.length === 2)
  expect(rig.machine().processes).toMatchObject([{ id: 'obs', state: 'backoff', retryAt: 5 }, { id: 'game' }])
  demi.remove('obs')
  await rig.until(() => rig.machine().processes.length === 1)
  expect(rig.machine().processes).toMatchObject([{ id: 'game' }])
})

it('keeps showing what was last heard of a machine that is away, and says since when and why', async () => {
  const demi = await rig.join('demi', withObs)
  await rig.until(() => rig.told('agent.connected').length === 1)
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  expect(rig.machine()).toMatchObject({ reason: 'the line broke', processes: [obs], hardware: { hostname: 'DEMI' } })
  await rig.until(() => rig.told('agent.lost').length === 1)
  await demi.connect()
  await rig.until(() => rig.machine().link === 'connected')
  await rig.until(() => rig.told('agent.connected').length === 2)
  expect(rig.told('agent.connected')[1]).toEqual({
    agent: demi.pairing.agent,
    machine: 'demi',
    address: '127.0.0.1',
    awayMs: expect.any(Number),
  })
})

it('knows its machines after a restart, and invents nothing of them', async () => {
  const demi = await rig.join('demi', withObs)
  await rig.crash()
  expect(rig.machine()).toMatchObject({ id: demi.pairing.agent, link: 'away', hardware: null, processes: [] })
  await demi.connect()
  await rig.until(() => rig.machine().link === 'connected')
  expect(rig.machine().processes).toEqual([obs])
})

it('stores what happened once each, with its own time', async () => {
  const demi = await rig.join('demi', withObs)
  const before = rig.clock.now()
  demi.happen('process.exited', { code: 1, signal: null, ranMs: 5, expected: false }, { process: 'obs', ageMs: 60_000 })
  demi.happen('clock.jumped', { byMs: -3_600_000 })
  await rig.until(() => demi.unstored === 0)
  const source = { agent: demi.pairing.agent, machine: 'demi' }
  const exit = { ...source, process: 'obs', name: 'OBS Studio', code: 1, signal: null, ranMs: 5, expected: false }
  expect(rig.told('agent.process.exited')).toEqual([exit])
  expect(rig.told('agent.clock.jumped')).toEqual([{ ...source, byMs: -3_600_000 }])
  const [told] = rig.events.filter(({ type }) => type === 'agent.process.exited')
  const at = told?.at ?? 0
  expect(at).toBeGreaterThanOrEqual(before - 60_000)
  expect(at).toBeLessThanOrEqual(rig.clock.now() - 60_000)
  expect(told?.source).toBe('agent')
})

it('stores an event of an unexpected shape too: it would come for ever', async () => {
  const demi = await rig.join()
  demi.happen('process.exited', { verse: 'x'.repeat(20_000) }, { process: 'obs' })
  demi.happen(
    'process.state',
    { from: 'running', to: 'failed', reason: 'r'.repeat(5000), pid: null },
    { process: 'obs' },
  )
  await rig.until(() => demi.unstored === 0)
  expect(rig.told('agent.unknown')).toEqual([
    { agent: demi.pairing.agent, machine: 'demi', kind: 'process.exited', data: null },
  ])
  expect(String(rig.told('agent.process.state')[0]?.reason)).toHaveLength(2000)
})

it('takes up, after being killed between storing and answering, where the store is', async () => {
  const demi = await rig.join()
  await rig.until(() => rig.told('agent.connected').length === 1)
  rig.gate = new Promise(() => {})
  for (let number = 1; number <= 3; number++) demi.happen('clock.jumped', { byMs: number })
  await rig.until(() => rig.told('agent.clock.jumped').length >= 1)
  expect(demi.unstored).toBe(3)
  await rig.crash()
  demi.happen('clock.jumped', { byMs: 4 })
  await demi.connect()
  await rig.until(() => demi.unstored === 0)
  expect(rig.told('agent.clock.jumped').map(({ byMs }) => byMs)).toEqual([1, 2, 3, 4])
})

it('asks for the events again that the disk did not take', async () => {
  const demi = await rig.join()
  await rig.until(() => rig.told('agent.connected').length === 1)
  rig.store.refuse('the disk is full')
  demi.happen('clock.jumped', { byMs: 1 })
  await rig.until(() => demi.ends.length === 1)
  expect(demi.ends).toEqual([{ code: 1011, reason: 'the hub could not store an event' }])
  await rig.until(() => rig.machine().link === 'away')
  rig.store.refuse(null)
  await demi.connect()
  await rig.until(() => demi.unstored === 0)
  expect(rig.told('agent.clock.jumped')).toHaveLength(1)
})

it('takes all that an agent has kept while the hub was away', { timeout: 60_000 }, async () => {
  const demi = await rig.pair()
  for (let number = 1; number <= 2000; number++) demi.happen('clock.jumped', { byMs: number })
  await demi.connect()
  await rig.until(() => demi.unstored === 0)
  expect(rig.told('agent.clock.jumped')).toHaveLength(2000)
  expect(demi.ends).toEqual([])
})

it('takes no event twice, and those of a new journal from their beginning', async () => {
  const demi = await rig.join()
  const event = demi.happen('clock.jumped', { byMs: 1 })
  demi.say(event)
  demi.say(event)
  await rig.until(() => demi.unstored === 0)
  demi.loseJournal()
  demi.happen('clock.jumped', { byMs: 2 })
  await rig.until(() => demi.unstored === 0)
  expect(rig.told('agent.clock.jumped').map(({ byMs }) => byMs)).toEqual([1, 2])
})

it('takes the newer of two links, and keeps to it', async () => {
  const demi = await rig.join('demi', withObs)
  const twin = rig.follow(FakeAgent.with(demi.pairing))
  twin.processes = [fakeProcess('game')]
  await twin.connect()
  await rig.until(() => demi.ends.length === 1)
  expect(demi.ends).toEqual([{ code: 4409, reason: 'another link of this agent took over' }])
  await rig.until(() => rig.machine().processes[0]?.id === 'game')
  expect(rig.machine().link).toBe('connected')
  expect(rig.told('agent.lost')).toEqual([])
  twin.change(fakeProcess('tool'))
  await rig.until(() => rig.machine().processes.length === 2)
  expect(await rig.ask('agent.process.stop', { machine: 'demi', process: 'tool' })).toMatchObject({
    status: 'committed',
  })
})

it('tells a stranger with a foreign key no more than that', async () => {
  const demi = await rig.join()
  const other = await rig.join('saya')
  const thief = FakeAgent.with({ ...demi.pairing, privateKey: other.pairing.privateKey })
  await expect(thief.connect()).rejects.toThrow('4401')
  const nobody = FakeAgent.with({ ...demi.pairing, agent: 'nobody' })
  await expect(nobody.connect()).rejects.toThrow('4401')
  expect(demi.isConnected && other.isConnected).toBe(true)
})

it('takes a code once, and none after five wrong ones', async () => {
  const code = await rig.code()
  const wrong = code === '00000000' ? '11111111' : '00000000'
  rig.follow(await FakeAgent.pair(rig.url, code, { name: 'demi' }))
  await expect(FakeAgent.pair(rig.url, code, { name: 'thief' })).rejects.toThrow('4404')
  const next = await rig.code()
  for (let tries = 0; tries < 5; tries++) await expect(FakeAgent.pair(rig.url, wrong)).rejects.toThrow('4404')
  expect(rig.state.pairing).toBeNull()
  await expect(FakeAgent.pair(rig.url, next)).rejects.toThrow('4404')
  expect(rig.told('agent.paired')).toHaveLength(1)
})

it('gives every machine a name of its own, fit to be called by', async () => {
  await rig.pair('demi')
  await rig.pair('demi')
  await rig.pair(' \u202edemi\u0000\n ')
  await rig.pair('x'.repeat(200))
  await rig.until(() => rig.state.machines.length === 4)
  expect(rig.state.machines.map(({ name }) => name)).toEqual(['demi', 'demi 2', 'demi 3', 'x'.repeat(56)])
})

it('renames a machine, for good', async () => {
  const demi = await rig.join('demi', withObs)
  await rig.pair('saya')
  const taken = await rig.ask('agent.machine.rename', { machine: 'demi', name: 'saya' })
  expect(taken).toMatchObject({ error: { code: 'conflict', path: 'name' } })
  expect(await rig.ask('agent.machine.rename', { machine: 'demi', name: 'studio' })).toMatchObject({
    status: 'committed',
  })
  await rig.until(() => rig.state.machines.some(({ name }) => name === 'studio'))
  expect(await rig.ask('agent.process.stop', { machine: 'studio', process: 'obs' })).toMatchObject({
    status: 'committed',
  })
  await rig.crash()
  expect(rig.machine('studio').id).toBe(demi.pairing.agent)
})

it('knows a revoked key for what it is, now and after a restart', async () => {
  const demi = await rig.join()
  expect(await rig.ask('agent.machine.revoke', { machine: 'demi' })).toMatchObject({ status: 'committed' })
  await rig.until(() => demi.ends.length === 1)
  expect(demi.ends).toEqual([{ code: 4403, reason: 'this machine was unpaired' }])
  await rig.until(() => rig.state.machines.length === 0)
  expect(rig.told('agent.revoked')).toEqual([{ agent: demi.pairing.agent, machine: 'demi' }])
  expect(rig.told('agent.lost')).toEqual([])
  await expect(demi.connect()).rejects.toThrow('4403')
  await rig.crash()
  await expect(demi.connect()).rejects.toThrow('4403')
  expect((await rig.pair('demi')).name).toBe('demi')
  await rig.until(() => rig.state.machines.length === 1)
  expect(rig.machine('demi').id).not.toBe(demi.pairing.agent)
})

it('keeps the key by which the agents know it', async () => {
  const demi = await rig.pair()
  await rig.crash()
  await demi.connect()
  expect(demi.told('challenge').at(-1)?.hub).toBe(demi.pairing.hub)
})

it('does nothing half when the disk does not take it', async () => {
  const demi = await rig.join()
  await rig.until(() => rig.told('agent.connected').length === 1)
  const code = await rig.code()
  rig.store.refuse('the disk is full')
  await expect(FakeAgent.pair(rig.url, code, { name: 'saya' })).rejects.toThrow('1011')
  expect(await rig.ask('agent.machine.revoke', { machine: 'demi' })).toMatchObject({ error: { code: 'unavailable' } })
  expect(await rig.ask('agent.machine.rename', { machine: 'demi', name: 'x' })).toMatchObject({
    error: { code: 'unavailable' },
  })
  rig.store.refuse(null)
  expect(rig.state.machines.map(({ name, link }) => [name, link])).toEqual([['demi', 'connected']])
  expect(demi.isConnected).toBe(true)
})

it('tells in a command what the machine is told, and the answer’s reason', async () => {
  const demi = await rig.join('demi', withObs)
  expect(await rig.ask('agent.process.restart', { machine: 'demi', process: 'OBS Studio' })).toEqual({
    status: 'committed',
    result: {},
  })
  expect(demi.commands).toMatchObject([{ name: 'process.restart', args: { process: 'obs' }, timeoutMs: 45_000 }])
  demi.reply = () => ({ ok: false, code: 'failed', reason: 'it ended with code 1 within 2 s' })
  expect(await rig.ask('agent.process.start', { machine: 'demi', process: 'obs' })).toMatchObject({
    error: { code: 'vendor_error', message: '"demi": it ended with code 1 within 2 s' },
  })
})

it('asks again, under the same id, when the line broke in mid-command', async () => {
  const demi = await rig.join('demi', withObs)
  demi.reply = () => 'hang'
  const answer = rig.ask('agent.process.stop', { machine: 'demi', process: 'obs' })
  await rig.until(() => demi.commands.length === 1)
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  demi.reply = () => undefined
  await demi.connect()
  expect(await answer).toEqual({ status: 'committed', result: {} })
  expect(new Set(demi.commands.map(({ id }) => id)).size).toBe(1)
  const away = await rig.ask('agent.process.stop', { machine: 'nobody', process: 'obs' })
  expect(away).toMatchObject({ error: { code: 'not_found', path: 'machine' } })
})

it('answers what was under way when a machine is unpaired', async () => {
  const demi = await rig.join('demi', withObs)
  demi.reply = () => 'hang'
  const stop = rig.ask('agent.process.stop', { machine: 'demi', process: 'obs' })
  await rig.until(() => demi.commands.length === 1)
  await rig.ask('agent.machine.revoke', { machine: 'demi' })
  expect(await stop).toMatchObject({ error: { code: 'unavailable' } })
})

it('goes down in mid-command, and lets be what is answered to the next hub', async () => {
  const demi = await rig.join('demi', withObs)
  demi.reply = () => 'hang'
  const stop = rig.ask('agent.process.stop', { machine: 'demi', process: 'obs' })
  await rig.until(() => demi.commands.length === 1)
  await rig.crash()
  expect(await stop).toMatchObject({ error: { code: 'unavailable' } })
  await demi.connect()
  demi.answerNow(demi.commands[0]?.id ?? '', { ok: true, value: {} })
  demi.change({ ...obs, state: 'stopped', pid: null })
  await rig.until(() => rig.machine().processes[0]?.state === 'stopped')
  expect(demi.isConnected).toBe(true)
})

it('says goodbye when it stops, and tells nobody of machines that are lost by it', async () => {
  const demi = await rig.join()
  await rig.until(() => rig.told('agent.connected').length === 1)
  await rig.crash()
  await rig.until(() => demi.ends.length === 1)
  expect(agentEvents().map(({ type }) => type)).toEqual(['agent.paired', 'agent.connected'])
})

it('counts for the metrics', async () => {
  await rig.join()
  await rig.pair('saya')
  expect(rig.metrics()).toContain('landale_fleet_machines{link="connected"} 1\nlandale_fleet_machines{link="away"} 1\n')
  expect(rig.metrics()).toMatch(/landale_fleet_frames_total [3-9]\n/)
})

it('speaks as the vectors of the hub’s frames do', async () => {
  const file = join(import.meta.dirname, '../../../agent/vectors/hub-frames.json')
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as { name: string; text: string; outcome: string }[]
  const demi = await rig.join('demi', withObs)
  demi.happen('clock.jumped', { byMs: 1 })
  await rig.until(() => demi.unstored === 0)
  rig.channels.watch('samples:fleet', true)
  await rig.ask('agent.process.stop', { machine: 'demi', process: 'obs' })
  await demi.leave()
  await demi.connect()
  const shapeOf = (frame: object) => Object.entries(frame).map(([key, value]) => [key, typeof value])
  for (const [t, vector] of [
    ['challenge', 'challenge'],
    ['welcome', 'welcome with what is stored'],
    ['pace', 'pace'],
    ['ack', 'ack'],
    ['command', 'command stop'],
  ] as const) {
    const { text = '{}' } = vectors.find(({ name }) => name === vector) ?? {}
    const heard = demi.told(t).at(-1) ?? {}
    expect(shapeOf(heard).sort()).toEqual(shapeOf(JSON.parse(text) as object).sort())
  }
  expect(demi.told('welcome').map(({ ack, sampleMs }) => [ack?.seq ?? null, sampleMs])).toEqual([
    [null, 5000],
    [1, 1000],
  ])
  expect(demi.told('pace').map(({ sampleMs }) => sampleMs)).toEqual([1000])
  rig.channels.watch('samples:fleet', false)
})
