/**
 * What the demo has put on the bar and over the picture: none of it is on disk, and all of it is gone when the demo ends.
 * Knows no store and no event.
 */
import type { MachineCommand, MachineState } from './machine.ts'

export class PlayedItems {
  /** Null while no demo plays: what the simulator makes up then stays as long as anything else. */
  #ids: Set<string> | null = null

  begin(): void {
    this.#ids ??= new Set()
  }

  /** The simulator asks for this. */
  note(command: MachineCommand): void {
    if (command.kind === 'put') this.#ids?.add(command.item.id)
    else if (command.kind === 'board') this.#ids?.add(command.boarding.id)
    else if (command.kind === 'cover') this.#ids?.add(command.id)
  }

  has({ id }: { readonly id: string }): boolean {
    return this.#ids?.has(id) ?? false
  }

  /** Answers what takes all of it away. */
  end({ takeover }: MachineState): MachineCommand[] {
    const removals = [...(this.#ids ?? [])].map((id): MachineCommand => ({ kind: 'remove', id }))
    const isCovered = takeover !== null && this.has(takeover)
    this.#ids = null
    return isCovered ? [...removals, { kind: 'uncover' }] : removals
  }

  /** The machine as the disk has it. */
  without(machine: MachineState): MachineState {
    if (!this.#ids) return machine
    const { items, takeover } = machine
    return {
      ...machine,
      items: items.filter((item) => !this.has(item)),
      takeover: takeover && !this.has(takeover) ? takeover : null,
    }
  }
}
