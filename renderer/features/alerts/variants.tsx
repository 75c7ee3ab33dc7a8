/** Exceptions from the rule of a type: some of its alerts look and sound another way. */
import { createUniqueId, For, Index, Show } from 'solid-js'
import { type AlertRule, type AlertType, type AlertVariant, MAX_ALERT_VARIANTS } from '../../../contracts/alert.ts'
import type { FieldCondition } from '../../../contracts/rule-condition.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { TextField } from '../../components/text-field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { LookFields } from './look-fields.tsx'
import { endOf, newVariant, variantFields, variantInWords, withKind } from './variant-draft.ts'

interface VariantsProps {
  type: AlertType
  rule: AlertRule
  command: Commander
  onChange: (variants: AlertVariant[]) => void
}

export function Variants(props: VariantsProps) {
  const variants = () => props.rule.variants
  const change = (index: number, part: Partial<AlertVariant>) =>
    props.onChange(variants().map((variant, at) => (at === index ? { ...variant, ...part } : variant)))
  return (
    <section class="variants">
      <h3 class="variants-title">Exceptions</h3>
      <Show when={variants().length === 0}>
        <p class="muted">For some of them another text, sound or length: large ones, a name, a reward.</p>
      </Show>
      <Index each={variants()}>
        {(variant, index) => (
          <details class="variant" open={index === variants().length - 1}>
            <summary>When {variantInWords(variant())}</summary>
            <div class="form">
              <ConditionFields
                fields={variantFields[props.type]}
                when={variant().when}
                onChange={(when) => change(index, { when })}
              />
              <LookFields look={variant()} command={props.command} onChange={(look) => change(index, look)} />
              <div class="form-row">
                <Button tone="quiet" small onClick={() => props.onChange(variants().filter((_, at) => at !== index))}>
                  <Icon name="cross" /> Leave this exception out
                </Button>
              </div>
            </div>
          </details>
        )}
      </Index>
      <Button
        small
        disabled={variants().length >= MAX_ALERT_VARIANTS}
        onClick={() => props.onChange([...variants(), newVariant(props.type, props.rule)])}
      >
        <Icon name="plus" /> Add an exception
      </Button>
    </section>
  )
}

interface ConditionProps {
  fields: readonly string[]
  when: FieldCondition
  onChange: (when: FieldCondition) => void
}

function ConditionFields(props: ConditionProps) {
  const names = createUniqueId()
  const range = () => (props.when.kind === 'range' ? props.when : null)
  const exact = () => (props.when.kind === 'exact' ? props.when : null)
  return (
    <>
      <div class="form-pair">
        <TextField
          label="Field of the event"
          maxLength={100}
          required
          list={names}
          value={props.when.field}
          onChange={(field) => props.onChange({ ...props.when, field })}
        />
        <datalist id={names}>
          <For each={props.fields}>{(field) => <option value={field} />}</For>
        </datalist>
        <Field
          label="Is"
          control={(ids) => (
            <select
              {...ids}
              class="input"
              onChange={(event) =>
                props.onChange(withKind(props.when, event.currentTarget.value as FieldCondition['kind']))
              }
            >
              <option value="range" selected={props.when.kind === 'range'}>
                from … to …
              </option>
              <option value="exact" selected={props.when.kind === 'exact'}>
                exactly
              </option>
            </select>
          )}
        />
      </div>
      <Show when={range()}>
        {(when) => (
          <div class="form-pair">
            <TextField
              label="From"
              hint="Empty: any"
              maxLength={20}
              value={String(when().min ?? '')}
              onChange={(text) => props.onChange({ ...when(), min: endOf(text) })}
            />
            <TextField
              label="To"
              hint="Empty: any"
              maxLength={20}
              value={String(when().max ?? '')}
              onChange={(text) => props.onChange({ ...when(), max: endOf(text) })}
            />
          </div>
        )}
      </Show>
      <Show when={exact()}>
        {(when) => (
          <TextField
            label="Value"
            maxLength={200}
            required
            value={String(when().value)}
            onChange={(value) => props.onChange({ ...when(), value })}
          />
        )}
      </Show>
    </>
  )
}
