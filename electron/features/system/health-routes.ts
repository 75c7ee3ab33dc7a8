/** Is the hub alive, is it ready, how is each part doing. */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { HealthLevel, ModuleState } from '../../../contracts/state/system.ts'
import { HttpAnswer, type Routes } from '../../kernel/http/routes.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Store } from '../../kernel/store/store.ts'
import type { Supervisor } from '../../kernel/supervisor.ts'

export interface HealthRoutesOptions {
  routes: Routes
  store: Pick<Store, 'all'>
  supervisor: Pick<Supervisor, 'modules'>
  metrics: Metrics
  version: string
}

const WORST_FIRST: readonly HealthLevel[] = ['unhealthy', 'degraded', 'healthy']

/** The worst of all modules. */
function overall(modules: readonly ModuleState[]): HealthLevel {
  return WORST_FIRST.find((level) => modules.some(({ health }) => health === level)) ?? 'healthy'
}

export function addHealthRoutes({ routes, store, supervisor, metrics, version }: HealthRoutesOptions): Disposable {
  const owned = new DisposableStore()
  owned.add(
    routes.add({
      method: 'GET',
      path: '/health',
      scope: null,
      summary: 'The process is alive',
      handle: () => ({ status: 'ok', timestamp: Date.now() }),
    }),
  )
  owned.add(
    routes.add({
      method: 'GET',
      path: '/ready',
      scope: null,
      summary: 'The store answers',
      async handle() {
        try {
          await store.all('SELECT 1')
          return { status: 'ready' }
        } catch {
          return new HttpAnswer(503, { status: 'not ready', reason: 'the store does not answer; see the log' })
        }
      },
    }),
  )
  owned.add(
    routes.add({
      method: 'GET',
      path: '/api/health',
      scope: 'read',
      summary: 'How each module is doing',
      handle: () => ({ status: overall(supervisor.modules), version, modules: supervisor.modules }),
    }),
  )
  owned.add(
    routes.add({
      method: 'GET',
      path: '/metrics',
      scope: 'read',
      summary: 'Metrics in the text format of Prometheus',
      handle: async () => new HttpAnswer(200, await metrics.text(), { 'content-type': metrics.contentType }),
    }),
  )
  return owned
}
