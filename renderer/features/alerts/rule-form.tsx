/** The rule of one type of alert as a form. Nothing changes on stream until "Save". */
import { createSignal, Show } from 'solid-js'
import type { AlertRule, AlertType } from '../../../contracts/alert.ts'
import { Button } from '../../components/button.tsx'
import { NumberField } from '../../components/number-field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { alertTypeWords, minimumWords } from './alert-words.ts'
import { LookFields } from './look-fields.tsx'
import { eventTypeFor } from './test-event.ts'
import { Variants } from './variants.tsx'

interface RuleFormProps {
  type: AlertType
  rule: AlertRule
  command: Commander
}

export function RuleForm(props: RuleFormProps) {
  // The form starts from the rule as it is now; what another dashboard saves meanwhile does not overwrite typing.
  const [draft, setDraft] = createSignal<AlertRule>({ ...props.rule })
  const [saved, setSaved] = createSignal(false)
  const change = (part: Partial<AlertRule>) => {
    setSaved(false)
    setDraft({ ...draft(), ...part })
  }
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const result = await props.command.run('alert.rule.set', { type: props.type, rule: draft() })
    setSaved(result !== undefined)
  }
  const test = () => void props.command.run('simulator.event', { type: eventTypeFor(props.type), payload: {} })
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <label class="check">
        <input
          type="checkbox"
          checked={draft().enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        Show an alert for this
      </label>
      <Show when={props.type === 'follow'}>
        <label class="check">
          <input
            type="checkbox"
            checked={draft().fold}
            onChange={(event) => change({ fold: event.currentTarget.checked })}
          />
          Make one alert of many within seconds
        </label>
      </Show>
      <LookFields look={draft()} command={props.command} onChange={change} />
      <Show when={minimumWords[props.type]}>
        {(unit) => (
          <div class="form-pair">
            <NumberField
              isTall
              label={`Least amount (${unit()})`}
              hint="0 shows them all."
              min={0}
              step={1}
              value={draft().minimum}
              onChange={(minimum) => change({ minimum })}
            />
          </div>
        )}
      </Show>
      <Variants
        type={props.type}
        rule={draft()}
        command={props.command}
        onChange={(variants) => change({ variants })}
      />
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'alert.rule.set'}>
          Save {alertTypeWords[props.type].toLowerCase()}
        </Button>
        <Button onClick={test}>Send a test</Button>
        <span class="muted" role="status">
          {saved() ? 'Saved. The next alert uses it.' : ''}
        </span>
      </div>
    </form>
  )
}
