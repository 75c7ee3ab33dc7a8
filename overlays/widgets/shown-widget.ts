/** A widget as a page draws it: what changes in it is followed by itself. */
import type { ShowTheme } from '../../contracts/show.ts'
import type { WidgetKind } from '../../contracts/widgets.ts'

export interface ShownWidget {
  readonly kind: WidgetKind
  /** Complete and checked. */
  readonly settings: Record<string, unknown>
  /** Whole: each of the kind's data is known. */
  readonly data: Record<string, unknown>
  /** Undefined until it is known. */
  readonly theme: ShowTheme | undefined
  /** Of the show, where it has one of its own. */
  readonly accent: string | null
}
