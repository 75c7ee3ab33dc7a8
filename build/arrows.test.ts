import { describe, expect, it } from 'vitest'
import { faultsOf } from './arrows.mjs'

const importing = (target: string) => `import { x } from '${target}'\n`

describe('arrows', () => {
  it.each([
    ['base/emitter.ts', './lifecycle.ts'],
    ['contracts/wire.ts', '../base/result.ts'],
    ['contracts/wire.ts', 'zod'],
    ['electron/kernel/bus.ts', '../../contracts/events.ts'],
    ['electron/connections/obs/wire.ts', '../connection.ts'],
    ['electron/connections/obs/wire.ts', 'obs-websocket-js'],
    ['electron/features/alerts/alerts.ts', '../../kernel/bus.ts'],
    ['electron/features/alerts/alerts.test.ts', '../simulator/make.ts'],
    ['electron/hub.ts', './features/alerts/alerts.ts'],
    ['electron/shell/tray.ts', 'electron'],
    ['renderer/app.tsx', '../contracts/topics.ts'],
    ['tests/e2e/dashboard.spec.ts', '../../electron/hub.ts'],
  ])('%s may import %s', (path, target) => {
    expect(faultsOf(path, importing(target))).toEqual([])
  })

  it.each([
    ['base/emitter.ts', '../contracts/wire.ts'],
    ['contracts/wire.ts', '../electron/hub.ts'],
    ['electron/kernel/bus.ts', '../features/alerts/alerts.ts'],
    ['electron/kernel/bus.ts', '../connections/obs/wire.ts'],
    ['electron/connections/obs/wire.ts', '../twitch/wire.ts'],
    ['electron/connections/obs/wire.ts', '../../features/alerts/alerts.ts'],
    ['electron/features/alerts/alerts.ts', '../../connections/obs/wire.ts'],
    ['electron/features/alerts/alerts.ts', '../simulator/make.ts'],
    ['electron/features/alerts/alerts.ts', 'better-sqlite3'],
    ['electron/hub.ts', 'electron'],
    ['renderer/app.tsx', '../electron/hub.ts'],
    ['renderer/app.test.tsx', '../overlays/stage/stage.tsx'],
    ['overlays/stage/stage.tsx', '../../renderer/app.tsx'],
    ['agent/main.ts', '../base/clock.ts'],
  ])('%s may not import %s', (path, target) => {
    expect(faultsOf(path, importing(target))).toHaveLength(1)
  })

  it('sees every form of import', () => {
    const forms = [
      "import type { A } from '../electron/hub.ts'",
      "export { a } from '../electron/hub.ts'",
      "import '../electron/hub.ts'",
      "const a = await import('../electron/hub.ts')",
      "import {\n  a,\n  b,\n} from '../electron/hub.ts'",
    ]
    for (const form of forms) expect(faultsOf('renderer/app.tsx', `${form}\n`), form).toHaveLength(1)
  })
})
