/** A machine with an agent, for tests: its processes do what they are told, or what the test says. */
import { CommandError } from '../../kernel/commands.ts'
import type { Machine, MachineProcess, ProcessOrder } from './machines.ts'

export class FakeMachine implements Machine {
  readonly name: string
  processes: MachineProcess[]
  /** Every order, e.g. `start OBS`. */
  readonly orders: string[] = []
  /** Orders that nobody waits for any more. */
  readonly abandoned: string[] = []
  #answer: 'obey' | 'hang' | Error = 'obey'

  constructor(name: string, processes: readonly MachineProcess[]) {
    this.name = name
    this.processes = [...processes]
  }

  /** From now on it answers every order with this reason. */
  refuse(reason: string): void {
    this.#answer = new CommandError('conflict', reason)
  }

  /** Its line is cut: whatever it is told from now on fails. */
  lose(): void {
    this.#answer = new CommandError('unavailable', `the line to "${this.name}" is gone`)
  }

  /** From now on it does not answer. */
  hang(): void {
    this.#answer = 'hang'
  }

  async order(process: string, order: ProcessOrder, signal: AbortSignal): Promise<void> {
    const told = `${order} ${process}`
    this.orders.push(told)
    if (this.#answer instanceof Error) throw this.#answer
    if (this.#answer === 'hang') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      this.abandoned.push(told)
      return
    }
    const status = order === 'stop' ? 'stopped' : 'running'
    this.processes = this.processes.map((each) => (each.name === process ? { ...each, status } : each))
  }
}
