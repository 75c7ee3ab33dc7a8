/**
 * Follows what an agent tells from its socket to what the pages show: the stored event, the push, the machine on the fleet's
 * page, the alarm, and the cover over the picture. Nothing in between is replaced; only the agent and OBS are ours. The main
 * use of the rules is here once with everything in it: OBS dies in the middle of a stream.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { FakeAgent, fakeProcess } from '../../electron/features/fleet/fake-agent.ts'
import { type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, follow, readEvents, until } from '../integration/main-job-rig.ts'

const OBS = fakeProcess('obs', { name: 'OBS Studio', health: 'healthy' })

describe('from an agent’s socket to the pages', () => {
  let obs: FakeObs
  let hub: RunningHub
  let page: HubClient
  let agent: FakeAgent
  let producer: () => StateTopics['state:producer']
  let fleet: () => StateTopics['state:fleet']
  let system: () => StateTopics['state:system']
  let studio: () => StateTopics['state:obs']
  const pushed: StoredEnvelope[] = []

  beforeAll(async () => {
    buildOnce()
    obs = new FakeObs()
    await obs.start()
    hub = await startHub({ config: { obs: { url: obs.url } } })
    page = connectPage(hub)
    page.news('events:log', { after: 0, onEvent: (_, event) => pushed.push(event as unknown as StoredEnvelope) })
    producer = follow(page, 'state:producer')
    fleet = follow(page, 'state:fleet')
    system = follow(page, 'state:system')
    studio = follow(page, 'state:obs')
    await until('OBS connected', () => studio().connection.status === 'connected')
    const { code } = (await hub.command('agent.pairing.open')) as { code: string }
    agent = await FakeAgent.pair(hub.http, code, { name: 'Demi' })
    agent.processes = [OBS]
    await agent.connect()
    await until('Demi connected', () => fleet().machines[0]?.link === 'connected')
  }, 120_000)

  afterAll(async () => {
    page?.dispose()
    await agent?.leave()
    await hub?.stop()
    await obs?.stop()
  })

  const process = () => fleet().machines[0]?.processes[0]
  const arrived = (type: string, since = 0) =>
    until(`a push of ${type}`, () => pushed.slice(since).find((event) => event.type === type))

  /** As a real agent does it: the fact, then the view. */
  function turns(from: (typeof OBS)['state'], to: (typeof OBS)['state'], reason = ''): void {
    const pid = to === 'running' ? 5151 : null
    agent.happen('process.state', { from, to, reason, pid }, { process: 'obs' })
    agent.change({ ...OBS, state: to, reason, pid, health: to === 'running' ? 'healthy' : 'none' })
  }

  it.each([
    ['process.state', { from: 'starting', to: 'running', reason: '', pid: 12 }],
    ['process.health', { health: 'healthy', reason: '' }],
    ['process.exited', { code: 0, signal: null, ranMs: 1000, expected: true }],
    ['agent.started', { version: '1.0.0', crashed: true, adopted: ['obs'] }],
    ['definitions.changed', { added: ['vts'], changed: [], removed: [], faults: 0 }],
    ['clock.jumped', { byMs: -3000 }],
    ['events.lost', { count: 3, from: 1, to: 2 }],
  ] as const)('%s is stored and pushed as it was told', async (kind, data) => {
    const since = pushed.length
    const isOfProcess = kind.startsWith('process.')
    agent.happen(kind, data, isOfProcess ? { process: 'obs' } : {})
    const event = await arrived(kind.startsWith('agent.') ? kind : `agent.${kind}`, since)
    const about = isOfProcess ? { process: 'obs', name: 'OBS Studio' } : {}
    expect(event.payload).toEqual({ ...data, ...about, agent: agent.pairing.agent, machine: 'Demi' })
    const stored = await readEvents(hub, event.type)
    expect(stored.find(({ id }) => id === event.id)).toEqual(event)
    await until('an answer for it', () => agent.unstored === 0)
  })

  it('OBS dies in the middle of a stream: it is started again, and the picture is covered until it has settled', async () => {
    expect(fleet().rules).toMatchObject([{ id: 'obs-on-demi', machine: 'demi', onlyLive: true, enabled: true }])
    await hub.command('obs.stream.start')
    await until('a stream', () => studio().streaming.active)
    // A real agent answers once it runs.
    agent.reply = ({ name }) => (name === 'process.start' ? 'hang' : undefined)

    obs.refuse('connection')
    obs.drop()
    agent.happen('process.exited', { code: null, signal: 'SIGKILL', ranMs: 1000, expected: false }, { process: 'obs' })
    turns('running', 'starting', 'it was ended by SIGKILL')
    turns('starting', 'failed', 'it was ended by SIGKILL')
    const start = await until('the order to start it', () =>
      agent.commands.find(({ name }) => name === 'process.start'),
    )
    const takeover = await until('the cover', () => producer().takeover)
    expect(takeover).toMatchObject({ type: 'please-stand-by', message: 'Please stand by' })
    expect(start.args).toEqual({ process: 'obs' })
    await until('it has failed', () => process()?.state === 'failed')
    await until('OBS gone', () => studio().connection.status !== 'connected')
    await until('the alarm', () =>
      system().alarms.find(({ message }) => message.startsWith('OBS Studio on Demi has failed')),
    )

    turns('failed', 'starting')
    turns('starting', 'running')
    agent.answerNow(start.id, { ok: true, value: agent.processes[0] })
    await until('it runs', () => process()?.state === 'running')
    expect(producer().takeover?.id).toBe(takeover.id)
    obs.streaming = false
    obs.accept()
    await until('OBS connected', () => studio().connection.status === 'connected')
    await until('no cover', () => producer().takeover === null)
    await until('no alarm', () => system().alarms.length === 0)

    const applied = await readEvents(hub, 'agent.rule.applied')
    const reasons = applied.map(({ payload }) => payload.reason)
    const what = 'OBS Studio on Demi has ended (SIGKILL)'
    expect(reasons.reverse()).toEqual([`${what}: the picture is covered`, `${what}: it is started again`])
    expect(agent.commands.filter(({ name }) => name.startsWith('process.'))).toHaveLength(1)
    const asked = async () => {
      const records = await readEvents(hub, 'system.command.committed')
      return records.flatMap(({ payload }) => (payload.actor === 'rule' ? [String(payload.command)] : [])).sort()
    }
    const all = ['agent.process.start', 'takeover.clear', 'takeover.show'].join()
    await until('the record of what the rule asked for', async () => (await asked()).join() === all)
  }, 60_000)

  it('a rule follows its machine to a new name', async () => {
    await hub.command('agent.machine.rename', { machine: 'Demi', name: 'Deimos' })
    await until('the rule', () => fleet().rules[0]?.machine === 'Deimos')
    await hub.command('agent.machine.rename', { machine: 'Deimos', name: 'Demi' })
    await until('the rule', () => fleet().rules[0]?.machine === 'Demi')
  })
})
