/** Everything about the chosen layer, in fields. The same numbers as in the sketch, in both directions. */
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { BuiltInPage, Layer, LayerSource, Output } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { NoWidgets, sourceKinds } from './add-layer.tsx'
import type { LayerDraft, LayerPart, SendChange } from './layer-draft.ts'
import { blendWords, pageWords } from './layer-words.ts'
import { MAX_SIDE_PX } from './sketch-maths.ts'
import './layer-form.css'

interface LayerFormProps {
  output: Output
  layer: Layer
  draft: LayerDraft
  send: SendChange
  command: Commander
}

export function LayerForm(props: LayerFormProps) {
  const shown = () => props.draft.shown(props.layer)
  const change = (change: LayerPart) => props.draft.change(props.layer.id, change, props.send)
  /** For what is typed: the field keeps it when the hub refuses, to be mended. Answers whether it was taken. */
  const submit = async (change: LayerPart) => {
    await props.draft.settle()
    return props.send(props.layer.id, change)
  }
  const remove = async () => {
    await props.draft.settle()
    await props.command.run('layer.remove', { output: props.output.id, layer: props.layer.id })
  }
  return (
    <div class="layer-form scroll">
      <Field
        label="Name"
        control={(ids) => (
          <input
            {...ids}
            class="input"
            data-small=""
            required
            maxlength="60"
            value={props.layer.name}
            onChange={(event) =>
              event.currentTarget.reportValidity() && void submit({ name: event.currentTarget.value })
            }
          />
        )}
      />
      <SourceFields layer={props.layer} submit={submit} />
      <RectFields layer={shown()} canvas={props.output} change={change} />
      <CropFields layer={shown()} change={change} />
      <LookFields layer={shown()} change={change} />
      <CssField
        layer={props.layer}
        submit={submit}
        field="css"
        label="CSS of the frame"
        hint="Declarations, e.g. border-radius: 24px."
        maxLength={2000}
      />
      <Show when={props.layer.source.kind !== 'url'}>
        <CssField
          layer={props.layer}
          submit={submit}
          field="pageCss"
          label="CSS of the page"
          hint="Rules, e.g. .canvas { filter: grayscale(1) }. A page from elsewhere can't be given any."
          maxLength={20_000}
        />
      </Show>
      <div class="form-row layer-remove">
        <Button
          tone="danger"
          small
          busy={props.command.pending() === 'layer.remove'}
          onClick={() => void remove()}
          aria-label={`Remove the layer ${props.layer.name}`}
        >
          <Icon name="cross" />
          Remove this layer
        </Button>
        <span class="muted">Undo brings it back.</span>
      </div>
    </div>
  )
}

interface PartProps {
  layer: Layer
  change: (change: LayerPart) => void
}

interface TypedProps {
  layer: Layer
  submit: (change: LayerPart) => Promise<boolean>
}

function SourceFields(props: TypedProps) {
  const { widgets } = useDashboard()
  /** Another kind is chosen, but what to show of it is not yet. */
  const [wanted, setWanted] = createSignal<LayerSource['kind'] | null>(null)
  const kind = () => wanted() ?? props.layer.source.kind
  const take = async (source: LayerSource) => {
    if (await props.submit({ source })) setWanted(null)
  }
  const page = () => (props.layer.source.kind === 'page' ? props.layer.source.page : '')
  const widget = () => (props.layer.source.kind === 'widget' ? props.layer.source.widget : '')
  const url = () => (props.layer.source.kind === 'url' ? props.layer.source.url : '')
  return (
    <Group title="Shows">
      <div>
        <Segmented label="What it shows" value={kind()} options={sourceKinds} onChange={setWanted} />
      </div>
      <Switch>
        <Match when={kind() === 'url'}>
          <input
            class="input"
            data-small=""
            type="url"
            required
            maxlength="2000"
            placeholder="https://"
            aria-label="Address"
            value={url()}
            onChange={(event) =>
              event.currentTarget.reportValidity() && void take({ kind: 'url', url: event.currentTarget.value.trim() })
            }
          />
        </Match>
        <Match when={kind() === 'widget'}>
          <Show when={widgets()?.widgets.length} fallback={<NoWidgets />}>
            <select
              class="input"
              data-small=""
              aria-label="Widget"
              onChange={(event) => void take({ kind: 'widget', widget: event.currentTarget.value })}
            >
              <Show when={!widgets()?.widgets.some(({ id }) => id === widget())}>
                <option value="" disabled selected>
                  Choose a widget…
                </option>
              </Show>
              <For each={widgets()?.widgets}>
                {({ id, name }) => (
                  <option value={id} selected={widget() === id}>
                    {name}
                  </option>
                )}
              </For>
            </select>
          </Show>
        </Match>
        <Match when={kind() === 'page'}>
          <select
            class="input"
            data-small=""
            aria-label="Page"
            onChange={(event) => void take({ kind: 'page', page: event.currentTarget.value as BuiltInPage })}
          >
            <Show when={page() === ''}>
              <option value="" disabled selected>
                Choose a page…
              </option>
            </Show>
            <For each={Object.entries(pageWords)}>
              {([id, words]) => (
                <option value={id} selected={page() === id}>
                  {words}
                </option>
              )}
            </For>
          </select>
        </Match>
      </Switch>
    </Group>
  )
}

const rectFields = [
  { key: 'x', label: 'X', min: -MAX_SIDE_PX },
  { key: 'y', label: 'Y', min: -MAX_SIDE_PX },
  { key: 'width', label: 'Width', min: 1 },
  { key: 'height', label: 'Height', min: 1 },
] as const

function RectFields(props: PartProps & { canvas: { width: number; height: number } }) {
  const fill = () => {
    const { width, height } = props.canvas
    props.change({ rect: { x: 0, y: 0, width, height }, crop: { top: 0, right: 0, bottom: 0, left: 0 } })
  }
  return (
    <Group
      title="Place, px"
      action={
        <Button small tone="quiet" onClick={fill}>
          Fill the canvas
        </Button>
      }
    >
      <div class="layer-numbers">
        <For each={rectFields}>
          {({ key, label, min }) => (
            <NumberField
              label={label}
              min={min}
              max={MAX_SIDE_PX}
              value={props.layer.rect[key]}
              onChange={(value) => props.change({ rect: { ...props.layer.rect, [key]: value } })}
            />
          )}
        </For>
      </div>
    </Group>
  )
}

const cropFields = [
  { key: 'top', label: 'Top' },
  { key: 'right', label: 'Right' },
  { key: 'bottom', label: 'Bottom' },
  { key: 'left', label: 'Left' },
] as const

function CropFields(props: PartProps) {
  return (
    <Group title="Cut off, px">
      <div class="layer-numbers">
        <For each={cropFields}>
          {({ key, label }) => (
            <NumberField
              label={label}
              min={0}
              max={MAX_SIDE_PX}
              value={props.layer.crop[key]}
              onChange={(value) => props.change({ crop: { ...props.layer.crop, [key]: value } })}
            />
          )}
        </For>
      </div>
    </Group>
  )
}

function LookFields(props: PartProps) {
  const percent = () => Math.round(props.layer.opacity * 100)
  return (
    <Group title="Look">
      <div class="layer-pair">
        <Field
          label={`Opacity, ${percent()} %`}
          control={(ids) => (
            <input
              {...ids}
              type="range"
              min="0"
              max="100"
              value={percent()}
              aria-valuetext={`${percent()} %`}
              onInput={(event) => props.change({ opacity: event.currentTarget.valueAsNumber / 100 })}
            />
          )}
        />
        <Field
          label="Blend"
          control={(ids) => (
            <select
              {...ids}
              class="input"
              data-small=""
              onChange={(event) => props.change({ blend: event.currentTarget.value as Layer['blend'] })}
            >
              <For each={Object.entries(blendWords)}>
                {([mode, words]) => (
                  <option value={mode} selected={props.layer.blend === mode}>
                    {words}
                  </option>
                )}
              </For>
            </select>
          )}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={props.layer.transparent}
          onChange={(event) => props.change({ transparent: event.currentTarget.checked })}
        />
        Transparent background
      </label>
    </Group>
  )
}

interface CssFieldProps extends TypedProps {
  field: 'css' | 'pageCss'
  label: string
  hint: string
  maxLength: number
}

function CssField(props: CssFieldProps) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <textarea
          {...ids}
          class="input layer-css"
          rows="2"
          maxlength={props.maxLength}
          spellcheck={false}
          value={props.layer[props.field]}
          onChange={(event) => void props.submit({ [props.field]: event.currentTarget.value })}
        />
      )}
    />
  )
}

function Group(props: { title: string; action?: JSX.Element; children: JSX.Element }) {
  return (
    <fieldset class="layer-group">
      <legend class="visually-hidden">{props.title}</legend>
      <div class="layer-group-head">
        <span class="layer-group-title" aria-hidden="true">
          {props.title}
        </span>
        {props.action}
      </div>
      {props.children}
    </fieldset>
  )
}
