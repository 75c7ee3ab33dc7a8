/**
 * Who is on screen: three layers over each other, foreground > midground > background, of which one at most has the stage.
 * A layer that comes in interrupts those under it; once it is gone, only the highest of them comes back. Pure: a state and
 * an event make the next state and the motions to begin. Knows no DOM, no clock and no content.
 *
 * The rules, which the model-based test holds:
 *  1. What is drawn (`content`) is there exactly while the layer is not `hidden`.
 *  2. One layer at most is `entering` or `active`, and all above it are `hidden`.
 *  3. A layer is `interrupted` only while one above it is not `hidden`.
 *  4. Content waits (`next`) only for the layer to be registered, for its own exit to end, or for one above it to go.
 *  5. A layer that is not registered is `hidden`.
 *  6. Of what waits in one layer only the latest is kept.
 */

/** Highest first. */
export const LAYER_NAMES = ['foreground', 'midground', 'background'] as const
export type LayerName = (typeof LAYER_NAMES)[number]

export type LayerPhase = 'hidden' | 'entering' | 'active' | 'interrupted' | 'exiting'

export interface LayerSlot<C> {
  /** Its element is on the page. */
  readonly registered: boolean
  readonly phase: LayerPhase
  /** What it draws; while it is exiting, what it drew last. */
  readonly content: C | null
  /** What it draws as soon as it may. */
  readonly next: C | null
}

export type LayerSlots<C> = Readonly<Record<LayerName, LayerSlot<C>>>

export type LayerEvent<C> =
  | { type: 'register'; layer: LayerName }
  /** Its element is gone, and with it what it drew and what waited. */
  | { type: 'unregister'; layer: LayerName }
  /** Shown over what the layer already shows, it takes its place without a motion of the layer. */
  | { type: 'show'; layer: LayerName; content: C }
  | { type: 'hide'; layer: LayerName }
  /** The motion `enter` has ended. */
  | { type: 'entered'; layer: LayerName }
  /** The motion `exit` has ended. */
  | { type: 'exited'; layer: LayerName }

/** `stop`: ends whatever moves, at once, and leaves the element as it was found. */
export type LayerMotionName = 'enter' | 'exit' | 'interrupt' | 'resume' | 'stop'

export interface LayerMotionOrder {
  readonly layer: LayerName
  readonly motion: LayerMotionName
}

export interface LayerStep<C> {
  readonly slots: LayerSlots<C>
  /** To be begun in this order, each in place of what its layer does now. */
  readonly motions: readonly LayerMotionOrder[]
}

const EMPTY = { registered: false, phase: 'hidden', content: null, next: null } as const

export function emptySlots<C>(): LayerSlots<C> {
  return { foreground: EMPTY, midground: EMPTY, background: EMPTY }
}

/** An event that means nothing in this state (a motion's end that comes too late, hiding what is hidden) changes nothing. */
export function stepLayers<C>(slots: LayerSlots<C>, event: LayerEvent<C>): LayerStep<C> {
  const draft: Draft<C> = { slots: { ...slots }, motions: [] }
  const { layer } = event
  const slot = slots[layer]
  switch (event.type) {
    case 'register':
      change(draft, layer, { registered: true })
      break
    case 'unregister':
      if (slot.phase !== 'hidden') draft.motions.push({ layer, motion: 'stop' })
      draft.slots[layer] = EMPTY
      break
    case 'show':
      if (isDrawn(slot)) change(draft, layer, { content: event.content })
      else change(draft, layer, { next: event.content })
      break
    case 'hide':
      change(draft, layer, { next: null })
      if (isDrawn(slot)) move(draft, layer, 'exiting', 'exit')
      break
    case 'entered':
      if (slot.phase === 'entering') change(draft, layer, { phase: 'active' })
      break
    case 'exited':
      if (slot.phase === 'exiting') change(draft, layer, { phase: 'hidden', content: null })
      break
  }
  giveTheStage(draft)
  return { slots: draft.slots, motions: draft.motions }
}

interface Draft<C> {
  slots: Record<LayerName, LayerSlot<C>>
  motions: LayerMotionOrder[]
}

/** The highest layer that has something to show comes in or back, unless it is there already or one above it still leaves. */
function giveTheStage<C>(draft: Draft<C>): void {
  for (const [index, layer] of LAYER_NAMES.entries()) {
    const slot = draft.slots[layer]
    if (slot.phase === 'hidden' && slot.registered && slot.next !== null) {
      for (const lower of LAYER_NAMES.slice(index + 1)) interrupt(draft, lower)
      change(draft, layer, { content: slot.next, next: null })
      move(draft, layer, 'entering', 'enter')
      return
    }
    if (slot.phase === 'interrupted') move(draft, layer, 'active', 'resume')
    if (slot.phase !== 'hidden') return
  }
}

function interrupt<C>(draft: Draft<C>, layer: LayerName): void {
  const { phase } = draft.slots[layer]
  if (phase === 'entering' || phase === 'active') move(draft, layer, 'interrupted', 'interrupt')
}

function isDrawn<C>({ phase }: LayerSlot<C>): boolean {
  return phase === 'entering' || phase === 'active' || phase === 'interrupted'
}

function move<C>(draft: Draft<C>, layer: LayerName, phase: LayerPhase, motion: LayerMotionName): void {
  change(draft, layer, { phase })
  draft.motions.push({ layer, motion })
}

function change<C>(draft: Draft<C>, layer: LayerName, fields: Partial<LayerSlot<C>>): void {
  draft.slots[layer] = { ...draft.slots[layer], ...fields }
}
