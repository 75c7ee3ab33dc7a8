/**
 * A widget as its preview shows it: settings from the page around it, data made up, one second after the other; or always
 * the same second, for a picture of it.
 */
import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { isPreviewSettings, type PreviewReady } from '../../contracts/widget-preview.ts'
import { defaultSettings, type WidgetKind, widgetDefinitions } from '../../contracts/widgets.ts'
import type { ShownWidget } from './shown-widget.ts'

/** When a picture is taken, ms epoch: the same for every picture. */
const STILL_AT = Date.UTC(2027, 0, 1, 20)

interface PreviewWidget {
  shown: Accessor<ShownWidget>
  hubNow: () => number
}

/** Under the defaults until it is told others. `still`: the second that it stays at; null where it goes on. */
export function createPreviewWidget(kind: WidgetKind, still: number | null): PreviewWidget {
  const [held, setHeld] = createStore<{ settings: Record<string, unknown> }>({ settings: defaultSettings(kind) })
  const [second, setSecond] = createSignal(still ?? 0)
  if (still === null) {
    const timer = setInterval(() => setSecond((before) => before + 1), 1000)
    onCleanup(() => clearInterval(timer))
  }

  const onMessage = ({ source, origin, data }: MessageEvent) => {
    if (source !== parent || origin !== location.origin || !isPreviewSettings(data)) return
    setHeld('settings', reconcile(data.settings))
  }
  addEventListener('message', onMessage)
  onCleanup(() => removeEventListener('message', onMessage))
  if (parent !== window) parent.postMessage({ landale: 'preview-ready' } satisfies PreviewReady, location.origin)

  const began = still === null ? Date.now() : STILL_AT
  const simulated = createMemo(() =>
    // The catalogue ties the settings to the kind.
    widgetDefinitions[kind].simulate({
      settings: { ...held.settings } as never,
      second: second(),
      now: began + second() * 1000,
    }),
  )
  const [data, setData] = createStore<Record<string, unknown>>({})
  const followed = createMemo(() => {
    setData(reconcile(simulated() as Record<string, unknown>))
    return data
  })
  const shown: ShownWidget = {
    kind,
    get settings() {
      return held.settings
    },
    get data() {
      return followed()
    },
    theme: 'variety',
    accent: null,
  }
  return { shown: () => shown, hubNow: still === null ? Date.now : () => STILL_AT + still * 1000 }
}
