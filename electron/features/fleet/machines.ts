/**
 * The other machines that are connected now, each with the processes that its agent looks after. Knows no wire: whoever
 * holds the line to a machine adds it here and takes it away again.
 */
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import type { ProcessStatus, ProcessUse } from '../../../contracts/process.ts'
import { CommandError } from '../../kernel/commands.ts'

export interface MachineProcess extends ProcessUse {
  readonly name: string
  readonly status: ProcessStatus
}

export type ProcessOrder = 'start' | 'stop' | 'restart'

export interface Machine {
  readonly name: string
  /** As last heard. */
  readonly processes: readonly MachineProcess[]
  /**
   * Resolves when the machine has done it. Rejects with a `CommandError` when it refuses or goes away. `signal` aborts
   * when nobody waits any more.
   */
  order(process: string, order: ProcessOrder, signal: AbortSignal): Promise<void>
}

export class Machines {
  readonly #connected = new Map<string, Machine>()

  /** Throws when a machine of this name is there: two lines to one machine is a bug of who holds them. */
  add(machine: Machine): Disposable {
    if (this.#connected.has(machine.name)) throw new Error(`the machine "${machine.name}" is connected already`)
    this.#connected.set(machine.name, machine)
    return toDisposable(() => this.#connected.delete(machine.name))
  }

  /** Throws a `CommandError` that names those that are connected. */
  machine(name: string): Machine {
    const machine = this.#connected.get(name)
    if (machine) return machine
    const others = [...this.#connected.keys()].map((other) => `"${other}"`).join(', ')
    const hint = others === '' ? 'none is: start the Landale agent on it' : `connected: ${others}`
    throw new CommandError('not_found', `no machine "${name}" is connected; ${hint}`, { path: 'machine' })
  }

  /** Throws a `CommandError` that names the processes there are. */
  process(machineName: string, name: string): MachineProcess {
    const { processes } = this.machine(machineName)
    const process = processes.find((other) => other.name === name)
    if (process) return process
    const others = processes.map((other) => `"${other.name}"`).join(', ')
    const hint = others === '' ? 'it has none: define it in the agent’s settings there' : `it has ${others}`
    throw new CommandError('not_found', `"${machineName}" has no process "${name}"; ${hint}`, { path: 'process' })
  }
}
