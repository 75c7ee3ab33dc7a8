import { describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { createAlarms } from '../../kernel/alarms.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { CommandError, createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import { HttpAnswer } from '../../kernel/http/routes.ts'
import { createLogger } from '../../kernel/log.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { ALWAYS_HEALTHY, untilAborted } from '../../kernel/service.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import type { Store } from '../../kernel/store/store.ts'
import { createSupervisor } from '../../kernel/supervisor.ts'
import type { Tokens } from '../../kernel/tokens.ts'
import { createSystem } from './system.ts'

/** A store that can back up, fail and be away. */
class SystemStore extends FakeStore {
  readonly failed = new Emitter<Error>()
  readonly onDidFail = this.failed.event
  answers = true

  async all(): Promise<never[]> {
    if (!this.answers) throw new Error('closed')
    return []
  }

  async backup() {
    return { file: 'landale.sqlite', bytes: 4096, durationMs: 3 }
  }
}

function fakeTokens(): Tokens {
  const changed = new Emitter<void>()
  const list: ReturnType<Tokens['list']> = []
  return {
    list: () => [...list],
    onDidChange: changed.event,
    async create(name: string, scopes: readonly string[]) {
      const info = {
        tokenId: `t${list.length + 1}`,
        name,
        scopes: [...scopes] as never,
        createdAt: 0,
        lastUsedAt: null,
      }
      list.push(info)
      changed.fire()
      return { info, secret: 's3cret' }
    },
    async revoke(tokenId: string) {
      const index = list.findIndex((token) => token.tokenId === tokenId)
      if (index < 0) throw new CommandError('not_found', `there is no token "${tokenId}"`)
      list.splice(index, 1)
      changed.fire()
    },
  } as unknown as Tokens
}

async function setUp() {
  const clock = new FakeClock()
  const store = new SystemStore()
  const bus = createBus({ store, clock, onListenerError: () => {} })
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const channels = new FakeChannels()
  const routes = new FakeRoutes()
  const alarms = createAlarms(clock)
  const supervisor = createSupervisor({ clock, random: () => 0, onStuck: () => {} })
  let crash: (error: Error) => void = () => {}
  supervisor.add({
    id: 'obs',
    ...ALWAYS_HEALTHY,
    run: (signal) =>
      Promise.race([
        untilAborted(signal),
        new Promise<never>((_, reject) => {
          crash = reject
        }),
      ]),
  })
  const log = await createLogger({ level: 'silent', seqUrl: null })
  const metrics = createMetrics({ supervisor, clientCount: () => channels.clientCount })
  const parts = { alarms, bus, channels, clock, commands, log, metrics, routes, supervisor }
  const options = { ...parts, dataDir: 'data', headless: true, version: '1.2.3', tokens: fakeTokens() }
  supervisor.add(createSystem({ ...options, store: store as unknown as Store }))
  for (const { id } of supervisor.modules) supervisor.start(id)
  await clock.advance(0)
  const end = async () => {
    const stopping = supervisor.stopAll()
    await clock.advance(6_000)
    await stopping
    for (const owned of [supervisor, alarms, bus]) owned.dispose()
    expect(routes.paths).toEqual([])
  }
  const ask = (name: string, args: unknown = {}) => commands.invoke(name, args, HUB_ACTOR)
  const state = () => channels.stateOf('state:system')
  return { ask, clock, crash: (error: Error) => crash(error), channels, end, metrics, routes, state, store }
}

describe('system', () => {
  ensureNoLeaks()

  it('shows the modules, and starts, stops and restarts them by command', async () => {
    const { ask, clock, end, state, store } = await setUp()
    const status = () => state().modules.find(({ id }) => id === 'obs')?.status
    expect(state()).toMatchObject({ version: '1.2.3', headless: true })
    expect(status()).toBe('running')
    expect(await ask('system.module.stop', { module: 'obs' })).toMatchObject({ status: 'committed' })
    expect(status()).toBe('stopped')
    await ask('system.module.start', { module: 'obs' })
    await clock.advance(0)
    expect(status()).toBe('running')
    expect(await ask('system.module.restart', { module: 'obs' })).toMatchObject({ status: 'committed' })
    expect(await ask('system.module.stop', { module: 'moon' })).toMatchObject({ error: { code: 'not_found' } })
    expect(await ask('system.module.stop', { module: 'system' })).toMatchObject({ error: { code: 'conflict' } })
    expect(store.types).toContain('system.module.stopped')
    await end()
  })

  it('raises an alarm for a module that gave up, and for a store that fails', async () => {
    const { ask, clock, crash, end, state, store } = await setUp()
    for (let time = 0; time < 6; time++) {
      crash(new Error('boom'))
      await clock.advance(8_000)
    }
    expect(state().alarms).toMatchObject([
      { id: 'module:obs', level: 'critical', message: expect.stringContaining('boom') },
    ])
    expect(store.types.filter((type) => type === 'system.module.crashed')).toHaveLength(5)
    await ask('system.module.start', { module: 'obs' })
    await clock.advance(0)
    expect(state().alarms).toEqual([])
    store.failed.fire(new Error('disk full'))
    expect(state().alarms).toMatchObject([{ id: 'store', message: expect.stringContaining('disk full') }])
    await end()
  })

  it('makes and revokes tokens, and keeps the secret out of the log', async () => {
    const { ask, end, state, store } = await setUp()
    expect(await ask('system.token.create', { name: 'deck', scopes: ['obs'] })).toEqual({
      status: 'committed',
      result: { tokenId: 't1', token: 's3cret' },
    })
    expect(state().tokens).toMatchObject([{ name: 'deck', scopes: ['obs'] }])
    expect(await ask('system.token.revoke', { tokenId: 't1' })).toMatchObject({ status: 'committed' })
    expect(await ask('system.token.revoke', { tokenId: 't1' })).toMatchObject({ error: { code: 'not_found' } })
    expect(state().tokens).toEqual([])
    expect(JSON.stringify(store.events)).not.toContain('s3cret')
    expect(store.payloads('system.token.revoked')).toEqual([{ tokenId: 't1', name: 'deck' }])
    await end()
  })

  it('backs up and says so', async () => {
    const { ask, end, store } = await setUp()
    expect(await ask('system.store.backup')).toMatchObject({ result: { bytes: 4096 } })
    expect(store.payloads('system.store.backed-up')).toEqual([{ file: 'landale.sqlite', bytes: 4096, durationMs: 3 }])
    await end()
  })

  it('answers health, readiness and metrics', async () => {
    const { ask, end, metrics, routes, store } = await setUp()
    expect(await routes.call('GET', '/health')).toMatchObject({ status: 'ok' })
    expect(await routes.call('GET', '/ready')).toEqual({ status: 'ready' })
    store.answers = false
    expect(await routes.call('GET', '/ready')).toMatchObject({ status: 503 })
    expect(await routes.call('GET', '/api/health')).toMatchObject({ status: 'healthy' })
    await ask('system.module.stop', { module: 'obs' })
    expect(await routes.call('GET', '/api/health')).toMatchObject({ status: 'degraded' })
    metrics.countCommand({
      command: 'obs.scene.set',
      actor: 'a',
      args: {},
      context: { id: '1', correlationId: '1', actor: HUB_ACTOR },
      durationMs: 4,
      answer: { status: 'committed', result: {} },
    })
    const answer = (await routes.call('GET', '/metrics')) as HttpAnswer
    expect(answer).toBeInstanceOf(HttpAnswer)
    expect(answer.body).toContain(
      'landale_command_duration_seconds_count{command="obs.scene.set",outcome="committed"} 1',
    )
    expect(answer.body).toContain('landale_module_health{module="obs"} 1')
    await end()
  })
})
