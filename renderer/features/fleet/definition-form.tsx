/** One definition as a form. Nothing changes on the machine until it is saved; the agent checks it and says what is wrong. */
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import type { FleetHardware, FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { Field, type FieldIds } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import {
  type Definition,
  type DefinitionField,
  definitionGroups,
  faultAtField,
  fieldOfFault,
  newDefinition,
  pairsOf,
  textOfPairs,
  valueAt,
  withValue,
} from './definition-fields.ts'

interface DefinitionFormProps {
  machine: FleetMachine
  edits: FleetHardware['edits']
  /** null: a new one. */
  definition: Definition | null
  /** Ids that are taken. */
  taken: readonly string[]
  onDone: (isSaved: boolean) => void
}

interface Fault {
  /** Of the field it belongs to; null when it belongs to none that is shown. */
  field: string | null
  words: string
}

export function DefinitionForm(props: DefinitionFormProps) {
  const { hub } = useDashboard()
  const [draft, setDraft] = createSignal<Definition>(structuredClone(props.definition ?? newDefinition()))
  const [fault, setFault] = createSignal<Fault | null>(null)
  const [isSaving, setSaving] = createSignal(false)
  const isNew = () => props.definition === null
  const isFixed = (field: DefinitionField) => props.edits !== 'full' && !field.isSafe
  const change = (path: string, value: unknown) => setDraft(withValue(draft(), path, value))
  const faultAt = (path: string) => (fault()?.field === path ? fault()?.words : undefined)
  const loose = () => {
    const held = fault()
    if (!held) return null
    const isShown = held.field !== null && (held.field === 'id' ? isNew() : isInSight(held.field))
    return isShown ? null : held.words
  }
  const isInSight = (path: string) =>
    definitionGroups.some(({ fields }) =>
      fields.some((field) => field.path === path && (field.when?.(draft()) ?? true)),
    )
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (isSaving()) return
    const id = String(draft().id ?? '')
    if (isNew() && props.taken.includes(id)) {
      setFault({ field: 'id', words: 'There is one of this id already.' })
      return
    }
    setSaving(true)
    setFault(null)
    const answer = await hub.command('agent.definitions.put', { machine: props.machine.name, definition: draft() })
    setSaving(false)
    if (answer.status === 'committed') props.onDone(true)
    else {
      const { message, path = '' } = answer.error
      const field = fieldOfFault(path)
      setFault({ field, words: field === null ? message : faultAtField(message, path) })
    }
  }
  const title = () => (isNew() ? 'A new process' : String(props.definition?.name ?? props.definition?.id ?? ''))
  return (
    <form class="form definition" aria-label={title()} onSubmit={(event) => void save(event)}>
      <Show when={loose()}>
        {(words) => (
          <p class="definition-fault" role="alert">
            {words()}
          </p>
        )}
      </Show>
      <Show when={isNew()}>
        <Field
          label="Id"
          hint="Letters, digits, dots and hyphens; it stays what it is."
          fault={faultAt('id')}
          control={(ids) => (
            <input
              {...ids}
              ref={focusSoon}
              class="input"
              data-small=""
              required
              maxlength={64}
              value={String(draft().id ?? '')}
              onInput={(event) => change('id', event.currentTarget.value.trim())}
            />
          )}
        />
      </Show>
      <For each={definitionGroups}>
        {(group) => (
          <fieldset class="definition-group">
            <legend>{group.title}</legend>
            <For each={group.fields}>
              {(field) => (
                <Show when={field.when?.(draft()) ?? true}>
                  <FieldOf
                    field={field}
                    value={valueAt(draft(), field.path)}
                    isFixed={isFixed(field)}
                    fault={faultAt(field.path)}
                    onChange={(value) => change(field.path, value)}
                  />
                </Show>
              )}
            </For>
          </fieldset>
        )}
      </For>
      <div class="form-row definition-end">
        <Button tone="primary" type="submit" busy={isSaving()}>
          {isSaving() ? 'Saving…' : isNew() ? `Add to ${props.machine.name}` : 'Save'}
        </Button>
        <Button onClick={() => props.onDone(false)}>Cancel</Button>
        <Show when={props.edits === 'safe'}>
          <p class="muted">Greyed: what is run. This machine allows changing only how.</p>
        </Show>
      </div>
    </form>
  )
}

interface FieldOfProps {
  field: DefinitionField
  value: unknown
  isFixed: boolean
  fault: string | undefined
  onChange: (value: unknown) => void
}

function FieldOf(props: FieldOfProps) {
  return (
    <Switch fallback={<Labelled {...props} />}>
      <Match when={props.field.kind === 'check'}>
        <div class="definition-check">
          <label class="check">
            <input
              type="checkbox"
              checked={props.value === true}
              disabled={props.isFixed}
              onChange={(event) => props.onChange(event.currentTarget.checked)}
            />
            {props.field.label}
          </label>
          <Show when={props.fault}>
            <p class="field-hint" data-fault="">
              {props.fault}
            </p>
          </Show>
        </div>
      </Match>
    </Switch>
  )
}

function Labelled(props: FieldOfProps) {
  return (
    <Field
      label={props.field.label}
      hint={props.field.hint}
      fault={props.fault}
      control={(ids) => <Control {...props} ids={ids} />}
    />
  )
}

function Control(props: FieldOfProps & { ids: FieldIds }) {
  const { field } = props
  switch (field.kind) {
    case 'number':
      return (
        <input
          {...props.ids}
          class="input"
          data-small=""
          type="number"
          min={field.min}
          max={field.max}
          step="any"
          placeholder="As usual"
          disabled={props.isFixed}
          value={typeof props.value === 'number' ? props.value / field.per : ''}
          onChange={({ currentTarget: { valueAsNumber } }) =>
            props.onChange(Number.isNaN(valueAsNumber) ? undefined : Math.round(valueAsNumber * field.per))
          }
        />
      )
    case 'choice':
      return (
        <Choice
          {...props}
          options={field.options}
          value={String(props.value ?? '')}
          onChange={(value) => props.onChange(value)}
        />
      )
    case 'part':
      return (
        <Choice
          {...props}
          options={field.options}
          value={String(valueAt({ part: props.value }, `part.${field.tag}`) ?? '')}
          onChange={(value) => props.onChange(value === '' ? undefined : field.made[value])}
        />
      )
    case 'lines':
      return (
        <Lines
          {...props}
          text={listOf(props.value).join('\n')}
          onText={(text) => props.onChange(text === '' ? [] : text.split('\n'))}
        />
      )
    case 'pairs':
      return <Lines {...props} text={textOfPairs(props.value)} onText={(text) => props.onChange(pairsOf(text))} />
    case 'words':
      return (
        <OneLine
          {...props}
          text={listOf(props.value).join(', ')}
          onText={(text) => props.onChange(text.split(/[\s,]+/).filter((word) => word !== ''))}
        />
      )
    default:
      return (
        <OneLine
          {...props}
          text={String(props.value ?? '')}
          // An optional one that is empty is left out.
          onText={(text) => props.onChange(text === '' && field.path === 'cwd' ? undefined : text)}
        />
      )
  }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

interface TextProps {
  ids: FieldIds
  isFixed: boolean
  text: string
  onText: (text: string) => void
}

function OneLine(props: TextProps) {
  return (
    <input
      {...props.ids}
      class="input"
      data-small=""
      disabled={props.isFixed}
      value={props.text}
      onChange={(event) => props.onText(event.currentTarget.value)}
    />
  )
}

function Lines(props: TextProps) {
  return (
    <textarea
      {...props.ids}
      class="input"
      rows={2}
      disabled={props.isFixed}
      value={props.text}
      onChange={(event) => props.onText(event.currentTarget.value)}
    />
  )
}

interface ChoiceProps {
  ids: FieldIds
  isFixed: boolean
  options: Record<string, string>
  value: string
  onChange: (value: string) => void
}

function Choice(props: ChoiceProps) {
  return (
    <select
      {...props.ids}
      class="input"
      data-small=""
      disabled={props.isFixed}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <For each={Object.entries(props.options)}>
        {([value, label]) => (
          <option value={value} selected={value === props.value}>
            {label}
          </option>
        )}
      </For>
    </select>
  )
}
