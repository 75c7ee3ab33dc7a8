import { describe, expect, it } from 'vitest'
import { Emitter } from '../../base/emitter.ts'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { HEALTHY, type Health, type Service, untilAborted } from './service.ts'
import { createSupervisor, type ModuleChange, type Supervisor } from './supervisor.ts'

/** A service told by the test when to crash. */
class PuppetService implements Service {
  readonly id: string
  health: Health = HEALTHY
  runs = 0
  releases = 0
  crash: (error: Error) => void = () => {}
  /** When false it ignores the request to stop. */
  obedient = true
  readonly #health = new Emitter<Health>()
  readonly onDidChangeHealth = this.#health.event

  constructor(id: string) {
    this.id = id
  }

  async run(signal: AbortSignal): Promise<void> {
    this.runs += 1
    const crashed = new Promise<never>((_, reject) => {
      this.crash = reject
    })
    try {
      await Promise.race([this.obedient ? untilAborted(signal) : new Promise<void>(() => {}), crashed])
    } finally {
      this.releases += 1
    }
  }

  setHealth(health: Health): void {
    this.health = health
    this.#health.fire(health)
  }
}

function setUp(...ids: string[]) {
  const clock = new FakeClock()
  const stuck: string[] = []
  const changes: ModuleChange[] = []
  const supervisor = createSupervisor({ clock, random: () => 0, onStuck: (id) => stuck.push(id) })
  const listening = supervisor.onDidChange((change) => changes.push(change))
  const services = ids.map((id) => new PuppetService(id))
  for (const service of services) supervisor.add(service)
  const status = (id: string) => supervisor.modules.find((module) => module.id === id)
  const end = async () => {
    const stopping = supervisor.stopAll()
    await clock.advance(10_000)
    await stopping
    listening.dispose()
    supervisor.dispose()
  }
  return { clock, stuck, changes, supervisor, services, status, end }
}

async function startAll(supervisor: Supervisor, clock: FakeClock): Promise<void> {
  for (const { id } of supervisor.modules) supervisor.start(id)
  await clock.advance(0)
}

describe('supervisor', () => {
  ensureNoLeaks()

  it('starts, reports health in words, and stops', async () => {
    const { clock, supervisor, services, status, end } = setUp('obs')
    await startAll(supervisor, clock)
    expect(status('obs')).toMatchObject({ status: 'running', health: 'healthy', reason: null })
    services[0]?.setHealth({ level: 'degraded', reason: 'OBS is away' })
    expect(status('obs')).toMatchObject({ health: 'degraded', reason: 'OBS is away' })
    await end()
    expect(status('obs')).toMatchObject({ status: 'stopped' })
    expect(services[0]?.releases).toBe(1)
  })

  it('restarts a crashed service after 0.5, 1, 2 s and leaves the others alone', async () => {
    const { clock, supervisor, services, changes, end } = setUp('a', 'b')
    await startAll(supervisor, clock)
    const [a, b] = services
    for (const wait of [500, 1000, 2000]) {
      a?.crash(new Error('boom'))
      await clock.advance(0)
      const runs = a?.runs ?? 0
      await clock.advance(wait - 1)
      expect(a?.runs).toBe(runs)
      await clock.advance(1)
      expect(a?.runs).toBe(runs + 1)
    }
    expect(changes.filter((change) => change.kind === 'crashed').map((change) => change.retryInMs)).toEqual([
      500, 1000, 2000,
    ])
    expect(b?.runs).toBe(1)
    await end()
  })

  it('gives up after the crash budget and starts again when asked', async () => {
    const { clock, supervisor, services, status, end } = setUp('a')
    await startAll(supervisor, clock)
    for (let crash = 0; crash < 6; crash++) {
      services[0]?.crash(new Error('boom'))
      await clock.advance(8_000)
    }
    expect(status('a')).toMatchObject({ status: 'failed', health: 'unhealthy' })
    expect(status('a')?.reason).toContain('last: boom')
    supervisor.start('a')
    await clock.advance(0)
    expect(status('a')).toMatchObject({ status: 'running', health: 'healthy' })
    await end()
  })

  it('treats a service that returns unasked as crashed', async () => {
    const { clock, supervisor, services, changes, end } = setUp('a')
    const service = services[0]
    if (!service) throw new Error('no service')
    service.run = () => Promise.resolve()
    await startAll(supervisor, clock)
    expect(changes.map((change) => change.kind)).toEqual(['started', 'crashed'])
    await end()
  })

  it('leaves a service behind that does not stop, says so, and never runs it twice at once', async () => {
    const { clock, supervisor, services, stuck, changes, end } = setUp('a')
    const service = services[0]
    if (!service) throw new Error('no service')
    service.obedient = false
    await startAll(supervisor, clock)
    const restarting = supervisor.restart('a')
    await clock.advance(5_000)
    await restarting
    expect(stuck).toEqual(['a'])
    expect(service.runs).toBe(1)
    service.obedient = true
    service.crash(new Error('gone at last'))
    await clock.advance(0)
    expect(service.runs).toBe(2)
    expect(changes.at(-1)).toEqual({ kind: 'started', module: 'a' })
    await end()
  })

  it('stops in the reverse order of adding', async () => {
    const { clock, supervisor, changes, end } = setUp('store', 'alerts', 'pages')
    await startAll(supervisor, clock)
    await end()
    expect(changes.filter((change) => change.kind === 'stopped').map((change) => change.module)).toEqual([
      'pages',
      'alerts',
      'store',
    ])
  })

  it('refuses a second module of the same name and an unknown one', async () => {
    const { supervisor, end } = setUp('a')
    expect(() => supervisor.add(new PuppetService('a'))).toThrow('added twice')
    expect(() => supervisor.start('b')).toThrow('there is no module "b"; known are a')
    await end()
  })
})
