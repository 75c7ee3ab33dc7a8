/** A whole agent against a strict hub, over real sockets: what passes, what is refused, and what a fault costs. */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { AgentRig } from '../testing/agent-rig.ts'
import { CLOSE } from './frames.ts'
import { retryDelayMs } from './link.ts'
import { FakeHub } from './testing/fake-hub.ts'

let hub: FakeHub
let rig: AgentRig
beforeEach(async () => {
  hub = new FakeHub()
  await hub.listen()
  rig = new AgentRig()
})
afterEach(async () => {
  await rig.end()
  await hub.close()
  expect(hub.faults).toEqual([])
})

const sleeper = { id: 'a', command: 'sleep', args: ['1000'] }

async function connected(...processes: object[]) {
  rig.define(...processes)
  rig.pairWith(hub)
  const agent = await rig.start()
  await hub.until(() => hub.of('report')[0])
  return agent
}

describe.runIf(process.platform === 'linux')('link', () => {
  it('reports all, then changes only, and what happened', async () => {
    await connected(sleeper, { id: 'b', nme: 'x' })
    const [report] = hub.of('report')
    expect(report?.machine).toMatchObject({ name: 'testbed', edits: 'safe', agentVersion: '0.1.0' })
    expect(report?.processes).toMatchObject([{ id: 'a', state: 'stopped', wanted: 'down', pid: null }])
    expect(report?.faults[0]?.path).toBe('processes[1].nme')
    expect(await hub.order('process.start', { process: 'a' })).toMatchObject({ ok: true, value: { state: 'running' } })
    const delta = await hub.until(() => hub.of('delta').find(({ processes }) => processes?.[0]?.state === 'running'))
    expect(delta.processes).toMatchObject([{ id: 'a', wanted: 'up' }])
    const started = await hub.until(() => [...hub.stored.values()].find(({ data }) => data.to === 'running'))
    expect(started.ageMs).toBeLessThan(20_000)
  })

  it('tells of a death at once, without being asked', async () => {
    await connected({ ...sleeper, restart: 'on-failure' })
    const result = await hub.order('process.start', { process: 'a' })
    const { pid } = result.value as { pid: number }
    process.kill(pid, 'SIGKILL')
    const exit = await hub.until(() => [...hub.stored.values()].find(({ kind }) => kind === 'process.exited'))
    expect(exit).toMatchObject({ process: 'a', data: { signal: 'SIGKILL', expected: false } })
    await hub.until(() => hub.of('delta').find(({ processes }) => processes?.[0]?.restarts === 1))
  })

  it('samples at the hub’s pace', async () => {
    hub.sampleMs = 1_000
    await connected(sleeper)
    await hub.order('process.start', { process: 'a' })
    const sample = await hub.until(() => hub.of('sample').find(({ processes }) => processes.a))
    expect(sample.processes.a?.[1]).toBeGreaterThan(100_000)
    expect(sample.machine.memory).toBeGreaterThan(1_000_000)
    hub.send({ t: 'pace', sampleMs: 60_000 })
  })

  it('a command repeated, in whatever moment, is carried out once and answered each time', async () => {
    await connected(sleeper)
    await hub.order('process.start', { process: 'a' })
    const id = randomUUID()
    const first = await hub.order('process.restart', { process: 'a' }, id)
    const second = await hub.order('process.restart', { process: 'a' }, id)
    expect(second).toEqual(first)
    hub.cut()
    await hub.until(() => hub.of('report')[1])
    expect(await hub.order('process.restart', { process: 'a' }, id)).toEqual(first)
    expect(hub.of('accepted').filter((one) => one.id === id)).toHaveLength(3)
  })

  it('a hub gone in the middle of a command finds the answer when it is back', async () => {
    await connected({
      id: 'a',
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'],
      stop: { graceMs: 300 },
    })
    await hub.order('process.start', { process: 'a' })
    const id = randomUUID()
    hub.send({ t: 'command', id, name: 'process.stop', args: { process: 'a' }, timeoutMs: 20_000 })
    await hub.until(() => hub.of('accepted').find((one) => one.id === id))
    hub.cut()
    await hub.until(() => hub.of('report')[1])
    expect(await hub.order('process.stop', { process: 'a' }, id)).toMatchObject({ ok: true })
    expect(await rig.alive()).toEqual([])
  })

  it('an agent killed in the middle of a command says so, and does not do it again', async () => {
    const id = randomUUID()
    rig.define(sleeper)
    writeFileSync(rig.places.state, JSON.stringify({ ended: false, runs: {}, commands: [{ id, outcome: null }] }))
    rig.pairWith(hub)
    await rig.start()
    await hub.until(() => hub.of('report')[0])
    expect(await hub.order('process.start', { process: 'a' }, id)).toMatchObject({ ok: false, code: 'interrupted' })
    expect(await rig.alive()).toEqual([])
    const started = await hub.until(() => [...hub.stored.values()].find(({ kind }) => kind === 'agent.started'))
    expect(started.data.crashed).toBe(true)
  })

  it.each([
    ['process.dance', {}, 'unknown-command', undefined],
    ['constructor', {}, 'unknown-command', undefined],
    ['process.start', { process: 'zzz' }, 'not-found', undefined],
    ['process.start', { process: 7 }, 'invalid', 'process'],
    ['process.start', { process: 'a', shell: 'rm -rf /' }, 'invalid', 'shell'],
    ['logs.read', { process: 'a', lines: 0 }, 'invalid', 'lines'],
    ['logs.read', { process: '../../etc/passwd', lines: 5 }, 'not-found', 'process'],
    ['definitions.put', { definition: { id: 'x', name: 'x', command: 'evil' } }, 'refused', undefined],
    ['definitions.put', { definition: { ...sleeper, name: 'x', command: 'evil' } }, 'refused', 'definition.command'],
    [
      'definitions.put',
      { definition: { ...sleeper, name: 'x', stop: { command: 'evil' } } },
      'refused',
      'definition.stop.command',
    ],
    [
      'definitions.put',
      { definition: { ...sleeper, name: 'x', health: { type: 'command', command: 'evil' } } },
      'refused',
      'definition.health',
    ],
    ['definitions.remove', { process: 'a' }, 'refused', undefined],
  ])('%s %o is answered %s', async (name, args, code, path) => {
    await connected(sleeper)
    const answer = await hub.order(name, args)
    expect(answer).toMatchObject(path === undefined ? { ok: false, code } : { ok: false, code, path })
  })

  it('a command that takes too long is answered, and goes on', async () => {
    await connected({
      id: 'a',
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'],
      stop: { graceMs: 2_000 },
    })
    await hub.order('process.start', { process: 'a' })
    await hub.order('logs.follow', { process: 'a', lines: 10 })
    await hub.until(() => hub.of('log').find(({ lines }) => lines.length > 0))
    const late = await hub.order('process.stop', { process: 'a' }, randomUUID(), 100)
    expect(late).toMatchObject({ ok: false, code: 'timeout', reason: expect.stringContaining('still stopping') })
    await expect.poll(async () => (await rig.alive()).length).toBe(0)
  })

  it('edits what the machine allows, and the file has it', async () => {
    rig.settings = { ...rig.settings, edits: 'full' }
    await connected(sleeper)
    const added = { id: 'c', name: 'C', command: 'sleep', args: ['5'], dependsOn: ['a'] }
    expect(await hub.order('definitions.put', { definition: added })).toMatchObject({ ok: true })
    await hub.until(() => hub.of('delta').find(({ processes }) => processes?.some(({ id }) => id === 'c')))
    expect(await hub.order('definitions.put', { definition: { ...added, dependsOn: ['c'] } })).toMatchObject({
      ok: false,
      path: 'definition.dependsOn',
    })
    expect(await hub.order('definitions.remove', { process: 'a' })).toMatchObject({ ok: false, code: 'conflict' })
    expect(await hub.order('definitions.remove', { process: 'c' })).toMatchObject({ ok: true })
    await hub.until(() => hub.of('delta').find(({ removed }) => removed?.includes('c')))
    expect(await hub.order('definitions.read', {})).toMatchObject({ ok: true, value: { edits: 'full' } })
  })

  it('follows a log, and ends it', async () => {
    await connected({ id: 'a', command: 'sh', args: ['-c', 'echo one; sleep 0.2; echo two >&2; sleep 1000'] })
    const { value } = await hub.order('logs.follow', { process: 'a', lines: 10 })
    const { follow } = value as { follow: string }
    await hub.order('process.start', { process: 'a' })
    const lines = () => hub.of('log').flatMap((frame) => frame.lines)
    await hub.until(() => lines().length === 2)
    expect(lines().map(([number, , stream, text]) => [number, stream, text])).toEqual([
      [1, 'out', 'one'],
      [2, 'err', 'two'],
    ])
    expect(await hub.order('logs.unfollow', { follow })).toMatchObject({ ok: true })
    expect(await hub.order('logs.read', { process: 'a', lines: 1 })).toMatchObject({ value: { first: 1, last: 2 } })
  })

  it('what happened while the hub was away comes afterwards, in order and once', async () => {
    await connected({ ...sleeper, restart: 'on-failure' })
    const result = await hub.order('process.start', { process: 'a' })
    const { port } = hub
    await hub.close()
    const { pid } = result.value as { pid: number }
    process.kill(pid, 'SIGKILL')
    await expect.poll(async () => (await rig.alive()).map((row) => row.pid)).not.toContain(pid)
    await hub.listen(port)
    const exit = await hub.until(() => [...hub.stored.values()].find(({ kind }) => kind === 'process.exited'))
    expect(exit.data.signal).toBe('SIGKILL')
    const numbers = hub.of('event').map(({ seq }) => seq)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  })

  it('a clock that is set back is told of, and misplaces nothing', async () => {
    const HOUR_MS = 3_600_000
    let aheadMs = 0
    rig.clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
    hub.acknowledges = false
    await connected({ ...sleeper, restart: 'on-failure' })
    const started = await hub.order('process.start', { process: 'a' })
    const beganAt = performance.now()
    process.kill((started.value as { pid: number }).pid, 'SIGKILL')
    await hub.until(() => hub.of('event').find(({ kind }) => kind === 'process.exited'))
    aheadMs = -HOUR_MS
    const jump = await hub.until(() => hub.of('event').find(({ kind }) => kind === 'clock.jumped'))
    expect(jump.data.byMs).toBeLessThan(-HOUR_MS + 60_000)
    expect(jump.data.byMs).toBeGreaterThan(-HOUR_MS - 60_000)
    // Told once more on the next link: as old as it is, whatever the clock says by now.
    hub.cut()
    const again = await hub.until(() => hub.of('event').filter(({ kind }) => kind === 'process.exited')[1])
    expect(again.ageMs).toBeLessThanOrEqual(performance.now() - beganAt)
    const view = await hub.until(() =>
      hub
        .of('report')
        .at(-1)
        ?.processes.find(({ id, state }) => id === 'a' && state === 'running'),
    )
    expect(view.restarts).toBe(1)
  })

  it('events not stored are sent again, after the agent was away too', async () => {
    hub.acknowledges = false
    const agent = await connected(sleeper)
    await hub.order('process.start', { process: 'a' })
    await agent.end('test', 'leave')
    await hub.until(() => hub.closes.length > 0)
    const before = hub.stored.size
    hub.frames.length = 0
    hub.acknowledges = true
    await rig.start()
    await hub.until(() => hub.stored.size > before)
    expect(hub.of('event')[0]?.seq).toBe(1)
  })

  it.each([
    ['not json', ''],
    ['{"t":"ack"}', 'seq'],
    ['{"t":"ack","seq":999999}', 'seq'],
    ['{"t":"command","id":"x","name":"process.start","args":[],"timeoutMs":1000}', 'args'],
    ['{"t":"paired","agent":"a","hub":"h","hubKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}', 't'],
    [`"${'x'.repeat(300_000)}"`, 'large'],
  ])('a malformed frame ends the link and nothing else: %.40s', async (text) => {
    const agent = await connected(sleeper)
    await hub.order('process.start', { process: 'a' })
    hub.say(text)
    await hub.until(() => hub.closes.length > 0)
    await expect.poll(() => agent.linkState.status).toBe('waiting')
    expect(await rig.alive()).toHaveLength(1)
  })

  it('an unknown frame is ignored', async () => {
    await connected(sleeper)
    hub.send({ t: 'telepathy' })
    expect(await hub.order('process.start', { process: 'a' })).toMatchObject({ ok: true })
  })

  it('a hub that cannot prove itself is told nothing', async () => {
    hub.impostor = true
    rig.define(sleeper)
    rig.pairWith(hub)
    const agent = await rig.start()
    await hub.until(() => hub.closes.includes(CLOSE.foreignKey))
    expect(hub.frames.map(({ t }) => t)).toEqual(['hello'])
    expect(agent.linkState).toMatchObject({ status: 'waiting', reason: expect.stringContaining('pair it again') })
  })

  it('a key the hub does not know, and one that was revoked', async () => {
    rig.define(sleeper)
    rig.pairWith(hub)
    const [[id] = []] = [...hub.agents]
    hub.agents.clear()
    const agent = await rig.start()
    await expect
      .poll(() => agent.linkState)
      .toMatchObject({ status: 'waiting', reason: expect.stringContaining('does not know') })
    rig.pairWith(hub)
    await expect.poll(() => agent.linkState.status).toBe('connected')
    for (const known of hub.agents.keys()) hub.revoked.add(known)
    hub.end(CLOSE.revoked, 'lost laptop')
    await expect
      .poll(() => agent.linkState)
      .toMatchObject({ status: 'revoked', reason: expect.stringContaining('lost laptop') })
    expect(id).toBeDefined()
  })

  it('a hub of another time', async () => {
    hub.versions = [7]
    rig.define(sleeper)
    rig.pairWith(hub)
    const agent = await rig.start()
    await expect
      .poll(() => agent.linkState)
      .toMatchObject({ status: 'waiting', reason: expect.stringContaining('hub: 7; agent: 1') })
  })

  it('a line that is half open is given up', async () => {
    hub.pingMs = 1_000
    const agent = await connected(sleeper)
    hub.freeze()
    await expect.poll(() => agent.linkState).toMatchObject({ reason: expect.stringContaining('silent') })
    await hub.until(() => hub.of('report')[1])
  })
})

describe('retryDelayMs', () => {
  it.each([
    [1006, 0, 500],
    [1006, 3, 4_000],
    [1006, 50, 30_000],
    [CLOSE.foreignKey, 0, 300_000],
    [CLOSE.replaced, 0, 30_000],
    [CLOSE.malformed, 0, 30_000],
  ])('after %i, attempt %i: %i ms at most', (code, attempt, expected) => {
    expect(retryDelayMs(code, attempt, () => 0)).toBe(expected)
    expect(retryDelayMs(code, attempt, () => 0.999)).toBeGreaterThanOrEqual(expected / 2)
  })
})
