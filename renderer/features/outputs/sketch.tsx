/**
 * The output drawn small: a rectangle for each layer, to be dragged, resized by its edges and nudged by the arrow keys.
 * Owns the pointer; what a movement means is arithmetic (`sketch-maths.ts`), and when it is sent is the draft's business.
 */
import { createSignal, For, type JSX, onCleanup, Show } from 'solid-js'
import type { Rect } from '../../../base/pixels/rect.ts'
import type { Layer, Output } from '../../../contracts/output.ts'
import { type LayerDraft, REST_MS, type SendChange } from './layer-draft.ts'
import { signed, sizeWords } from './layer-words.ts'
import type { Backdrop } from './preview.tsx'
import { clicked, dragged, GRIPS, type Grip, held, LAST_CORNER, MOVE, nudged, type Point } from './sketch-maths.ts'
import './sketch.css'

/** Less than this is a click with an unsteady hand, screen px. */
const DRAG_PX = 4

/** Edges stick to the canvas's from this far, screen px. */
const SNAP_PX = 8

const FAR_STEP_PX = 10

interface SketchProps {
  output: Output
  chosen: Layer | undefined
  draft: LayerDraft
  send: SendChange
  disabled: boolean
  backdrop: Backdrop
  onChoose: (layer: string) => void
  /** What lies behind the rectangles. */
  children: JSX.Element
}

interface Drag {
  pointer: number
  layer: Layer
  grip: Grip
  /** In canvas px. */
  from: Point
  moved: boolean
}

export function Sketch(props: SketchProps) {
  let canvas: HTMLDivElement | undefined
  let drag: Drag | null = null
  const boxes = new Map<string, HTMLElement>()

  /** Canvas px to a screen px. */
  const scale = () => props.output.width / Math.max(1, canvas?.getBoundingClientRect().width ?? 1)
  const pointOf = (event: PointerEvent): Point => {
    const bounds = canvas?.getBoundingClientRect()
    return { x: (event.clientX - (bounds?.left ?? 0)) * scale(), y: (event.clientY - (bounds?.top ?? 0)) * scale() }
  }
  const layersAsShown = () => props.output.layers.map((layer) => props.draft.shown(layer))
  const choose = (layer: string) => {
    props.onChoose(layer)
    boxes.get(layer)?.focus({ preventScroll: true })
  }

  const begin = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button !== 0 || props.disabled || drag !== null) return
    const from = pointOf(event)
    const grip = gripOf(event.target)
    const layer = grip ? props.chosen : held(layersAsShown(), from, props.chosen?.id ?? null)
    if (!layer) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag = { pointer: event.pointerId, layer: props.draft.shown(layer), grip: grip ?? MOVE, from, moved: false }
  }
  const move = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return
    const at = pointOf(event)
    const by = { x: at.x - drag.from.x, y: at.y - drag.from.y }
    if (!drag.moved && Math.hypot(by.x, by.y) < DRAG_PX * scale()) return
    if (!drag.moved) {
      drag.moved = true
      choose(drag.layer.id)
      props.draft.hold()
    }
    const snapPx = event.ctrlKey || event.metaKey ? 0 : SNAP_PX * scale()
    const rect = dragged(drag.layer.rect, drag.grip, by, {
      canvas: props.output,
      snapPx,
      keepShape: event.shiftKey,
    })
    props.draft.change(drag.layer.id, { rect }, props.send)
  }
  const end = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return
    const { moved, from, grip } = drag
    drag = null
    if (moved) void props.draft.settle()
    else if (grip === MOVE) {
      const layer = clicked(layersAsShown(), from, props.chosen?.id ?? null)
      if (layer) choose(layer.id)
    }
  }
  const cancel = () => {
    if (drag?.moved) props.draft.forget()
    drag = null
  }
  onCleanup(cancel)

  const [said, say] = createRestingWords()
  const nudge = (event: KeyboardEvent, layer: Layer, grip: Grip) => {
    if (event.key === 'Escape' && drag) return cancel()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const shown = props.draft.shown(layer)
    const rect = nudged(shown.rect, grip, event.key, event.shiftKey ? FAR_STEP_PX : 1)
    if (!rect) return
    event.preventDefault()
    props.draft.change(layer.id, { rect }, props.send)
    say(`${shown.name}: ${rectWords(rect)}`)
  }

  return (
    <>
      <fieldset
        class="sketch-table"
        aria-label="Layers on the canvas"
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={cancel}
        // Else the browser would take the focus from the chosen layer.
        onMouseDown={(event) => event.preventDefault()}
      >
        <div
          ref={canvas}
          class="sketch"
          data-backdrop={props.backdrop}
          style={{ '--ratio': String(props.output.width / props.output.height) }}
        >
          {props.children}
          <For each={props.output.layers}>
            {(layer) => (
              <button
                type="button"
                ref={(box) => boxes.set(layer.id, box)}
                class="sketch-layer"
                data-hidden={props.draft.shown(layer).visible ? undefined : ''}
                style={placeOf(props.draft.shown(layer).rect, props.output)}
                tabindex={props.chosen?.id === layer.id ? 0 : -1}
                aria-pressed={props.chosen?.id === layer.id}
                aria-label={`${layer.name}, ${rectWords(props.draft.shown(layer).rect)}. Arrow keys move it.`}
                onClick={() => choose(layer.id)}
                onKeyDown={(event) => nudge(event, layer, MOVE)}
              >
                <span class="sketch-name clip">{layer.name}</span>
                <CropLines layer={props.draft.shown(layer)} />
              </button>
            )}
          </For>
          <Show when={props.chosen}>
            {(layer) => (
              <div class="sketch-chosen" style={placeOf(props.draft.shown(layer()).rect, props.output)}>
                <For each={GRIPS.filter((grip) => grip !== LAST_CORNER)}>
                  {(grip) => <span class="sketch-grip" data-x={grip.x} data-y={grip.y} />}
                </For>
                <button
                  type="button"
                  class="sketch-grip"
                  data-x={LAST_CORNER.x}
                  data-y={LAST_CORNER.y}
                  aria-label={`Resize ${layer().name} with the arrow keys`}
                  onKeyDown={(event) => nudge(event, layer(), LAST_CORNER)}
                />
              </div>
            )}
          </Show>
        </div>
      </fieldset>
      <p class="visually-hidden" role="status">
        {said()}
      </p>
    </>
  )
}

/** What is cut off is dashed away. */
function CropLines(props: { layer: Layer }) {
  const share = (cut: number, whole: number) => `${(100 * Math.min(cut, whole)) / whole}%`
  const cuts = () => Object.values(props.layer.crop).some((cut) => cut > 0)
  return (
    <Show when={cuts()}>
      <i
        class="sketch-crop"
        style={{
          top: share(props.layer.crop.top, props.layer.rect.height),
          right: share(props.layer.crop.right, props.layer.rect.width),
          bottom: share(props.layer.crop.bottom, props.layer.rect.height),
          left: share(props.layer.crop.left, props.layer.rect.width),
        }}
      />
    </Show>
  )
}

/** Words for whoever does not see the sketch, once the keys are at rest. */
function createRestingWords(): [() => string, (words: string) => void] {
  const [said, setSaid] = createSignal('')
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  return [
    said,
    (words) => {
      clearTimeout(timer)
      timer = setTimeout(() => setSaid(words), REST_MS)
    },
  ]
}

/** `x 0, y −12, 1920 × 1080`. */
export function rectWords(rect: Rect): string {
  return `x ${signed(rect.x)}, y ${signed(rect.y)}, ${sizeWords(rect)}`
}

function placeOf(rect: Rect, canvas: { width: number; height: number }): JSX.CSSProperties {
  return {
    left: `${(100 * rect.x) / canvas.width}%`,
    top: `${(100 * rect.y) / canvas.height}%`,
    width: `${(100 * rect.width) / canvas.width}%`,
    height: `${(100 * rect.height) / canvas.height}%`,
  }
}

function gripOf(target: EventTarget | null): Grip | undefined {
  const { x, y } = target instanceof HTMLElement && target.matches('.sketch-grip') ? target.dataset : {}
  return GRIPS.find((grip) => String(grip.x) === x && String(grip.y) === y)
}
