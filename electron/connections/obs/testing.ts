/** An OBS connection with everything around it in memory, for the tests of this folder. */
import pino from 'pino'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import { until } from '../behaviour-suite.ts'
import { obsConfigSchema } from './config.ts'
import { createObsConnection, type ObsConnectionOptions } from './connection.ts'

class FakeSecrets implements Secrets {
  readonly kept = new Map<string, string>()

  async get(name: string): Promise<string | null> {
    return this.kept.get(name) ?? null
  }

  async set(name: string, value: string): Promise<void> {
    this.kept.set(name, value)
  }

  async delete(name: string): Promise<void> {
    this.kept.delete(name)
  }
}

export function createTestConnection(
  url: string,
  overrides: Partial<ObsConnectionOptions> & { password?: string } = {},
) {
  const { password, ...rest } = overrides
  const clock = new FakeClock()
  const store = new FakeStore()
  const bugs: unknown[] = []
  const bus = createBus({ store, clock, onListenerError: (error) => bugs.push(error) })
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: (error) => bugs.push(error) })
  const channels = new FakeChannels()
  const routes = new FakeRoutes()
  const secrets = new FakeSecrets()
  const connection = createObsConnection({
    config: obsConfigSchema.parse(password === undefined ? { url } : { url, password }),
    bus,
    commands,
    channels,
    routes,
    secrets,
    clock,
    log: pino({ level: 'silent' }),
    random: () => 0,
    overlayUrl: async (output, way) => `http://127.0.0.1:7175/${way}/${output}`,
    version: '0.0.0',
    ...rest,
  })
  const stop = new AbortController()
  let done: Promise<void> = Promise.resolve()
  return {
    connection,
    clock,
    store,
    bus,
    bugs,
    commands,
    channels,
    routes,
    secrets,
    start: () => {
      done = connection.run(stop.signal)
    },
    /** Waits in real time until the connection's state is this one. */
    reach: (status: string) =>
      until(
        () => (connection.state.status === status ? connection.state : undefined),
        () => `${status}; it is ${JSON.stringify(connection.state)}`,
      ),
    end: async () => {
      stop.abort()
      await done
      connection.dispose()
      bus.dispose()
    },
  }
}
