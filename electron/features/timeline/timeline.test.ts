import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import type { EventQuery } from '../../kernel/store/store.ts'
import { createTimeline } from './timeline.ts'

function setUp() {
  const channels = new FakeChannels()
  const routes = new FakeRoutes()
  const queries: EventQuery[] = []
  const store = {
    async events(query: EventQuery) {
      queries.push(query)
      return { events: [], next: null }
    },
  }
  const commands = createCommands({ clock: new FakeClock(), onDidInvoke: () => {}, onBug: () => {} })
  const controller = new AbortController()
  const running = createTimeline({ channels, routes, store, commands }).run(controller.signal)
  const end = async () => {
    controller.abort()
    await running
    expect(routes.paths).toEqual([])
    expect(channels.newsTopics).toEqual([])
    expect(channels.messageHandlers).toEqual([])
  }
  return { channels, routes, queries, commands, end }
}

describe('timeline', () => {
  ensureNoLeaks()

  it('passes the filters of GET /api/events on to the store', async () => {
    const { routes, queries, end } = setUp()
    const query = {
      type: 'obs.exiting,obs.connected',
      user: 'ana',
      from: '2026-01-01T00:00:00Z',
      to: '5',
      q: 'hi',
      limit: '7',
    }
    expect(await routes.call('GET', '/api/events', { query })).toEqual({ events: [], next: null })
    expect(queries[0]).toEqual({
      types: ['obs.exiting', 'obs.connected'],
      user: 'ana',
      from: Date.UTC(2026, 0, 1),
      to: 5,
      q: 'hi',
      limit: 7,
    })
    await end()
  })

  it.each([{ limit: '1001' }, { limit: '0' }, { limit: 'x' }, { from: 'yesterday' }, { q: '' }, { unknown: '1' }])(
    'refuses %j',
    async (query) => {
      const { routes, queries, end } = setUp()
      await expect(routes.call('GET', '/api/events', { query })).rejects.toThrow()
      expect(queries).toEqual([])
      await end()
    },
  )

  it('answers the messages of the original in its envelope', async () => {
    const { channels, commands, end } = setUp()
    const ask = (event: string, payload: unknown) => {
      const handler = channels.messageHandlers.find((candidate) => candidate.event === event)
      return handler?.handle(payload, { topic: 'dashboard:main', actor: HUB_ACTOR })
    }
    expect(await ask('ping', {})).toMatchObject({ success: true, data: { pong: true } })
    expect(await ask('obs:set_current_scene', { scene_name: 'A' })).toMatchObject({
      success: false,
      error: { code: 'unavailable' },
    })
    const scenes: string[] = []
    const handling = commands.handle('obs.scene.set', ({ scene }) => {
      scenes.push(scene)
      return {}
    })
    expect(await ask('obs:set_current_scene', { scene_name: 'A' })).toMatchObject({ success: true })
    expect(await ask('obs:set_current_scene', { scene_name: 4 })).toMatchObject({ error: { code: 'invalid_args' } })
    expect(scenes).toEqual(['A'])
    handling.dispose()
    await end()
  })
})
