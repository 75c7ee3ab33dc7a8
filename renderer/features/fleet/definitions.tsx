/** What a machine may run, read from its own file; added to, changed and taken away as far as the machine allows. */
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import type { CommandResult } from '../../../contracts/commands.ts'
import type { FleetHardware, FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Problem } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import type { Definition } from './definition-fields.ts'
import { DefinitionForm } from './definition-form.tsx'

type Read = CommandResult<'agent.definitions.read'>

const editWords: Record<FleetHardware['edits'], string> = {
  off: 'This machine allows no changes from here. Its own agent.json can: set “edits” to “safe” or “full” there, or edit processes.json beside it.',
  safe: 'This machine allows changing how a process runs, not what is run. Its own agent.json can allow more: set “edits” to “full” there.',
  full: 'This machine allows every change from here, also of what is run.',
}

export function Definitions(props: { machine: FleetMachine }) {
  const { online } = useDashboard()
  const command = createCommand()
  const [read, setRead] = createSignal<Read | null>(null)
  /** The id of the one that is edited, '' for a new one. */
  const [editing, setEditing] = createSignal<string | null>(null)
  const isHere = () => online() && props.machine.link === 'connected'
  const load = async () => {
    const answer = await command.run('agent.definitions.read', { machine: props.machine.name })
    if (answer) setRead(answer)
  }
  // Also when the file was edited on the machine: what it runs is called otherwise then, or its faults are others.
  const mark = () =>
    JSON.stringify([props.machine.processes.map(({ id, name }) => [id, name]), props.machine.faults.length])
  createEffect(on([isHere, mark], ([isThere]) => isThere && editing() === null && void load()))
  const ids = () => read()?.definitions.map(idOf) ?? []
  const done = (isSaved: boolean) => {
    setEditing(null)
    if (isSaved) void load()
  }
  const remove = async (definition: Definition) => {
    const args = { machine: props.machine.name, process: idOf(definition) }
    if (await command.run('agent.definitions.remove', args)) void load()
  }
  return (
    <section class="details-section">
      <h3 class="details-title">What it may run</h3>
      <Show
        when={read()}
        fallback={
          <p class="muted">
            <Show when={isHere()} fallback={`It is read when ${props.machine.name} is back.`}>
              <Show when={command.problem()} fallback="Asking the machine…">
                <Button small onClick={() => void load()}>
                  Ask again
                </Button>
              </Show>
            </Show>
          </p>
        }
      >
        {(known) => (
          <>
            <p class="muted">{editWords[known().edits]}</p>
            <ul class="definitions">
              <For each={known().definitions}>
                {(definition) => (
                  <li class="definition-item">
                    <div class="definition-row">
                      <div class="definition-words">
                        <p class="clip">
                          <b>
                            <bdi>{String(definition.name ?? idOf(definition))}</bdi>
                          </b>{' '}
                          <span class="muted">{idOf(definition)}</span>
                        </p>
                        <p class="clip definition-command">{commandLine(definition)}</p>
                      </div>
                      <Show when={known().edits !== 'off' && editing() !== idOf(definition)}>
                        <Button
                          small
                          disabled={!isHere()}
                          aria-label={`Edit ${String(definition.name)}`}
                          onClick={() => setEditing(idOf(definition))}
                        >
                          Edit
                        </Button>
                      </Show>
                      <Show when={known().edits === 'full' && editing() !== idOf(definition)}>
                        <HoldButton
                          small
                          label={`Take ${String(definition.name)} off ${props.machine.name}`}
                          consequence="It is stopped first. Its entry in the machine's file is gone then."
                          disabled={!isHere()}
                          onConfirmed={() => void remove(definition)}
                        >
                          Remove (hold)
                        </HoldButton>
                      </Show>
                    </div>
                    <Show when={editing() === idOf(definition)}>
                      <DefinitionForm
                        machine={props.machine}
                        edits={known().edits}
                        definition={definition}
                        taken={ids()}
                        onDone={done}
                      />
                    </Show>
                  </li>
                )}
              </For>
            </ul>
            <Show when={known().definitions.length === 0}>
              <p class="muted">Nothing yet.</p>
            </Show>
            <Show when={known().edits === 'full'}>
              <Show
                when={editing() === ''}
                fallback={
                  <Button small disabled={!isHere()} onClick={() => setEditing('')}>
                    <Icon name="plus" />
                    Add a process
                  </Button>
                }
              >
                <DefinitionForm machine={props.machine} edits="full" definition={null} taken={ids()} onDone={done} />
              </Show>
            </Show>
          </>
        )}
      </Show>
      <Problem command={command} />
    </section>
  )
}

function idOf(definition: Definition): string {
  return String(definition.id ?? '')
}

function commandLine(definition: Definition): string {
  const args = Array.isArray(definition.args) ? definition.args.map(String) : []
  return [String(definition.command ?? ''), ...args].join(' ')
}
