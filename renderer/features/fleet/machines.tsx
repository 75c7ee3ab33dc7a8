/**
 * The other machines: which there are, how they and their processes stand, and beside them what was chosen: a machine's
 * details, a process with its log, the pairing of a new one, or the rules. Loaded when it is opened.
 */
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js'
import type { FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { createAsks } from './create-asks.ts'
import { machineInTrouble } from './fleet-words.ts'
import { MachineCard } from './machine-card.tsx'
import { MachineDetails } from './machine-details.tsx'
import { NearView } from './near-view.tsx'
import { createPairing, PAIRING, PairingPanel } from './pairing.tsx'
import { AskDialog } from './process-controls.tsx'
import { ProcessDetails } from './process-details.tsx'
import { Rules } from './rules.tsx'
import { createSamples } from './samples.ts'
import './fleet.css'

/** Beyond these nobody wants them all unfolded, and not all are drawn. */
const MANY = 8
const FOLDED_PX = 104
const PROCESS_PX = 56

/** `machine`, `process`: ids from the address; nobody has looked whether they exist. */
export function Machines(props: { machine: string | null; process: string | null }) {
  const { fleet, now } = useDashboard()
  const unavailable = hubUnavailable()
  const asks = createAsks()
  const samples = createSamples()
  const pairing = createPairing()
  const [search, setSearch] = createSignal('')
  const [which, setWhich] = createSignal<'all' | 'trouble'>('all')
  /** By id, those that were folded or unfolded by hand. */
  const [folds, setFolds] = createSignal<ReadonlyMap<string, boolean>>(new Map())
  const all = () => fleet()?.machines ?? []
  const isMany = () => all().length > MANY
  const troubled = createMemo(() => all().filter(machineInTrouble))
  const shown = createMemo(() => {
    const wanted = search().trim().toLowerCase()
    // One that is mended goes away here while it is looked at only if nothing else is.
    const from = which() === 'trouble' && isMany() ? troubled() : all()
    return wanted === '' ? from : from.filter((machine) => answersTo(machine, wanted))
  })
  const isOpen = (id: string) => folds().get(id) ?? (!isMany() || (props.machine === id && props.process === null))
  const fold = (id: string) => setFolds(new Map(folds()).set(id, !isOpen(id)))
  const chosen = createMemo(() => all().find(({ id }) => id === props.machine))
  const process = () => chosen()?.processes.find(({ id }) => id === props.process)
  const hasDetails = () => props.machine !== null
  createEffect(
    on(
      () => pairing.paired(),
      (id) => id && props.machine === PAIRING && location.assign(`#machines/${encodeURIComponent(id)}`),
      { defer: true },
    ),
  )
  return (
    <div class="fleet" data-details={hasDetails() ? '' : undefined}>
      <Panel
        title="Machines"
        area="machines"
        unavailable={unavailable()}
        actions={
          <>
            <Show when={isMany()}>
              <Segmented
                label="Which machines"
                value={which()}
                onChange={setWhich}
                options={[
                  { value: 'all', label: `All ${all().length}` },
                  { value: 'trouble', label: `In trouble ${troubled().length}` },
                ]}
              />
              <input
                class="input machine-search"
                data-small=""
                type="search"
                placeholder="Search"
                aria-label="Search machines and processes"
                value={search()}
                onInput={(event) => setSearch(event.currentTarget.value)}
              />
            </Show>
            <Show when={all().length > 0}>
              <a class="button" data-small="" href={`#machines/${PAIRING}`}>
                <Icon name="plus" />
                Add a machine
              </a>
            </Show>
          </>
        }
      >
        <Show when={fleet()} fallback={<p class="muted">Asking the hub for the machines…</p>}>
          <Show when={all().length > 0} fallback={<NoMachines />}>
            <ul class="machines scroll" data-few={isMany() ? undefined : ''} aria-label="Machines">
              <For
                each={shown()}
                fallback={
                  <li>
                    <EmptyState
                      title={search() ? 'Nothing found' : 'No machine is in trouble'}
                      action={
                        <Button
                          small
                          onClick={() => {
                            setSearch('')
                            setWhich('all')
                          }}
                        >
                          Show all
                        </Button>
                      }
                    >
                      {search()
                        ? 'No machine and no process is called so.'
                        : 'All are connected, and nothing has failed.'}
                    </EmptyState>
                  </li>
                }
              >
                {(machine) => (
                  <NearView
                    class="machine-slot"
                    placeholder={machine.name}
                    isAlways={!isMany()}
                    height={FOLDED_PX + (isOpen(machine.id) ? PROCESS_PX * machine.processes.length : 0)}
                  >
                    <MachineCard
                      machine={machine}
                      asks={asks}
                      samples={samples}
                      isOpen={isOpen(machine.id)}
                      isCurrent={props.machine === machine.id}
                      process={props.process}
                      onFold={isMany() ? () => fold(machine.id) : undefined}
                    />
                  </NearView>
                )}
              </For>
            </ul>
          </Show>
        </Show>
      </Panel>
      <div class="fleet-side">
        <Show when={hasDetails()}>
          <a class="button fleet-back" href="#machines">
            <Icon name="undo" /> All machines
          </a>
        </Show>
        <Switch fallback={<Rules />}>
          <Match when={props.machine === PAIRING}>
            <PairingPanel pairing={pairing} />
          </Match>
          <Match when={hasDetails() && chosen()}>
            {(machine) => (
              <Show
                when={props.process !== null && process()}
                fallback={
                  <Show when={machine().id} keyed>
                    {(_id) => (
                      <MachineDetails machine={machine()} asks={asks} samples={samples} missing={props.process} />
                    )}
                  </Show>
                }
              >
                {(one) => (
                  <Show when={`${machine().id} ${one().id}`} keyed>
                    {(_key) => <ProcessDetails machine={machine()} process={one()} asks={asks} now={now()} />}
                  </Show>
                )}
              </Show>
            )}
          </Match>
          <Match when={hasDetails() && fleet()}>
            <Panel title="Not here" area="details">
              <EmptyState title="There is no such machine" action={<a href="#machines">Show all machines</a>}>
                It may have been unpaired since.
              </EmptyState>
            </Panel>
          </Match>
        </Switch>
      </div>
      <AskDialog asks={asks} />
    </div>
  )
}

function answersTo(machine: FleetMachine, wanted: string): boolean {
  return [machine.name, ...machine.processes.map(({ name }) => name)].some((name) =>
    name.toLowerCase().includes(wanted),
  )
}

function NoMachines() {
  return (
    <EmptyState
      title="No other machine yet"
      action={
        <a class="button" data-tone="primary" href={`#machines/${PAIRING}`}>
          <Icon name="plus" />
          Add a machine
        </a>
      }
    >
      An agent on another machine starts, stops and watches its programs: OBS on the streaming machine, a bot, a model.
      Put the agent there, add the machine here, and it shows up with all it runs.
    </EmptyState>
  )
}
