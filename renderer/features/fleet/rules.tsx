/** What is done when something dies: rules that read as sentences, and a form that does too. */
import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { type FleetRule, type FleetTrigger, fleetTriggers } from '../../../contracts/fleet.ts'
import type { FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { machineOf, newRule, processOf, ruleInWords, triggerWords } from './rule-words.ts'

export function Rules() {
  const { fleet } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  /** The rule in the form. */
  const [draft, setDraft] = createSignal<FleetRule | null>(null)
  const machines = () => fleet()?.machines ?? []
  const rules = () => fleet()?.rules ?? []
  const isKnown = (id: string) => rules().some((rule) => rule.id === id)
  const save = async (rule: FleetRule) => {
    if (await command.run('agent.rule.set', { rule })) setDraft(null)
  }
  const form = () => (
    <RuleForm
      rule={draft() ?? newRule(machines())}
      machines={machines()}
      command={command}
      onChange={setDraft}
      onSave={(rule) => void save(rule)}
      onCancel={() => setDraft(null)}
    />
  )
  return (
    <Panel title="When something dies" area="rules" unavailable={unavailable()} command={command}>
      <div class="fleet-rules scroll">
        <ul>
          <For each={rules()}>
            {(rule) => (
              <li class="fleet-rule">
                <Show when={draft()?.id !== rule.id} fallback={form()}>
                  <label class="check fleet-rule-words" data-off={rule.enabled ? undefined : ''}>
                    <input
                      type="checkbox"
                      checked={rule.enabled}
                      onChange={(event) => void save({ ...plain(rule), enabled: event.currentTarget.checked })}
                    />
                    <span>{ruleInWords(rule, machines())}</span>
                  </label>
                  <Show when={!machineOf(rule, machines())}>
                    <p class="fleet-rule-note">No machine of this name is paired, so it waits for one.</p>
                  </Show>
                  <div class="fleet-rule-tools">
                    <Button small onClick={() => setDraft(plain(rule))}>
                      Change<span class="visually-hidden">: {ruleInWords(rule, machines())}</span>
                    </Button>
                    <Button small tone="quiet" onClick={() => void command.run('agent.rule.remove', { id: rule.id })}>
                      Remove<span class="visually-hidden">: {ruleInWords(rule, machines())}</span>
                    </Button>
                  </div>
                </Show>
              </li>
            )}
          </For>
        </ul>
        <Show when={rules().length === 0 && draft() === null}>
          <EmptyState title="No rules yet">
            For instance: when OBS on Demi ends by itself during a stream, restart it and cover the picture with “please
            stand by” until it is back.
          </EmptyState>
        </Show>
        <Show
          when={draft() !== null && !isKnown(draft()?.id ?? '')}
          fallback={
            <Button small disabled={machines().length === 0} onClick={() => setDraft(newRule(machines()))}>
              <Icon name="plus" />
              Add a rule
            </Button>
          }
        >
          {form()}
        </Show>
        <Show when={machines().length === 0 && rules().length === 0}>
          <p class="muted fleet-rule-hint">There is no machine yet that a rule could be for.</p>
        </Show>
      </div>
    </Panel>
  )
}

/** Apart from the store, in which nothing may be changed. */
function plain(rule: FleetRule): FleetRule {
  return structuredClone({ ...rule, cover: rule.cover && { ...rule.cover } })
}

interface RuleFormProps {
  rule: FleetRule
  machines: readonly FleetMachine[]
  command: Commander
  onChange: (rule: FleetRule) => void
  onSave: (rule: FleetRule) => void
  onCancel: () => void
}

const COVER_SECONDS = { least: 5, most: 600, usual: 180 }

function RuleForm(props: RuleFormProps) {
  const coverId = createUniqueId()
  const change = (part: Partial<FleetRule>) => props.onChange({ ...props.rule, ...part })
  const machine = () => machineOf(props.rule, props.machines)
  const process = () => processOf(props.rule, machine())
  const isLink = () => props.rule.trigger === 'unreachable'
  const cover = () => props.rule.cover
  const doesNothing = () => cover() === null && (isLink() || !props.rule.restart)
  return (
    <form
      class="fleet-rule-form"
      aria-label="Rule"
      onSubmit={(event) => {
        event.preventDefault()
        props.onSave(props.rule)
      }}
    >
      <p class="sentence">
        <span>When</span>
        <Show when={!isLink()}>
          <select
            ref={focusSoon}
            class="input"
            data-small=""
            aria-label="Process"
            onChange={(event) => change({ process: event.currentTarget.value || null })}
          >
            <option value="" selected={props.rule.process === null}>
              anything
            </option>
            <For each={machine()?.processes ?? []}>
              {(one) => (
                <option value={one.id} selected={one.id === process()?.id}>
                  {one.name}
                </option>
              )}
            </For>
            <Show when={props.rule.process !== null && !process()}>
              <option value={props.rule.process ?? ''} selected>
                {props.rule.process}
              </option>
            </Show>
          </select>
          <span>on</span>
        </Show>
        <select
          class="input"
          data-small=""
          aria-label="Machine"
          onChange={(event) => change({ machine: event.currentTarget.value, process: null })}
        >
          <For each={props.machines}>
            {(one) => (
              <option value={one.name} selected={one.id === machine()?.id}>
                {one.name}
              </option>
            )}
          </For>
          <Show when={!machine()}>
            <option value={props.rule.machine} selected>
              {props.rule.machine}
            </option>
          </Show>
        </select>
        <select
          class="input"
          data-small=""
          aria-label="What happens"
          onChange={(event) => {
            const trigger = event.currentTarget.value as FleetTrigger
            change(trigger === 'unreachable' ? { trigger, process: null } : { trigger })
          }}
        >
          <For each={fleetTriggers}>
            {(trigger) => (
              <option value={trigger} selected={trigger === props.rule.trigger}>
                {triggerWords[trigger]}
              </option>
            )}
          </For>
        </select>
        <Check label="during a stream" value={props.rule.onlyLive} onChange={(onlyLive) => change({ onlyLive })} />
      </p>
      <Show when={!isLink()}>
        <Check label="restart it" value={props.rule.restart} onChange={(restart) => change({ restart })} />
      </Show>
      <Check
        label="cover the picture until it is back"
        value={cover() !== null}
        onChange={(isCovered) =>
          change({ cover: isCovered ? { message: 'Please stand by', forMs: COVER_SECONDS.usual * 1000 } : null })
        }
      />
      <Show when={cover()}>
        {(shown) => (
          <p class="sentence sentence-cover">
            <label for={coverId}>with</label>
            <input
              id={coverId}
              class="input sentence-words"
              data-small=""
              required
              maxlength={300}
              value={shown().message}
              onInput={(event) => change({ cover: { ...shown(), message: event.currentTarget.value } })}
            />
            <label class="sentence-length">
              for
              <input
                class="input"
                data-small=""
                type="number"
                required
                aria-label="Seconds at most"
                min={COVER_SECONDS.least}
                max={COVER_SECONDS.most}
                value={Math.round(shown().forMs / 1000)}
                onInput={({ currentTarget: { valueAsNumber } }) => {
                  if (!Number.isNaN(valueAsNumber))
                    change({ cover: { ...shown(), forMs: Math.round(valueAsNumber * 1000) } })
                }}
              />
              seconds at most
            </label>
          </p>
        )}
      </Show>
      <Show when={doesNothing()}>
        <p class="muted">So far it would only be noted in the timeline.</p>
      </Show>
      <div class="form-row">
        <Button tone="primary" small type="submit" busy={props.command.pending() === 'agent.rule.set'}>
          Save the rule
        </Button>
        <Button small onClick={() => props.onCancel()}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function Check(props: { label: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={props.value} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      {props.label}
    </label>
  )
}
