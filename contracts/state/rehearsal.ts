/**
 * What stands on stream only while the demo plays: widgets, and the layers of `main` that show them. In memory alone, beside
 * the streamer's own, which it never touches; empty at all other times.
 */
import type { BuiltInPage, Layer } from '../output.ts'
import type { Widget } from './widgets.ts'

export interface RehearsedLayer {
  /** Its place is that on a canvas of 1920x1080; on another it is scaled. */
  layer: Layer
  /** It lies under the lowest layer that shows one of these; on top where there is none. */
  under: BuiltInPage[]
}

export interface RehearsalState {
  widgets: Widget[]
  /** Bottom first. */
  layers: RehearsedLayer[]
}

/** No widget of the streamer's has such an id: theirs are UUIDs. */
const REHEARSED_PREFIX = 'demo-'

/** The id of the demo's widget of a kind. */
export function rehearsedId(kind: string): string {
  return REHEARSED_PREFIX + kind
}

export function isRehearsed(widget: string): boolean {
  return widget.startsWith(REHEARSED_PREFIX)
}
