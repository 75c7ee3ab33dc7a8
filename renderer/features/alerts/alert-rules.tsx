/** How each type of alert looks and sounds: a list of types, and the rule of the chosen one as a form. */
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { AlertRule, AlertType } from '../../../contracts/alert.ts'
import { Panel } from '../../components/panel.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { shortDuration } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { AlertSound } from './alert-sound.tsx'
import { alertTypeWords } from './alert-words.ts'
import { RuleForm } from './rule-form.tsx'
import './alert-rules.css'

export function AlertRules(props: { tabs?: JSX.Element }) {
  const { alerts } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [chosen, setChosen] = createSignal<AlertType>('follow')
  return (
    <Panel
      title="How alerts look"
      area="rules"
      unavailable={unavailable()}
      command={command}
      actions={
        <>
          <AlertSound command={command} />
          {props.tabs}
        </>
      }
    >
      <Show when={alerts()?.rules} fallback={<p class="muted">Waiting for the rules…</p>}>
        {(rules) => (
          <div class="rules">
            <RuleList rules={rules()} chosen={chosen()} onChoose={setChosen} />
            <div class="rule-edit scroll">
              <Show when={chosen()} keyed>
                {(type) => <RuleForm type={type} rule={rules()[type]} command={command} />}
              </Show>
            </div>
          </div>
        )}
      </Show>
    </Panel>
  )
}

interface RuleListProps {
  rules: Record<AlertType, AlertRule>
  chosen: AlertType
  onChoose: (type: AlertType) => void
}

function RuleList(props: RuleListProps) {
  const types = () => Object.keys(alertTypeWords) as AlertType[]
  return (
    <ul class="rule-list scroll">
      <For each={types()}>
        {(type) => (
          <li>
            <button
              type="button"
              class="rule-choice"
              aria-current={props.chosen === type ? 'true' : undefined}
              onClick={() => props.onChoose(type)}
            >
              <StatusMark tone={props.rules[type].enabled ? 'ok' : 'off'} />
              <span class="clip">{alertTypeWords[type]}</span>
              <span class="rule-fact">
                {props.rules[type].enabled ? shortDuration(props.rules[type].durationMs) : 'Off'}
              </span>
            </button>
          </li>
        )}
      </For>
    </ul>
  )
}
