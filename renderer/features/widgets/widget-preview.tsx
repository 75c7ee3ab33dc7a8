/** A widget as viewers would see it, with made-up data, in a frame that has no token and asks the hub for nothing. */
import { createEffect, createSignal, onCleanup } from 'solid-js'
import { isPreviewReady, PREVIEW_PATH, type PreviewSettings } from '../../../contracts/widget-preview.ts'
import { type WidgetKind, widgetDefinitions } from '../../../contracts/widgets.ts'

interface WidgetPreviewProps {
  kind: WidgetKind
  /** Complete; without them the widget is as a new one. */
  settings?: Record<string, unknown> | undefined
  title: string
}

export function WidgetPreview(props: WidgetPreviewProps) {
  const [ready, setReady] = createSignal(0)
  let frame: HTMLIFrameElement | undefined
  const onMessage = ({ source, origin, data }: MessageEvent) => {
    // It says so anew whenever it was loaded anew.
    if (frame && source === frame.contentWindow && origin === location.origin && isPreviewReady(data)) {
      setReady((before) => before + 1)
    }
  }
  addEventListener('message', onMessage)
  onCleanup(() => removeEventListener('message', onMessage))
  createEffect(() => {
    if (ready() === 0 || !props.settings) return
    const message: PreviewSettings = { landale: 'preview-settings', settings: structuredClone({ ...props.settings }) }
    frame?.contentWindow?.postMessage(message, location.origin)
  })
  const size = () => widgetDefinitions[props.kind].size
  return (
    <iframe
      ref={frame}
      class="widget-preview"
      title={props.title}
      src={`${PREVIEW_PATH}${props.kind}`}
      tabindex="-1"
      loading="lazy"
      style={{ '--width': `${size().width}px`, '--ratio': size().width / size().height }}
    />
  )
}
