/**
 * A widget of any kind, with what it is given: its component once that is loaded, in its colours. Knows no hub. Nothing is
 * drawn of a widget that fails: viewers never see an error.
 */
import { type Component, createResource, ErrorBoundary, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { WidgetKind } from '../../contracts/widgets.ts'
import { accentStyle } from '../accent.ts'
import { reducesMotion } from '../reduced-motion.ts'
import type { ShownWidget } from './shown-widget.ts'
import { widgetComponents } from './widget-components.ts'
import type { WidgetProps } from './widget-props.ts'
import './widget.css'

export interface WidgetFrameProps {
  shown: ShownWidget
  hubNow: () => number
  onAnimating: (animating: boolean) => void
  /** Hears why nothing is drawn. */
  onDropped: (reason: string) => void
}

export function WidgetFrame(props: WidgetFrameProps) {
  const load = async (kind: WidgetKind) => {
    try {
      return (await widgetComponents[kind]()) as Component<WidgetProps<never>>
    } catch (error) {
      props.onDropped(`the widget "${kind}" could not be loaded: ${String(error)}`)
      return undefined
    }
  }
  const [component] = createResource(() => props.shown.kind, load)
  const failed = (error: unknown) => {
    props.onDropped(`the widget "${props.shown.kind}" failed: ${String(error)}`)
    props.onAnimating(false)
    return null
  }
  return (
    <div
      class="widget"
      data-kind={props.shown.kind}
      data-loaded={component() ? '' : undefined}
      data-show={props.shown.theme}
      style={accentStyle({ accent: (props.shown.settings.accent as string | null) ?? props.shown.accent })}
    >
      <ErrorBoundary fallback={failed}>
        <Show when={component()}>
          {(loaded) => (
            <Dynamic
              component={loaded()}
              // The catalogue ties settings and data to the kind; by its name alone the compiler can't.
              settings={props.shown.settings as never}
              data={props.shown.data as never}
              hubNow={props.hubNow}
              reducedMotion={reducesMotion()}
              onAnimating={props.onAnimating}
            />
          )}
        </Show>
      </ErrorBoundary>
    </div>
  )
}
