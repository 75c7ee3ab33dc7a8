/**
 * Changes of a layer on their way: shown at once, sent when they come to rest. A drag of two hundred steps, or an arrow
 * key held down, is one command and so one step of undo. What the hub then says is what counts: a change that it refused
 * is gone from the screen again.
 */
import { createEffect, createSignal, onCleanup } from 'solid-js'
import type { Layer } from '../../../contracts/output.ts'

/** Longer than the pause between two presses of a key, short enough not to be waited for. */
export const REST_MS = 400

/** For so long a taken change is shown while the hub's own words for it are on their way. */
const CATCH_UP_MS = 1000

/** Some of a layer's fields. */
export type LayerPart = Partial<Omit<Layer, 'id'>>

/** Answers whether the hub took it. */
export type SendChange = (layer: string, change: LayerPart) => Promise<boolean>

export interface LayerDraft {
  /** The layer as it will be. */
  shown(layer: Layer): Layer
  /** Shows the change now; sends it by `send` at rest, together with what else was changed until then. */
  change(layer: string, change: LayerPart, send: SendChange): void
  /** Nothing is sent while it is held, e.g. by a pointer. */
  hold(): void
  /** Sends what waits, now. Resolves when the hub has answered everything. */
  settle(): Promise<void>
  /** Shows what the hub says, at once. */
  forget(): void
}

interface Unsent {
  layer: string
  change: LayerPart
  send: SendChange
}

/** `find`: the layer as the hub has it. Owned by the component that makes it; what waits is sent when that goes. */
export function createLayerDraft(find: (layer: string) => Layer | undefined): LayerDraft {
  const [local, setLocal] = createSignal<{ layer: string; change: LayerPart } | null>(null)
  let unsent: Unsent | null = null
  /** Counts the changes, to know whether an answer is about the newest. */
  let newest = 0
  let isHeld = false
  let rest: ReturnType<typeof setTimeout> | undefined
  let catchUp: ReturnType<typeof setTimeout> | undefined
  let sending: Promise<void> = Promise.resolve()

  function take(): Unsent | null {
    clearTimeout(rest)
    const taken = unsent
    unsent = null
    return taken
  }

  async function deliver({ layer, change, send }: Unsent, number: number): Promise<void> {
    const taken = await send(layer, change)
    if (number !== newest) return
    clearTimeout(catchUp)
    if (!taken || isSaid()) setLocal(null)
    else catchUp = setTimeout(() => setLocal(null), CATCH_UP_MS)
  }

  /** The hub says everything that is shown before its time. */
  function isSaid(): boolean {
    const ahead = local()
    const layer = ahead && find(ahead.layer)
    return ahead && layer ? agrees(layer, ahead.change) : false
  }

  function settle(): Promise<void> {
    isHeld = false
    const taken = take()
    const number = newest
    if (taken) sending = sending.then(() => deliver(taken, number))
    return sending
  }

  createEffect(() => {
    if (isSaid() && unsent === null) setLocal(null)
  })
  onCleanup(() => {
    void settle()
    clearTimeout(catchUp)
    // Whatever is answered from here on, nobody looks any more.
    newest += 1
  })

  return {
    shown(layer) {
      const held = local()
      return held?.layer === layer.id ? { ...layer, ...held.change } : layer
    },
    change(layer, change, send) {
      if (unsent !== null && unsent.layer !== layer) void settle()
      clearTimeout(catchUp)
      clearTimeout(rest)
      const before = local()
      newest += 1
      unsent = { layer, change: { ...unsent?.change, ...change }, send }
      setLocal({ layer, change: before?.layer === layer ? { ...before.change, ...change } : change })
      if (!isHeld) rest = setTimeout(() => void settle(), REST_MS)
    },
    hold() {
      isHeld = true
      clearTimeout(rest)
    },
    settle,
    forget() {
      clearTimeout(catchUp)
      newest += 1
      isHeld = false
      take()
      setLocal(null)
    },
  }
}

function agrees(layer: Layer, change: LayerPart): boolean {
  return Object.entries(change).every(([key, value]) => same(layer[key as keyof Layer], value))
}

/** Compares values of JSON; the order of an object's keys does not matter. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]))
  )
}
