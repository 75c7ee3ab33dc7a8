/**
 * The other machines that are paired, each with the processes that its agent looks after, and what can be said when one
 * is asked for that is not there. Knows no wire.
 */
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import type { ProcessStatus, ProcessUse } from '../../../contracts/process.ts'
import { CommandError } from '../../kernel/commands.ts'

export interface MachineProcess extends ProcessUse {
  /** Of its definition. */
  readonly id: string
  readonly name: string
  readonly status: ProcessStatus
}

export type ProcessOrder = 'start' | 'stop' | 'restart'

export interface Machine {
  /** Of its agent, for ever. */
  readonly id: string
  readonly name: string
  /** Why it can't be asked now; null while it is connected. */
  readonly away: string | null
  /** As last heard. */
  readonly processes: readonly MachineProcess[]
  /** `process` is an id. Resolves when the machine has done it. Rejects with a `CommandError` when it refuses or goes away. */
  order(process: string, order: ProcessOrder): Promise<void>
}

export class Machines<M extends Machine = Machine> {
  readonly #paired = new Map<string, M>()

  /** Throws when a machine of this name is there: two machines of one name is a bug of who pairs them. */
  add(machine: M): Disposable {
    if (this.#named(machine.name)) throw new Error(`there is a machine "${machine.name}" already`)
    this.#paired.set(machine.id, machine)
    return toDisposable(() => this.#paired.delete(machine.id))
  }

  get all(): Iterable<M> {
    return this.#paired.values()
  }

  find(id: string): M | undefined {
    return this.#paired.get(id)
  }

  /** By name or id, connected or not. Throws a `CommandError` that names those that are connected. */
  paired(ref: string): M {
    const machine = this.#named(ref) ?? this.#paired.get(ref)
    if (machine) return machine
    const others = [...this.#paired.values()].filter(({ away }) => away === null).map(({ name }) => `"${name}"`)
    const hint = others.length === 0 ? 'none is: start the Landale agent on it' : `connected: ${others.join(', ')}`
    throw new CommandError('not_found', `no machine "${ref}" is connected; ${hint}`, { path: 'machine' })
  }

  /** One that is connected. */
  machine(ref: string): M {
    const machine = this.paired(ref)
    if (machine.away === null) return machine
    throw new CommandError('unavailable', `"${machine.name}" is away: ${machine.away}`, { path: 'machine' })
  }

  /** By name or id. Throws a `CommandError` that names the processes there are. */
  process(machineRef: string, ref: string): MachineProcess {
    const { name, processes } = this.machine(machineRef)
    const process = processes.find((other) => other.id === ref) ?? processes.find((other) => other.name === ref)
    if (process) return process
    const others = processes.map((other) => `"${other.name}"`).join(', ')
    const hint = others === '' ? 'it has none: define it in the agent’s settings there' : `it has ${others}`
    throw new CommandError('not_found', `"${name}" has no process "${ref}"; ${hint}`, { path: 'process' })
  }

  #named(name: string): M | undefined {
    for (const machine of this.#paired.values()) if (machine.name === name) return machine
    return undefined
  }
}
