/** What every widget's component is given, on stream and in a preview alike. */
import type { WidgetData, WidgetKind, WidgetSettings } from '../../contracts/widgets.ts'

export interface WidgetProps<K extends WidgetKind> {
  /** Change while it is on stream: read them where they are used. */
  settings: WidgetSettings<K>
  /** Whole from the first moment: nothing is drawn before the hub has told all of it. */
  data: WidgetData<K>
  /** Hub time, ms epoch. */
  hubNow: () => number
  reducedMotion: boolean
  /** Says that pixels change by themselves from now on, or no longer. */
  onAnimating: (animating: boolean) => void
}
