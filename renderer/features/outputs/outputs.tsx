/**
 * The page on which outputs are made: their layers, how they look now, and who watches. Owns which output and which
 * layer are chosen; everything else is the hub's.
 */
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show, untrack } from 'solid-js'
import type { Layer, Output } from '../../../contracts/output.ts'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { createAddresses } from './create-addresses.ts'
import { createLayerDraft, type LayerDraft, type LayerPart, type SendChange } from './layer-draft.ts'
import { LayerForm } from './layer-form.tsx'
import { LayerList } from './layer-list.tsx'
import { ObsAddresses } from './obs-addresses.tsx'
import { NewOutput, OutputForm } from './output-form.tsx'
import { OutputList } from './output-list.tsx'
import { type Backdrop, Preview } from './preview.tsx'
import { rectWords, Sketch } from './sketch.tsx'
import { Watchers } from './watchers.tsx'
import './outputs.css'

/** `output`: its id in the address; one that is not known is the first. */
export function Outputs(props: { output: string }) {
  const { outputs } = useDashboard()
  const [adding, setAdding] = createSignal(false)
  const history = createCommand()
  const list = () => outputs()?.outputs ?? []
  const output = createMemo(() => list().find(({ id }) => id === props.output) ?? list()[0])
  const findLayer = (id: string) => output()?.layers.find((layer) => layer.id === id)
  const draft = createLayerDraft(findLayer)
  const takeBack = async (name: 'outputs.undo' | 'outputs.redo') => {
    await draft.settle()
    draft.forget()
    await history.run(name, {})
  }
  onUndoKeys((redo) => void takeBack(redo ? 'outputs.redo' : 'outputs.undo'))
  createEffect(
    on(
      () => props.output,
      () => setAdding(false),
      { defer: true },
    ),
  )
  const show = (id: string) => {
    setAdding(false)
    location.hash = `#outputs/${id}`
  }
  return (
    <div class="outputs scroll">
      <OutputList
        outputs={list()}
        chosen={output()?.id}
        command={history}
        adding={adding()}
        onAdd={() => setAdding(!adding())}
        onUndo={() => void takeBack('outputs.undo')}
        onRedo={() => void takeBack('outputs.redo')}
      />
      <Show when={!adding()} fallback={<AddPanel onAdded={show} onCancel={() => setAdding(false)} />}>
        <Show when={output()} fallback={<Waiting />}>
          {(known) => (
            // Another output is another page: nothing half-typed goes over to it.
            <Show when={known().id} keyed>
              {(_id) => <Editor output={known()} draft={draft} />}
            </Show>
          )}
        </Show>
      </Show>
    </div>
  )
}

function AddPanel(props: { onAdded: (output: string) => void; onCancel: () => void }) {
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="New output" area="new" unavailable={unavailable()} command={command}>
      <NewOutput command={command} onAdded={props.onAdded} onCancel={props.onCancel} />
    </Panel>
  )
}

function Waiting() {
  const unavailable = hubUnavailable()
  return <p class="muted outputs-waiting">{unavailable() ?? 'Waiting for the outputs'}…</p>
}

function Editor(props: { output: Output; draft: LayerDraft }) {
  const addresses = createAddresses(() => props.output.id)
  const [wanted, setWanted] = createSignal<string | null>(null)
  const chosen = createMemo(() => {
    const { layers } = props.output
    return layers.find(({ id }) => id === wanted()) ?? layers.at(-1)
  })
  return (
    <>
      <LayerList output={props.output} chosen={chosen()?.id ?? null} draft={props.draft} onChoose={setWanted} />
      <Canvas
        output={props.output}
        chosen={chosen()}
        draft={props.draft}
        previewUrl={addresses.now()?.previewUrl ?? null}
        onChoose={setWanted}
      />
      <Details output={props.output} layer={chosen()} draft={props.draft} />
      <ObsAddresses output={props.output} addresses={addresses} />
      <Watchers output={props.output} />
    </>
  )
}

/** Sends a change of a layer on behalf of one region, whose `command` then says what was wrong with it. */
function sender(output: string, command: Commander): SendChange {
  return async (layer: string, change: LayerPart) =>
    (await command.run('layer.update', { output, layer, change })) !== undefined
}

const backdrops = [
  { value: 'dark', label: 'Dark' },
  { value: 'bright', label: 'Bright' },
  { value: 'checker', label: 'Checkerboard' },
] as const

interface CanvasProps {
  output: Output
  chosen: Layer | undefined
  draft: LayerDraft
  previewUrl: string | null
  onChoose: (layer: string) => void
}

function Canvas(props: CanvasProps) {
  const { picture, online } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const send = sender(
    untrack(() => props.output.id),
    command,
  )
  const [backdrop, setBackdrop] = createSignal<Backdrop>('dark')
  const source = () => picture()?.sources.find(({ output }) => output === props.output.id)
  const hasLayers = () => props.output.layers.some(({ visible }) => visible)
  return (
    <Panel
      title="Canvas"
      area="canvas"
      unavailable={unavailable()}
      command={command}
      actions={<Segmented label="Background" value={backdrop()} options={backdrops} onChange={setBackdrop} />}
    >
      <Sketch
        output={props.output}
        chosen={props.chosen}
        draft={props.draft}
        send={send}
        disabled={unavailable() !== null}
        backdrop={backdrop()}
        onChoose={props.onChoose}
      >
        <Preview
          url={props.previewUrl}
          backdrop={backdrop()}
          wanted={online()}
          source={source()}
          hasLayers={hasLayers()}
        />
      </Sketch>
      <p class="canvas-numbers">
        <Show when={props.chosen} fallback={<span class="muted">No layer is chosen.</span>}>
          {(layer) => (
            <span>
              <b>{layer().name}</b> {rectWords(props.draft.shown(layer()).rect)}
            </span>
          )}
        </Show>
        <span class="canvas-keys muted">
          <kbd>Arrows</kbd> move · <kbd>Shift</kbd> by 10 px · <kbd>Ctrl</kbd> drags without snapping
        </span>
      </p>
    </Panel>
  )
}

const subjects = [
  { value: 'layer', label: 'Layer' },
  { value: 'output', label: 'Output' },
] as const

/** What can be set: of the chosen layer, or of the whole output. */
function Details(props: { output: Output; layer: Layer | undefined; draft: LayerDraft }) {
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [subject, setSubject] = createSignal<'layer' | 'output'>('layer')
  const send = sender(
    untrack(() => props.output.id),
    command,
  )
  return (
    <Panel
      title="Settings"
      area="details"
      unavailable={unavailable()}
      command={command}
      actions={<Segmented label="Settings of" value={subject()} options={subjects} onChange={setSubject} />}
    >
      <Show when={subject() === 'layer'} fallback={<OutputForm output={props.output} command={command} />}>
        <Show
          when={props.layer?.id}
          keyed
          fallback={<p class="muted">No layer yet. Its name, place and look are set here.</p>}
        >
          {(_id) => (
            <Show when={props.layer}>
              {(layer) => (
                <LayerForm output={props.output} layer={layer()} draft={props.draft} send={send} command={command} />
              )}
            </Show>
          )}
        </Show>
      </Show>
    </Panel>
  )
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) while the page is open, but in a field that has an undo of its own. */
function onUndoKeys(onKeys: (redo: boolean) => void): void {
  const listen = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase()
    if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return
    event.preventDefault()
    onKeys(key === 'y' || event.shiftKey)
  }
  onMount(() => document.addEventListener('keydown', listen))
  onCleanup(() => document.removeEventListener('keydown', listen))
}

const typedInto = 'textarea, select, input:not([type="range"], [type="checkbox"], [type="radio"])'

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches(typedInto) || target.isContentEditable)
}
