import type { WidgetKind } from '../widgets.ts'

/** One widget that was added; its settings are those of its kind, complete and checked. */
export interface Widget {
  id: string
  kind: WidgetKind
  name: string
  settings: Record<string, unknown>
}

/** Settings under a name, to be put on any widget of the kind. */
export interface WidgetPreset {
  id: string
  kind: WidgetKind
  name: string
  settings: Record<string, unknown>
}

export interface WidgetsState {
  /** In the order they were added. */
  widgets: Widget[]
  presets: WidgetPreset[]
}
