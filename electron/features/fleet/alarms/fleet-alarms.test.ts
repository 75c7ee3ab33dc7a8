import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { FleetMachine, FleetProcess, FleetSample } from '../../../../contracts/state/fleet.ts'
import { type Alarms, createAlarms } from '../../../kernel/alarms.ts'
import { type Bus, createBus } from '../../../kernel/bus.ts'
import { FakeStore } from '../../../kernel/store/fake-store.ts'
import { fleetAlarmsSchema } from './alarm-settings.ts'
import { createFleetAlarms } from './fleet-alarms.ts'

ensureNoLeaks()

const START = Date.UTC(2026, 5, 1, 12)
const GIB = 1024 ** 3

function machineOf(change: Partial<FleetMachine> = {}): FleetMachine {
  return {
    id: 'a1',
    name: 'Demi',
    link: 'connected',
    since: START,
    reason: '',
    pairedAt: START,
    hardware: {
      hostname: 'demi',
      platform: 'win32',
      release: '11',
      arch: 'x64',
      agentVersion: '1.0.0',
      runtime: 'node 26',
      cores: 10,
      memoryBytes: 10 * GIB,
      bootedAt: START,
      edits: 'safe',
    },
    clockAheadMs: 0,
    processes: [],
    faults: [],
    ...change,
  }
}

function processOf(change: Partial<FleetProcess> = {}): FleetProcess {
  return {
    id: 'obs',
    name: 'OBS Studio',
    state: 'running',
    reason: '',
    wanted: 'up',
    pid: 1,
    startedAt: START,
    adopted: false,
    restarts: 0,
    health: 'healthy',
    exit: null,
    retryAt: null,
    ...change,
  }
}

describe('the alarms of the fleet', () => {
  let clock: FakeClock
  let alarms: Alarms
  let bus: Bus
  let stop: AbortController
  let running: Promise<void>
  let machines: FleetMachine[]
  let use: Partial<FleetSample['machine']>
  let own: FleetSample['processes']
  let isLive: boolean

  beforeEach(() => {
    clock = new FakeClock(START)
    alarms = createAlarms(clock)
    bus = createBus({ store: new FakeStore(), clock, onListenerError: () => {} })
    machines = [machineOf({ processes: [processOf()] })]
    use = {}
    own = {}
    isLive = false
    const settings = fleetAlarmsSchema.parse({})
    const fresh = { cpu: 20, memory: 2 * GIB, disks: [], net: null, temperature: null }
    const sampleOf = () => ({ at: clock.now(), machine: { ...fresh, ...use }, processes: own })
    const parts = { machines: () => machines, sampleOf, isLive: () => isLive, settings, alarms, bus, clock }
    stop = new AbortController()
    running = createFleetAlarms(parts).run(stop.signal)
  })

  afterEach(async () => {
    stop.abort()
    await running
    expect([alarms.list, clock.pendingTimers]).toEqual([[], 0])
    bus.dispose()
    alarms.dispose()
  })

  const messages = () => alarms.list.map(({ level, message }) => `${level}: ${message}`)
  const lose = (change: Partial<FleetMachine> = {}) => {
    machines = [machineOf({ link: 'away', since: clock.now(), reason: 'silent', ...change })]
  }

  it('is silent while all is well', async () => {
    await clock.advance(600_000)
    expect(alarms.list).toEqual([])
  })

  it('misses a machine after a grace, and tells of it until it has been back for a moment', async () => {
    lose()
    await clock.advance(19_000)
    expect(alarms.list).toEqual([])
    await clock.advance(3000)
    expect(messages()).toEqual([
      'warning: Demi is unreachable (silent). See whether it is on, online, and its agent runs.',
    ])
    isLive = true
    await clock.advance(2000)
    expect(alarms.list).toMatchObject([{ level: 'critical', since: START + 20_000 }])
    machines = [machineOf({ since: clock.now() })]
    await clock.advance(4000)
    expect(alarms.list).toHaveLength(1)
    await clock.advance(4000)
    expect(alarms.list).toEqual([])
  })

  it('does not miss who has not been here since the hub began, or has said goodbye', async () => {
    lose({ hardware: null })
    await clock.advance(60_000)
    expect(alarms.list).toEqual([])
    machines = [machineOf()]
    const demi = { agent: 'a1', machine: 'Demi' }
    await bus.publish({ type: 'agent.stopping', source: 'agent', payload: { ...demi, reason: 'SIGTERM' } })
    lose()
    await clock.advance(60_000)
    expect(alarms.list).toEqual([])
    machines = [machineOf()]
    const started = { ...demi, version: '1', crashed: false, adopted: [] }
    await bus.publish({ type: 'agent.started', source: 'agent', payload: started })
    lose()
    await clock.advance(60_000)
    expect(alarms.list).toHaveLength(1)
  })

  it('misses one that says goodbye in the middle of a stream', async () => {
    isLive = true
    const payload = { agent: 'a1', machine: 'Demi', reason: 'SIGTERM' }
    await bus.publish({ type: 'agent.stopping', source: 'agent', payload })
    lose()
    await clock.advance(60_000)
    expect(alarms.list).toHaveLength(1)
  })

  it.each<[string, Partial<FleetProcess>, string[]]>([
    ['failed', { state: 'failed', reason: 'given up' }, ['critical: OBS Studio on Demi has failed (given up).']],
    ['is not well', { health: 'unhealthy', reason: 'refused' }, ['critical: OBS Studio on Demi runs but is not well']],
    [
      'ended by itself',
      { state: 'stopped', reason: 'gone', exit: { code: null, signal: null, at: START } },
      ['warning: OBS Studio on Demi has ended (gone).'],
    ],
    ['was stopped', { state: 'stopped', reason: '', exit: { code: 0, signal: null, at: START } }, []],
    ['is being started', { state: 'starting', health: 'unknown' }, []],
    ['waits for its next start', { state: 'backoff', reason: 'exit code 1' }, []],
  ])('tells of a process that %s, until it is well', async (_, change, expected) => {
    machines = [machineOf({ processes: [processOf(change)] })]
    await clock.advance(14_000)
    expect(messages()).toEqual(expected.map((start) => expect.stringContaining(start)))
    machines = [machineOf({ processes: [processOf()] })]
    await clock.advance(8000)
    expect(alarms.list).toEqual([])
  })

  it('forgets an end after ten minutes, by the hub’s clock', async () => {
    const exit = { code: 0, signal: null, at: START + 500_000 }
    machines = [
      machineOf({ clockAheadMs: 500_000, processes: [processOf({ state: 'stopped', reason: 'gone', exit })] }),
    ]
    await clock.advance(590_000)
    expect(alarms.list).toHaveLength(1)
    await clock.advance(20_000)
    expect(alarms.list).toEqual([])
  })

  it('is silent about a check that fails for a moment', async () => {
    machines = [machineOf({ processes: [processOf({ health: 'unhealthy' })] })]
    await clock.advance(10_000)
    machines = [machineOf({ processes: [processOf()] })]
    await clock.advance(60_000)
    expect(alarms.list).toEqual([])
  })

  it('tells of a busy processor after a minute, and not of every peak', async () => {
    for (let round = 0; round < 5; round++) {
      use = { cpu: 99 }
      await clock.advance(50_000)
      use = { cpu: 85 }
      await clock.advance(4000)
    }
    expect(alarms.list).toEqual([])
    use = { cpu: 99 }
    await clock.advance(64_000)
    expect(messages()).toEqual([expect.stringContaining('warning: Demi uses over 90 % of the processor')])
    // Between the bounds nothing changes, however long.
    use = { cpu: 85 }
    await clock.advance(600_000)
    expect(alarms.list).toHaveLength(1)
    use = { cpu: 79 }
    await clock.advance(50_000)
    use = { cpu: 91 }
    await clock.advance(2000)
    use = { cpu: 79 }
    await clock.advance(50_000)
    expect(alarms.list).toHaveLength(1)
    await clock.advance(14_000)
    expect(alarms.list).toEqual([])
  })

  it('tells of memory, of a process that takes nearly everything, and not of one that takes two cores', async () => {
    use = { memory: 9.5 * GIB }
    own = { obs: { cpu: 200, memory: 2 * GIB } }
    await clock.advance(64_000)
    expect(messages()).toEqual([expect.stringContaining('Demi uses over 92 % of the memory')])
    use = {}
    own = { obs: { cpu: 900, memory: 7 * GIB } }
    await clock.advance(64_000)
    expect(messages()).toEqual([
      expect.stringContaining('OBS Studio on Demi uses over 80 % of the processor'),
      expect.stringContaining('OBS Studio on Demi uses over 60 % of the memory'),
    ])
  })

  it('tells of a disk with little room, by what is left and not by percent', async () => {
    const disk = (path: string, total: number, free: number) => ({ path, total, used: total - free })
    use = { disks: [disk('D:', 4e12, 100e9), disk('/boot', 0.5e9, 0), disk('/', 20e9, 3e9)] }
    await clock.advance(60_000)
    expect(alarms.list).toEqual([])
    use = { disks: [disk('C:', 1e12, 9e9), disk('/', 20e9, 1.5e9)] }
    await clock.advance(14_000)
    expect(messages()).toEqual([
      'critical: / of Demi is nearly full: 1.5 GB are left. Recordings will fail; make room.',
      'warning: C: of Demi is nearly full: 9.0 GB are left. Recordings will fail; make room.',
    ])
    use = { disks: [disk('C:', 1e12, 11e9), disk('/', 20e9, 3e9)] }
    await clock.advance(14_000)
    expect(alarms.list).toHaveLength(1)
  })

  it('tells of a thousand machines in one sentence', async () => {
    machines = Array.from({ length: 1000 }, (_, index) =>
      machineOf({ id: `a${index}`, name: `PC ${index}`, link: 'away', reason: 'silent' }),
    )
    await clock.advance(22_000)
    expect(messages()).toEqual(['warning: 1000 machines are unreachable: PC 0, PC 1, PC 2 and 997 more.'])
    machines = machines.slice(0, 2)
    await clock.advance(8000)
    expect(alarms.list).toHaveLength(2)
    machines = []
    await clock.advance(8000)
    expect(alarms.list).toEqual([])
  })

  it('bounds what another machine says', async () => {
    lose({ name: 'D'.repeat(10_000), reason: '💥'.repeat(10_000) })
    await clock.advance(30_000)
    expect(alarms.list[0]?.message.length).toBeLessThan(600)
  })

  it('says nothing of what it cannot know', async () => {
    machines = [machineOf({ hardware: null })]
    use = { cpu: null, memory: null }
    await clock.advance(600_000)
    expect(alarms.list).toEqual([])
  })
})
