/** The table of the current show: which event shows what, where and how long. A rule counts as soon as it is saved. */
import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { type ContentLayer, type ContentType, contentLayers } from '../../../contracts/content.ts'
import { eventTypes } from '../../../contracts/events.ts'
import type { ContentRule, Show as ShowOf } from '../../../contracts/show.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { SoundChoice } from '../sounds/sound-choice.tsx'
import { contentTypeWords, layerWords } from './producer-words.ts'
import { conditionInWords, newRule, type RuleFields, ruleOf } from './rule-fields.ts'

export function ShowRules(props: { show: ShowOf; command: Commander }) {
  const [edited, setEdited] = createSignal<ContentRule | null>(null)
  let wasOpen = false
  const close = () => {
    wasOpen = true
    setEdited(null)
  }
  const save = async (rule: ContentRule) => {
    const saved = await props.command.run('show.rule.set', { show: props.show.id, rule })
    if (saved) close()
  }
  return (
    <section>
      <h3 class="producer-title">What events show in {props.show.name}</h3>
      <ul>
        <For each={props.show.rules}>
          {(rule) => (
            <li class="producer-row">
              <p class="producer-words">
                <b>{rule.event}</b> {conditionInWords(rule.when)}
                <span class="producer-note">
                  {contentTypeWords[rule.content.type]} · {layerWords[rule.layer]} · priority {rule.priority} ·{' '}
                  {rule.durationMs / 1000} s
                </span>
              </p>
              <Button
                tone="quiet"
                small
                aria-label={`Edit ${rule.id}`}
                onClick={() => setEdited(structuredClone(unwrap(rule)))}
              >
                Edit
              </Button>
              <Button
                tone="quiet"
                small
                aria-label={`Remove ${rule.id}`}
                onClick={() => void props.command.run('show.rule.remove', { show: props.show.id, rule: rule.id })}
              >
                <Icon name="cross" />
              </Button>
            </li>
          )}
        </For>
      </ul>
      {/* Another rule is another form: nothing half-typed goes over to it. */}
      <Show
        when={edited()}
        keyed
        fallback={
          <Button
            small
            ref={(button) => wasOpen && focusSoon(button)}
            onClick={() => setEdited(newRule(props.show.rules))}
          >
            Add a rule
          </Button>
        }
      >
        {(rule) => <RuleForm rule={rule} command={props.command} onSave={(next) => void save(next)} onCancel={close} />}
      </Show>
    </section>
  )
}

interface RuleFormProps {
  rule: ContentRule
  command: Commander
  onSave: (rule: ContentRule) => void
  onCancel: () => void
}

/** What the producer does itself can be no cause. */
const causes = eventTypes.filter((type) => !type.startsWith('producer.'))

const conditions = { always: 'Always', range: 'From … to', exact: 'Exactly' } as const

function RuleForm(props: RuleFormProps) {
  const types = createUniqueId()
  // A copy of the rule as it was: what another dashboard saves meanwhile does not overwrite typing.
  const { rule } = props
  const [kind, setKind] = createSignal(rule.when.kind)
  const [content, setContent] = createSignal<ContentType>(rule.content.type)
  const [volume, setVolume] = createSignal(Math.round(rule.volume * 100))
  const said = rule.content.type === 'message' ? rule.content : null
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as unknown as RuleFields
    props.onSave(ruleOf(rule, fields))
  }
  return (
    <form class="form producer-rule" onSubmit={submit}>
      <Text label="Event" name="event" value={rule.event} required list={types} hasFocus />
      <datalist id={types}>
        <For each={causes}>{(type) => <option value={type} />}</For>
      </datalist>
      <div class="form-pair">
        <Choice label="When" name="when" value={rule.when.kind} options={conditions} onChange={setKind} />
        <Show when={kind() !== 'always'}>
          <Text label="Field" name="field" required value={'field' in rule.when ? rule.when.field : ''} />
        </Show>
      </div>
      <Show when={kind() === 'range'}>
        <div class="form-pair">
          <Text label="From" name="min" type="number" value={numberOf(rule, 'min')} />
          <Text label="To" name="max" type="number" value={numberOf(rule, 'max')} />
        </div>
      </Show>
      <Show when={kind() === 'exact'}>
        <Text label="Value" name="value" required value={rule.when.kind === 'exact' ? String(rule.when.value) : ''} />
      </Show>
      <div class="form-pair">
        <Choice
          label="Shows"
          name="content"
          value={rule.content.type}
          options={contentTypeWords}
          onChange={setContent}
        />
        <Choice label="On" name="layer" value={rule.layer} options={layers} />
      </div>
      <Show when={content() === 'message'}>
        <div class="form-pair">
          <Text label="Title" name="title" value={said?.title ?? ''} />
          <Choice label="Weight" name="level" value={said?.level ?? 'info'} options={levels} />
        </div>
        <Text
          label="Message"
          name="message"
          required
          value={said?.message ?? ''}
          hint="Names in braces become what the event says: {user_name}."
        />
      </Show>
      <div class="form-pair">
        <Text label="Priority, 0 to 100" name="priority" type="number" required value={String(rule.priority)} />
        <Text label="Seconds" name="seconds" type="number" required value={String(rule.durationMs / 1000)} />
      </div>
      <div class="form-pair">
        <SoundChoice name="sound" value={rule.sound} volume={volume() / 100} command={props.command} />
        <Text
          label="Volume of the sound, %"
          name="volume"
          type="number"
          required
          value={String(volume())}
          onInput={(value) => setVolume(Math.min(100, Math.max(0, Number(value))))}
        />
      </div>
      <div class="form-row">
        <Button tone="primary" type="submit">
          Save the rule
        </Button>
        <Button onClick={props.onCancel}>Cancel</Button>
      </div>
    </form>
  )
}

const layers = Object.fromEntries(contentLayers.map((layer) => [layer, layerWords[layer]])) as Record<
  ContentLayer,
  string
>

function numberOf({ when }: ContentRule, end: 'min' | 'max'): string {
  return when.kind === 'range' ? String(when[end] ?? '') : ''
}

const levels = { info: 'News', warning: 'Warning', critical: 'Critical' } as const

interface TextProps {
  label: string
  name: keyof RuleFields
  value: string
  type?: 'number'
  required?: boolean
  list?: string
  hint?: string
  /** When it comes. */
  hasFocus?: boolean
  onInput?: (value: string) => void
}

function Text(props: TextProps) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <input
          {...ids}
          ref={(input) => props.hasFocus && focusSoon(input)}
          class="input"
          type={props.type ?? 'text'}
          step="any"
          name={props.name}
          required={props.required}
          list={props.list}
          value={props.value}
          onInput={(event) => props.onInput?.(event.currentTarget.value)}
        />
      )}
    />
  )
}

interface ChoiceProps<T extends string> {
  label: string
  name: keyof RuleFields
  value: T
  options: Record<T, string>
  onChange?: (value: T) => void
}

function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <Field
      label={props.label}
      control={(ids) => (
        <select
          {...ids}
          class="input"
          name={props.name}
          onChange={(event) => props.onChange?.(event.currentTarget.value as T)}
        >
          <For each={Object.entries(props.options) as [T, string][]}>
            {([value, name]) => (
              <option value={value} selected={value === props.value}>
                {name}
              </option>
            )}
          </For>
        </select>
      )}
    />
  )
}
