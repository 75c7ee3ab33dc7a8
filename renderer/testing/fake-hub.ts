/**
 * A hub for tests and for the design bench: state is set, events are said, commands are written down and answered as
 * told. It speaks no protocol.
 */
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import type { CommandAnswer, Rejection } from '../../contracts/command.ts'
import type { CommandArgs, CommandName } from '../../contracts/commands.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { SoundImport } from '../../contracts/sound.ts'
import type { FleetSampleHistory } from '../../contracts/state/fleet.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import type { EventLog, EventLogQuery } from '../state/event-log.ts'
import type { HubLink, HubPort } from '../state/hub-port.ts'

type Answer = (args: never) => CommandAnswer | Promise<CommandAnswer>

export interface FakeHub extends HubPort {
  /** Every command asked for, oldest first. */
  readonly asked: { name: CommandName; args: unknown }[]
  goes(link: HubLink): void
  has<K extends StateTopic>(topic: K, value: StateTopics[K]): void
  says(events: readonly StoredEnvelope[]): void
  signals(topic: string, event: string, payload: unknown): void
  answers<N extends CommandName>(
    name: N,
    answer: (args: CommandArgs<N>) => CommandAnswer | Promise<CommandAnswer>,
  ): void
  rejects(name: CommandName, error: Rejection): void
  /** Names of the sounds that were brought in; without an answer each is refused. */
  readonly imports: string[]
  answersImport(answer: (name: string) => CommandAnswer<SoundImport>): void
  /** What the machines used in the last ten minutes. */
  hasSamples(history: FleetSampleHistory): void
}

export function createFakeHub(): FakeHub {
  const values = new Map<string, unknown>()
  const listeners = new Map<string, Set<(...values: never[]) => void>>()
  const answers = new Map<string, Answer>()
  const asked: FakeHub['asked'] = []
  const imports: string[] = []
  let answerImport = (_name: string): CommandAnswer<SoundImport> => ({
    status: 'rejected',
    error: { code: 'unavailable', message: 'no answer was set' },
  })
  let samples: FleetSampleHistory = { machines: {} }
  let link: HubLink = { status: 'online' }

  function listen(key: string, listener: (...values: never[]) => void): Disposable {
    const set = listeners.get(key) ?? new Set()
    listeners.set(key, set)
    set.add(listener)
    return toDisposable(() => set.delete(listener))
  }

  function tell(key: string, ...told: unknown[]): void {
    for (const listener of listeners.get(key) ?? []) (listener as (...values: unknown[]) => void)(...told)
  }

  return {
    asked,
    imports,
    answersImport(answer) {
      answerImport = answer
    },
    async importSound(name) {
      imports.push(name)
      return answerImport(name)
    },
    goes(next) {
      link = next
      tell('link', next)
    },
    has(topic, value) {
      values.set(topic, value)
      tell(`state ${topic}`, structuredClone(value))
    },
    says: (events) => tell('events', events),
    signals: (topic, event, payload) => tell(`signal ${topic}`, event, payload),
    answers: (name, answer) => void answers.set(name, answer as Answer),
    rejects: (name, error) => void answers.set(name, () => ({ status: 'rejected', error })),
    onLink(listener) {
      listener(link)
      return listen('link', listener)
    },
    state(topic, onValue) {
      const value = values.get(topic)
      if (value !== undefined) onValue(structuredClone(value) as never)
      return listen(`state ${topic}`, onValue)
    },
    hubNow: () => Date.now(),
    events: ({ onEvents }) => listen('events', onEvents),
    signal: (topic, onSignal) => listen(`signal ${topic}`, onSignal),
    async command(name, args) {
      asked.push({ name, args })
      const answer = await (answers.get(name)?.(args as never) ?? { status: 'committed', result: {} })
      return answer as never
    },
    fleetSamples: async (machine) => ({ machines: { [machine]: samples.machines[machine] ?? [] } }),
    hasSamples(history) {
      samples = history
    },
    retry: () => undefined,
    dispose: () => listeners.clear(),
  }
}

export interface FakeEventLog extends EventLog {
  readonly queries: EventLogQuery[]
}

/** Serves `events` (newest first) in pages, by type and by words. */
export function createFakeEventLog(events: readonly StoredEnvelope[]): FakeEventLog {
  const queries: EventLogQuery[] = []
  return {
    queries,
    async page(query) {
      queries.push(query)
      const { types, q, user, cursor, limit } = query
      const found = events
        .filter((event) => types?.includes(event.type) ?? true)
        .filter((event) => !q || JSON.stringify(event.payload).toLowerCase().includes(q.toLowerCase()))
        .filter((event) => !user || event.payload.user_login === user)
      const start = Number(cursor ?? 0)
      const next = start + limit < found.length ? String(start + limit) : null
      return { events: found.slice(start, start + limit), next }
    },
  }
}
