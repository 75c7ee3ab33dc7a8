/** What each page is called, and which of them are at the thumb on a phone. */
import type { View } from '../../state/route.ts'

export const viewNames: Record<View, string> = {
  live: 'Live',
  studio: 'Studio',
  alerts: 'Alerts',
  show: 'Show',
  outputs: 'Outputs',
  widgets: 'Widgets',
  machines: 'Machines',
  simulator: 'Simulator',
  'set-up': 'Set-up',
  guide: 'Guide',
}

/** Needed during a broadcast. A phone has room for these and for the way to the rest. */
export const liveViews = ['live', 'studio', 'alerts', 'show'] as const satisfies readonly View[]

export const otherViews = [
  'outputs',
  'widgets',
  'machines',
  'simulator',
  'set-up',
  'guide',
] as const satisfies readonly View[]
