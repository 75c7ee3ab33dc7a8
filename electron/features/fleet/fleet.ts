/** The other machines: what can be asked of their processes, by command and by the original's routes. */
import type { Clock } from '../../../base/clock.ts'
import { withDeadline } from '../../../base/deadline.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import { addCompanionRoutes } from './companion-routes.ts'
import type { Machines, ProcessOrder } from './machines.ts'

/** Long enough for a game to save and end, short enough for somebody who has pressed a key and waits. */
export const ORDER_DEADLINE_MS = 15_000

export interface FleetOptions {
  machines: Machines
  commands: Pick<Commands, 'handle' | 'invoke'>
  routes: Routes
  clock: Clock
}

const ORDERS: readonly ProcessOrder[] = ['start', 'stop', 'restart']

export function createFleet({ machines, commands, routes, clock }: FleetOptions): Service {
  async function give(order: ProcessOrder, machineName: string, processName: string): Promise<Record<string, never>> {
    const machine = machines.machine(machineName)
    const { name } = machines.process(machineName, processName)
    const patience = new AbortController()
    const ms = ORDER_DEADLINE_MS
    const message = `"${machineName}" has not said within ${ms / 1000} s whether it could ${order} "${name}"; look at its status before you try again`
    try {
      const work = machine.order(name, order, patience.signal)
      await withDeadline(work, { clock, ms, error: new CommandError('timeout', message) })
      return {}
    } finally {
      patience.abort()
    }
  }

  return {
    id: 'fleet',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const owned = new DisposableStore()
      for (const order of ORDERS) {
        const handler = ({ machine, process }: { machine: string; process: string }) => give(order, machine, process)
        owned.add(commands.handle(`agent.process.${order}`, handler))
      }
      owned.add(addCompanionRoutes(routes, commands, machines))
      await untilAborted(signal)
      owned.dispose()
    },
  }
}
