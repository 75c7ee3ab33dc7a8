/** What layers are called. Pure. */
import type { BuiltInPage, Layer, LayerSource } from '../../../contracts/output.ts'

export const pageWords: Record<BuiltInPage, string> = {
  alerts: 'Alerts',
  omnibar: 'Omnibar',
  takeover: 'Takeover',
  ironmon: 'IronMON',
  coding: 'Coding',
  status: 'Status',
  'now-playing': 'Now playing',
  captions: 'Captions',
  'test-card': 'Test card',
}

export const blendWords: Record<Layer['blend'], string> = {
  normal: 'Normal',
  multiply: 'Multiply',
  screen: 'Screen',
  overlay: 'Overlay',
  darken: 'Darken',
  lighten: 'Lighten',
  difference: 'Difference',
}

/** `Test card, ours`, `Goals, widget`, `example.com/goal`. `widgets`: those there are. */
export function sourceName(source: LayerSource, widgets: readonly { id: string; name: string }[]): string {
  if (source.kind === 'page') return `${pageWords[source.page]}, ours`
  if (source.kind === 'widget') {
    const widget = widgets.find(({ id }) => id === source.widget)
    return widget ? `${widget.name}, widget` : 'A widget that was removed'
  }
  return source.url
    .replace(/^https?:\/\//i, '')
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '')
}

/** `1920 × 1080`, never broken. */
export function sizeWords({ width, height }: { width: number; height: number }): string {
  return `${width}\u00a0×\u00a0${height}`
}

/** `−12`: with the sign that is as wide as a digit. */
export function signed(value: number): string {
  return value < 0 ? `−${-value}` : String(value)
}

/** The output that is always there; the contract's own constant would bring its schemas along. */
export const MAIN_OUTPUT = 'main'
