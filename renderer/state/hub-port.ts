/**
 * What the dashboard needs of the hub, and no more: topics in, commands out, and how the link stands. The real one is
 * made in `connect-hub.ts`; tests and the design bench use `testing/fake-hub.ts`.
 */
import type { Disposable } from '../../base/lifecycle.ts'
import type { CommandAnswer } from '../../contracts/command.ts'
import type { CommandArgs, CommandName, CommandResult } from '../../contracts/commands.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { SoundImport } from '../../contracts/sound.ts'
import type { FleetSampleHistory } from '../../contracts/state/fleet.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'

/** The link between this page and the hub. Times are hub time, ms epoch. */
export type HubLink =
  | { status: 'connecting' }
  | { status: 'online' }
  /** Lost: what is on screen is as of `since`. */
  | { status: 'offline'; since: number }
  /** The hub knows this token no more; only another one helps. */
  | { status: 'refused' }

export interface HubPort extends Disposable {
  onLink(listener: (link: HubLink) => void): Disposable
  /** Calls `onValue` with the whole value after each change; values share what did not change. */
  state<K extends StateTopic>(topic: K, onValue: (value: StateTopics[K]) => void): Disposable
  /** Hub time now, ms epoch: all times in states and events are the hub's. */
  hubNow(): number
  /** Every stored event from now on, in batches; what was missed while away is made up for, or `onGap` is called. */
  events(listener: { onEvents: (events: readonly StoredEnvelope[]) => void; onGap: () => void }): Disposable
  /** What nobody stores, e.g. `meters:obs`. The hub makes it only while somebody listens. */
  signal(topic: string, onSignal: (event: string, payload: unknown) => void): Disposable
  /** Always answers: a lost link is a rejection with the code `unavailable`. */
  command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandAnswer<CommandResult<N>>>
  /** Brings in a sound that this page has decoded. Always answers, as `command` does. */
  importSound(name: string, wav: Blob): Promise<CommandAnswer<SoundImport>>
  /** The last ten minutes of a machine, by its id. Rejects when the hub does not answer, or when `signal` aborts. */
  fleetSamples(machine: string, signal: AbortSignal): Promise<FleetSampleHistory>
  /** Asks for a new try of a lost link now. */
  retry(): void
}
