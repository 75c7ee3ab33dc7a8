/**
 * One change of the producer under way: the machine as it would be, and the news and sounds that go with it, which all stand
 * or fall together. Pure. Knows no store, no bus and no clock.
 */
import type { EventDraft } from '../../kernel/bus.ts'
import { type MachineCommand, type MachineFact, type MachineState, step } from './machine.ts'

/** The event or command that leads to the change. */
export interface Cause {
  id: string
  correlationId: string
}

/** A sound to be played now. */
export interface RuleSound {
  sound: string
  /** 0 to 1, before the volume of all alerts. */
  volume: number
}

type ProducerNews = 'producer.show.changed' | 'producer.takeover.shown' | 'producer.takeover.cleared'

export class Draft {
  machine: MachineState
  readonly sounds: RuleSound[] = []
  readonly #facts: { fact: MachineFact; causedBy: Cause | undefined }[] = []

  constructor(machine: MachineState) {
    this.machine = machine
  }

  /** `now`: ms epoch. */
  advance(command: MachineCommand, now: number, causedBy?: Cause): void {
    const { state, facts } = step(this.machine, command, now)
    this.machine = state
    for (const fact of facts) this.#facts.push({ fact, causedBy })
  }

  get news(): EventDraft<ProducerNews>[] {
    return this.#facts.map(({ fact, causedBy }) => newsOf(fact, causedBy))
  }

  /** For one that catches up: several shows may have been missed, and who listens is told of the last one alone. */
  get newsButShows(): EventDraft<ProducerNews>[] {
    return this.news.filter(({ type }) => type !== 'producer.show.changed')
  }
}

/** Whether nothing has changed between the two but the moment it was last asked. */
export function isSameMachine(before: MachineState, after: MachineState): boolean {
  const keys = Object.keys(after) as (keyof MachineState)[]
  return keys.every((key) => key === 'now' || before[key] === after[key])
}

/** As who listens is told of it. */
export function newsOf(fact: MachineFact, causedBy?: Cause): EventDraft<ProducerNews> {
  const draft = { source: 'landale', causedBy }
  switch (fact.kind) {
    case 'show-changed': {
      const { show, previous, why } = fact
      return { ...draft, type: 'producer.show.changed', payload: { show, previous, why } }
    }
    case 'covered': {
      const { id: takeoverId, type, message, startedAt, endsAt } = fact.takeover
      const durationMs = endsAt === null ? null : endsAt - startedAt
      return { ...draft, type: 'producer.takeover.shown', payload: { takeoverId, type, message, durationMs } }
    }
    case 'uncovered': {
      const payload = { takeoverId: fact.takeover.id, outcome: fact.outcome }
      return { ...draft, type: 'producer.takeover.cleared', payload }
    }
  }
}
