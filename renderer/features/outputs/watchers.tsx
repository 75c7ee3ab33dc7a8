/** Who watches an output, how well it gets there, and how its painting does. */
import { createSignal, For, type ParentProps, Show } from 'solid-js'
import type { Output } from '../../../contracts/output.ts'
import type { PictureSource, Watcher } from '../../../contracts/state/picture.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { byteRate, count, shortDuration, timeOfDay } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { agentName } from './agent-name.ts'
import { countWords, sourceWords } from './source-words.ts'
import './watchers.css'

export function Watchers(props: { output: Output }) {
  const { picture } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const source = () => picture()?.sources.find(({ output }) => output === props.output.id)
  const watchers = () => picture()?.watchers.filter(({ output }) => output === props.output.id) ?? []
  const restart = () => void command.run('picture.restart', { output: props.output.id })
  return (
    <Panel
      title="Watchers"
      area="watchers"
      unavailable={unavailable()}
      command={command}
      actions={
        <Button small busy={command.pending() === 'picture.restart'} disabled={!isAwake(source())} onClick={restart}>
          <Icon name="replay" />
          Start anew
        </Button>
      }
    >
      <Show when={picture()} fallback={<p class="muted">Waiting for the picture…</p>}>
        <LinkLine words={sourceWords(source())} />
        <Show when={source()}>{(known) => <Counts source={known()} />}</Show>
        <Show
          when={watchers().length > 0}
          fallback={
            <EmptyState title="Nobody watches">
              Put one of the addresses into OBS, or open it in a browser: it appears here within a second.
            </EmptyState>
          }
        >
          <WatcherTable watchers={watchers()} command={command} />
        </Show>
      </Show>
    </Panel>
  )
}

function isAwake(source: PictureSource | undefined): boolean {
  return source !== undefined && source.state !== 'off'
}

function Counts(props: { source: PictureSource }) {
  return (
    <dl class="picture-counts">
      <For each={countWords}>
        {({ key, label, meaning }) => (
          <div title={meaning}>
            <dt>{label}</dt>
            <dd>{count(props.source.counts[key])}</dd>
          </div>
        )}
      </For>
    </dl>
  )
}

const columns = ['Who', 'Way', 'Since', 'Shown', 'Behind', 'Rate', 'Sound'] as const

function WatcherTable(props: { watchers: Watcher[]; command: Commander }) {
  return (
    <table class="watchers">
      <caption class="visually-hidden">Watchers</caption>
      <thead>
        <tr>
          <For each={columns}>{(column) => <th scope="col">{column}</th>}</For>
          <th scope="col">
            <span class="visually-hidden">What to do</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.watchers}>{(watcher) => <WatcherRow watcher={watcher} command={props.command} />}</For>
      </tbody>
    </table>
  )
}

function WatcherRow(props: { watcher: Watcher; command: Commander }) {
  const { now } = useDashboard()
  const [asking, setAsking] = createSignal(false)
  const name = () => agentName(props.watcher.agent)
  const args = () => ({ watcher: props.watcher.id })
  const way = () => wayOf(props.watcher)
  const own = (value: number | null, words: (value: number) => string) => (value === null ? '—' : words(value))
  return (
    <tr>
      <Cell label="Who" title={props.watcher.agent ?? undefined}>
        <b>{name()}</b> <span class="muted">{props.watcher.address}</span>
      </Cell>
      <Cell label="Way" title={wayWords[way()]}>
        {way()}
      </Cell>
      <Cell label="Since" title={timeOfDay(props.watcher.since)}>
        {shortDuration(now() - props.watcher.since)}
      </Cell>
      <Cell label="Shown">{own(props.watcher.framesShown, count)}</Cell>
      <Cell label="Behind" warn={(props.watcher.framesBehind ?? 0) > 2}>
        {own(props.watcher.framesBehind, count)}
      </Cell>
      <Cell label="Rate">{own(props.watcher.bytesPerSecond, byteRate)}</Cell>
      <Cell label="Sound">
        <Show when={props.watcher.sound} fallback={<span class="muted">Silent</span>}>
          <span class="watcher-sound">
            <Icon name="speaker" /> Plays
          </span>
        </Show>
      </Cell>
      <td class="watcher-actions">
        <Button
          small
          aria-label={`Refresh ${name()} at ${props.watcher.address}`}
          onClick={() => void props.command.run('watcher.refresh', args())}
        >
          Refresh
        </Button>
        <Button
          small
          tone="danger"
          aria-label={`Drop ${name()} at ${props.watcher.address}`}
          onClick={() => setAsking(true)}
        >
          Drop
        </Button>
        <ConfirmDialog
          open={asking()}
          title={`Drop ${name()}?`}
          body="It shows nothing, and stays away until its source is refreshed in OBS or its page loaded anew."
          confirm="Drop it"
          onClose={() => setAsking(false)}
          onConfirm={() => void props.command.run('watcher.drop', args())}
        />
      </td>
    </tr>
  )
}

const wayWords = {
  Picture: 'Shown the picture (/live)',
  Overlay: 'Draws by itself (/overlay)',
  Preview: 'A small preview, e.g. the canvas of this page',
} as const

/** A preview says nothing back, so nobody knows how far it is behind. */
function wayOf({ way, framesBehind }: Watcher): keyof typeof wayWords {
  if (way === 'overlay') return 'Overlay'
  return framesBehind === null ? 'Preview' : 'Picture'
}

function Cell(props: ParentProps<{ label: string; title?: string | undefined; warn?: boolean }>) {
  return (
    <td data-label={props.label} data-warn={props.warn ? '' : undefined} title={props.title}>
      {props.children}
    </td>
  )
}
