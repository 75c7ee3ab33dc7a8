/** The outputs to choose from, what can be taken back, and the way to another output. */
import { For } from 'solid-js'
import type { Output } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { sizeWords } from './layer-words.ts'
import { sourceWords } from './source-words.ts'
import './output-list.css'

interface OutputListProps {
  outputs: Output[]
  chosen: string | undefined
  command: Commander
  adding: boolean
  onAdd: () => void
  onUndo: () => void
  onRedo: () => void
}

export function OutputList(props: OutputListProps) {
  const unavailable = hubUnavailable()
  return (
    <Panel title="Outputs" area="outputs" unavailable={unavailable()} command={props.command}>
      <div class="output-bar">
        <nav class="output-tabs" aria-label="Outputs">
          <For each={props.outputs}>
            {(output) => <OutputTab output={output} chosen={!props.adding && props.chosen === output.id} />}
          </For>
          <Button class="output-add" aria-pressed={props.adding} onClick={() => props.onAdd()}>
            <Icon name="plus" />
            Add an output
          </Button>
        </nav>
        <History {...props} />
      </div>
    </Panel>
  )
}

function OutputTab(props: { output: Output; chosen: boolean }) {
  const { picture } = useDashboard()
  const source = () => picture()?.sources.find(({ output }) => output === props.output.id)
  const watching = () => picture()?.watchers.filter(({ output }) => output === props.output.id).length ?? 0
  const watchingWords = () => (watching() === 0 ? 'nobody watches' : `${watching()} watching`)
  return (
    <a class="output-tab" href={`#outputs/${props.output.id}`} aria-current={props.chosen ? 'page' : undefined}>
      <StatusMark tone={sourceWords(source()).tone} />
      <span class="output-tab-name clip">{props.output.name}</span>
      <span class="output-tab-note clip">
        {sizeWords(props.output)}, {props.output.frameRate}/s · {watchingWords()}
      </span>
    </a>
  )
}

function History(props: OutputListProps) {
  const { outputs } = useDashboard()
  return (
    <fieldset class="output-history" aria-label="History">
      <HistoryButton icon="undo" word="Undo" keys="Ctrl+Z" step={outputs()?.undo ?? null} onClick={props.onUndo} />
      <HistoryButton
        icon="redo"
        word="Redo"
        keys="Ctrl+Shift+Z"
        step={outputs()?.redo ?? null}
        onClick={props.onRedo}
      />
    </fieldset>
  )
}

interface HistoryButtonProps {
  icon: IconName
  word: string
  keys: string
  /** In the hub's words; null where there is nothing. */
  step: string | null
  onClick: () => void
}

function HistoryButton(props: HistoryButtonProps) {
  const words = () => (props.step === null ? props.word : `${props.word}: ${asClause(props.step)}`)
  return (
    <Button
      disabled={props.step === null}
      title={`${words()} (${props.keys})`}
      aria-keyshortcuts={props.keys.replace('Ctrl', 'Control')}
      onClick={() => props.onClick()}
    >
      <Icon name={props.icon} />
      <span class="clip">{words()}</span>
    </Button>
  )
}

/** `Move layer “Alerts” up` within a sentence. */
function asClause(order: string): string {
  return order.charAt(0).toLowerCase() + order.slice(1)
}
