import { expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import { FakeMachine } from './fake-machine.ts'
import { createFleet } from './fleet.ts'
import { Machines } from './machines.ts'

ensureNoLeaks()

it('obeys commands while it runs, and leaves nothing behind', async () => {
  const clock = new FakeClock()
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const routes = new FakeRoutes()
  const machines = new Machines()
  const demi = new FakeMachine('demi', [{ name: 'OBS', status: 'failed', cpu: 0, memory: 0 }])
  const line = machines.add(demi)
  const stop = new AbortController()
  const running = createFleet({ machines, commands, routes, clock }).run(stop.signal)
  const start = () => commands.invoke('agent.process.start', { machine: 'demi', process: 'OBS' }, HUB_ACTOR)
  expect(await start()).toEqual({ status: 'committed', result: {} })
  expect(demi.processes).toMatchObject([{ status: 'running' }])
  expect(clock.pendingTimers).toBe(0)
  stop.abort()
  await running
  expect([routes.paths, await start()]).toMatchObject([[], { error: { code: 'unavailable' } }])
  line.dispose()
})

it('knows each machine once', () => {
  const machines = new Machines()
  const line = machines.add(new FakeMachine('demi', []))
  expect(() => machines.add(new FakeMachine('demi', []))).toThrow('connected already')
  expect(() => machines.process('demi', 'OBS')).toThrow('"demi" has no process "OBS"; it has none')
  line.dispose()
  machines.add(new FakeMachine('demi', [])).dispose()
})
