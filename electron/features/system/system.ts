/** The hub about itself: its state topic, its health over HTTP, and the alarms of its own parts. */
import type { Clock } from '../../../base/clock.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { SystemState } from '../../../contracts/state/system.ts'
import type { Alarms } from '../../kernel/alarms.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { Recovery, Store } from '../../kernel/store/store.ts'
import type { ModuleChange, Supervisor } from '../../kernel/supervisor.ts'
import type { Tokens } from '../../kernel/tokens.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addSystemCommands } from './system-commands.ts'

export interface SystemOptions {
  alarms: Alarms
  bus: Bus
  channels: Channels
  clock: Clock
  commands: Commands
  dataDir: string
  headless: boolean
  log: Logger
  metrics: Metrics
  routes: Routes
  store: Store
  supervisor: Supervisor
  tokens: Tokens
  version: string
}

/** How often the number of clients is read again, ms: it is shown, never acted upon. */
const CLIENT_COUNT_INTERVAL_MS = 5_000

/** The service's own id: it can't be stopped by command, for nothing could start it again. */
export const SYSTEM_ID = 'system'

export function createSystem(options: SystemOptions): Service {
  const { alarms, bus, channels, clock, log, store, supervisor, tokens } = options

  function announce(change: ModuleChange): void {
    publishChange(bus, change).catch((error) => {
      log.error({ err: error, change }, 'a module changed, but that could not be stored')
    })
    const alarm = `module:${change.module}`
    if (change.kind === 'started') alarms.clear(alarm)
    if (change.kind !== 'failed') return
    alarms.raise(alarm, 'critical', `${change.module} gave up: ${change.reason}. Restart it under System.`)
  }

  function onStoreFailure(error: Error): void {
    log.error({ err: error }, 'the store failed')
    alarms.raise('store', 'critical', `Nothing can be stored: ${error.message}. Free disk space, then restart Landale.`)
  }

  return {
    id: SYSTEM_ID,
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const owned = new DisposableStore()
      const state = owned.add(channels.state('state:system', initialState(options)))
      const show = (part: Partial<SystemState>) => state.update((draft) => Object.assign(draft, part))
      owned.add(supervisor.onDidChange(announce))
      owned.add(supervisor.onDidChangeModules(() => show({ modules: supervisor.modules })))
      owned.add(alarms.onDidChange(() => show({ alarms: alarms.list })))
      owned.add(tokens.onDidChange(() => show({ tokens: tokens.list() })))
      owned.add(clock.setInterval(() => show({ clients: channels.clientCount }), CLIENT_COUNT_INTERVAL_MS))
      owned.add(store.onDidFail(onStoreFailure))
      if (store.recovery) alarms.raise('store-recovered', 'warning', wordRecovery(store.recovery))
      owned.add(addHealthRoutes(options))
      owned.add(addSystemCommands(options))
      await untilAborted(signal)
      owned.dispose()
    },
  }
}

function wordRecovery({ setAside, restoredFrom }: Recovery): string {
  const instead = restoredFrom
    ? `The backup ${restoredFrom} was opened; what came after it is missing.`
    : 'There was no backup, so everything starts anew.'
  return `The data file was damaged and was set aside as ${setAside}. ${instead}`
}

function initialState({
  version,
  clock,
  headless,
  dataDir,
  supervisor,
  alarms,
  channels,
  tokens,
}: SystemOptions): SystemState {
  return {
    version,
    startedAt: clock.now(),
    headless,
    dataDir,
    modules: supervisor.modules,
    tokens: tokens.list(),
    alarms: alarms.list,
    clients: channels.clientCount,
  }
}

function publishChange(bus: Bus, change: ModuleChange): Promise<unknown> {
  const { kind, ...payload } = change
  const source = 'landale'
  switch (kind) {
    case 'started':
    case 'stopped':
      return bus.publish({ type: `system.module.${kind}`, source, payload })
    case 'crashed':
      return bus.publish({ type: 'system.module.crashed', source, payload: payload as CrashPayload })
    case 'failed':
      return bus.publish({ type: 'system.module.failed', source, payload })
  }
}

type CrashPayload = Omit<Extract<ModuleChange, { kind: 'crashed' }>, 'kind'>
