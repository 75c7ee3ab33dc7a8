/** The stack of an output, uppermost first: show and hide, order by buttons or by dragging, choose one to edit, add one. */
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js'
import type { Layer, Output } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { AddLayer } from './add-layer.tsx'
import type { LayerDraft } from './layer-draft.ts'
import { sourceName } from './layer-words.ts'
import { indexOfRow, rowAt } from './stack-order.ts'
import './layer-list.css'

interface LayerListProps {
  output: Output
  chosen: string | null
  draft: LayerDraft
  onChoose: (layer: string) => void
}

export function LayerList(props: LayerListProps) {
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [adding, setAdding] = createSignal(false)
  createEffect(
    on(
      () => props.output.id,
      () => setAdding(false),
      { defer: true },
    ),
  )
  let toggle: HTMLButtonElement | undefined
  const added = (layer: string) => {
    setAdding(false)
    props.onChoose(layer)
    toggle?.focus()
  }
  const topFirst = () => [...props.output.layers].reverse()
  return (
    <Panel
      title="Layers"
      area="layers"
      unavailable={unavailable()}
      command={command}
      actions={
        <Button
          ref={(button: HTMLButtonElement) => {
            toggle = button
          }}
          small
          aria-expanded={adding()}
          onClick={() => setAdding(!adding())}
        >
          <Icon name={adding() ? 'cross' : 'plus'} />
          {adding() ? 'Cancel' : 'Add a layer'}
        </Button>
      }
    >
      <Show when={adding()}>
        <AddLayer output={props.output.id} command={command} onAdded={added} />
      </Show>
      <Show
        when={props.output.layers.length > 0}
        fallback={
          <Show when={!adding()}>
            <EmptyState
              title="No layers, so nothing to see"
              action={<AddAlerts output={props.output.id} command={command} onAdded={added} />}
            >
              A layer is a page of ours, or any address, with a place on the canvas. The uppermost covers the others.
            </EmptyState>
          </Show>
        }
      >
        <Rows {...props} layers={topFirst()} command={command} />
      </Show>
    </Panel>
  )
}

function AddAlerts(props: { output: string; command: Commander; onAdded: (layer: string) => void }) {
  const add = async () => {
    const layer = { source: { kind: 'page', page: 'alerts' } } as const
    const result = await props.command.run('layer.add', { output: props.output, layer })
    if (result) props.onAdded(result.layer)
  }
  return (
    <Button tone="primary" busy={props.command.pending() === 'layer.add'} onClick={() => void add()}>
      Add the alerts
    </Button>
  )
}

function Rows(props: LayerListProps & { layers: Layer[]; command: Commander }) {
  const rows = new Map<string, HTMLElement>()
  const moveTo = (layer: string, row: number) =>
    void props.command.run('layer.move', {
      output: props.output.id,
      layer,
      index: indexOfRow(row, props.layers.length),
    })
  const order = createRowDrag({
    middles: () =>
      props.layers.map(({ id }) => {
        const bounds = rows.get(id)?.getBoundingClientRect()
        return bounds ? bounds.top + bounds.height / 2 : 0
      }),
    onDrop: (from, to) => {
      const layer = props.layers[from]
      if (layer && from !== to) moveTo(layer.id, to)
    },
  })
  return (
    <ol class="layers scroll" aria-label="Layers, uppermost first">
      <For each={props.layers}>
        {(layer, row) => (
          <LayerRow
            ref={(element) => rows.set(layer.id, element)}
            layer={layer}
            row={row()}
            last={row() === props.layers.length - 1}
            shown={props.draft.shown(layer)}
            output={props.output.id}
            chosen={props.chosen === layer.id}
            command={props.command}
            onChoose={() => props.onChoose(layer.id)}
            onMove={(to) => moveTo(layer.id, to)}
            onGrab={(event) => order.begin(event, row())}
            dropMark={order.markOf(row())}
          />
        )}
      </For>
    </ol>
  )
}

interface LayerRowProps {
  ref: (element: HTMLElement) => void
  layer: Layer
  shown: Layer
  row: number
  last: boolean
  output: string
  chosen: boolean
  command: Commander
  onChoose: () => void
  onMove: (row: number) => void
  onGrab: (event: PointerEvent) => void
  dropMark: 'above' | 'below' | 'held' | undefined
}

function LayerRow(props: LayerRowProps) {
  const { widgets } = useDashboard()
  const showOrHide = () =>
    void props.command.run('layer.update', {
      output: props.output,
      layer: props.layer.id,
      change: { visible: !props.layer.visible },
    })
  return (
    <li
      ref={props.ref}
      class="layer-row"
      data-chosen={props.chosen ? '' : undefined}
      data-hidden={props.layer.visible ? undefined : ''}
      data-drop={props.dropMark}
    >
      <span class="layer-grab" aria-hidden="true" title="Drag to order" onPointerDown={(event) => props.onGrab(event)}>
        <Icon name="grip" />
      </span>
      <button type="button" class="layer-choose" aria-pressed={props.chosen} onClick={() => props.onChoose()}>
        <span class="clip">{props.shown.name}</span>
        <span class="layer-source clip">{sourceName(props.layer.source, widgets()?.widgets ?? [])}</span>
      </button>
      <MoveButtons {...props} />
      <Button
        small
        class="layer-eye"
        aria-pressed={props.layer.visible}
        aria-label={`Show ${props.layer.name}`}
        onClick={showOrHide}
      >
        <Icon name={props.layer.visible ? 'eye' : 'eye-off'} />
        {props.layer.visible ? 'Shown' : 'Hidden'}
      </Button>
    </li>
  )
}

function MoveButtons(props: LayerRowProps) {
  let up: HTMLButtonElement | undefined
  let down: HTMLButtonElement | undefined
  let pressed: HTMLButtonElement | undefined
  const move = (event: MouseEvent & { currentTarget: HTMLButtonElement }, by: -1 | 1) => {
    pressed = event.currentTarget
    props.onMove(props.row + by)
  }
  /** A row that moves in the page loses the focus; at either end its button is disabled, and the other one takes it. */
  createEffect(
    on(
      () => props.row,
      () => {
        const wanted = pressed
        pressed = undefined
        queueMicrotask(() => {
          if (wanted && document.activeElement === document.body) (wanted.disabled ? other(wanted) : wanted)?.focus()
        })
      },
      { defer: true },
    ),
  )
  const other = (button: HTMLButtonElement) => (button === up ? down : up)
  return (
    <span class="layer-order">
      <Button
        ref={(button: HTMLButtonElement) => {
          up = button
        }}
        small
        tone="quiet"
        aria-label={`Move ${props.layer.name} up`}
        title="Move up"
        disabled={props.row === 0}
        onClick={(event) => move(event, -1)}
      >
        <Icon name="up" />
      </Button>
      <Button
        ref={(button: HTMLButtonElement) => {
          down = button
        }}
        small
        tone="quiet"
        aria-label={`Move ${props.layer.name} down`}
        title="Move down"
        disabled={props.last}
        onClick={(event) => move(event, 1)}
      >
        <Icon name="down" />
      </Button>
    </span>
  )
}

interface RowDragOptions {
  /** Of the rows as they lie now, screen px. */
  middles: () => number[]
  onDrop: (from: number, to: number) => void
}

/** Dragging a row by its grip. The rows stay where they are; a line says where it would come to lie. */
function createRowDrag({ middles, onDrop }: RowDragOptions) {
  const [drag, setDrag] = createSignal<{ from: number; to: number } | null>(null)
  let stop: (() => void) | undefined
  onCleanup(() => stop?.())

  function begin(event: PointerEvent, from: number): void {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return
    if (event.currentTarget.closest('fieldset')?.disabled) return
    event.preventDefault()
    stop?.()
    const { pointerId } = event
    const move = (moved: PointerEvent) => {
      if (moved.pointerId === pointerId) setDrag({ from, to: rowAt(moved.clientY, middles(), from) })
    }
    const drop = (up: PointerEvent) => {
      if (up.pointerId !== pointerId) return
      const done = drag()
      stop?.()
      if (done) onDrop(done.from, done.to)
    }
    const leave = (key: KeyboardEvent) => key.key === 'Escape' && stop?.()
    const listening = new AbortController()
    const { signal } = listening
    window.addEventListener('pointermove', move, { signal })
    window.addEventListener('pointerup', drop, { signal })
    window.addEventListener('pointercancel', () => stop?.(), { signal })
    window.addEventListener('keydown', leave, { signal })
    stop = () => {
      listening.abort()
      setDrag(null)
      stop = undefined
    }
  }

  function markOf(row: number): LayerRowProps['dropMark'] {
    const held = drag()
    if (!held) return undefined
    if (row === held.from) return 'held'
    if (row !== held.to) return undefined
    return held.to < held.from ? 'above' : 'below'
  }

  return { begin, markOf }
}
