/** What can be set for alerts: their rules, or the sounds that these can use. */
import { createSignal, Show } from 'solid-js'
import { Segmented } from '../../components/segmented.tsx'
import { Sounds } from '../sounds/sounds.tsx'
import { AlertRules } from './alert-rules.tsx'

type Part = 'rules' | 'sounds'

export function AlertSettings() {
  const [part, setPart] = createSignal<Part>('rules')
  const tabs = () => (
    <Segmented
      label="What to set"
      value={part()}
      onChange={setPart}
      options={[
        { value: 'rules', label: 'Alerts' },
        { value: 'sounds', label: 'Sounds' },
      ]}
    />
  )
  return (
    <Show when={part() === 'sounds'} fallback={<AlertRules tabs={tabs()} />}>
      <Sounds tabs={tabs()} />
    </Show>
  )
}
