/** What the streamer must know now. Raised and cleared by whoever knows; shown by whoever can. */
import type { Clock } from '../../base/clock.ts'
import { Emitter, type Event } from '../../base/emitter.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { SystemState } from '../../contracts/state/system.ts'

type Alarm = SystemState['alarms'][number]

export interface Alarms extends Disposable {
  /** Worst first, then oldest. */
  readonly list: Alarm[]
  readonly onDidChange: Event<void>
  /** Raising one that is up already changes its words, not its time. */
  raise(id: string, level: Alarm['level'], message: string): void
  clear(id: string): void
}

export function createAlarms(clock: Clock): Alarms {
  const raised = new Map<string, Alarm>()
  const changed = new Emitter<void>()
  const rank = (alarm: Alarm) => (alarm.level === 'critical' ? 0 : 1)
  return {
    get list() {
      return [...raised.values()].sort((a, b) => rank(a) - rank(b) || a.since - b.since)
    },
    onDidChange: changed.event,
    raise(id, level, message) {
      const before = raised.get(id)
      if (before?.level === level && before.message === message) return
      raised.set(id, { id, level, message, since: before?.since ?? clock.now() })
      changed.fire()
    },
    clear(id) {
      if (raised.delete(id)) changed.fire()
    },
    dispose: () => changed.dispose(),
  }
}
