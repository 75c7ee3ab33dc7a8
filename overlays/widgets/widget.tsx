/**
 * The page of one widget, `/widget/<id>`: follows its settings and its data, so that a change is seen without a reload. Under
 * `/widget-preview/<kind>` it asks no hub: the settings come from the page around it, the data is simulated. While the hub is
 * away it keeps what it has; it never shows an error, because viewers would see it. `?second=12`: the preview stays there.
 */
import '@fontsource-variable/inter/wght.css'
import { type Accessor, createEffect, createRoot, onCleanup, Show } from 'solid-js'
import { render } from 'solid-js/web'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import { PREVIEW_PATH } from '../../contracts/widget-preview.ts'
import { isWidgetKind, widgetDefinitions } from '../../contracts/widgets.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { CANVAS_SIZE } from '../layer/canvas-size.ts'
import { sayDropped } from '../layer/say-dropped.ts'
import { linkToStage } from '../layer/stage-link.ts'
import { loadFonts } from '../load-fonts.ts'
import { createLiveWidget } from './live-widget.ts'
import { createPreviewWidget } from './preview-widget.ts'
import type { ShownWidget } from './shown-widget.ts'
import { WidgetFrame } from './widget-frame.tsx'
import '../tokens.css'
import '../layer/layer.css'

interface WidgetPageProps {
  canvas: HTMLElement
  shown: ShownWidget | undefined
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

function WidgetPage(props: WidgetPageProps) {
  const size = () => (props.shown ? widgetDefinitions[props.shown.kind].size : CANVAS_SIZE)
  // A layer or a browser source of another size shows the whole of it, scaled.
  const fit = fitToWindow(props.canvas, size)
  onCleanup(() => fit.dispose())
  createEffect(() => {
    props.canvas.style.width = `${size().width}px`
    props.canvas.style.height = `${size().height}px`
    fit.refit()
  })
  return (
    <Show when={props.shown}>
      {(shown) => (
        <WidgetFrame shown={shown()} hubNow={props.hubNow} onAnimating={props.onAnimating} onDropped={sayDropped} />
      )}
    </Show>
  )
}

interface Source {
  shown: Accessor<ShownWidget | undefined>
  hubNow: () => number
}

function openSource(): Source | undefined {
  const { pathname, origin, searchParams } = new URL(location.href)
  const name = decodeURIComponent(pathname.split('/').at(-1) ?? '')
  if (!pathname.startsWith(PREVIEW_PATH)) {
    const client = createHubClient({ url: origin, token: searchParams.get('token') })
    return { shown: createLiveWidget({ client, id: name, onDropped: sayDropped }), hubNow: client.hubNow }
  }
  if (isWidgetKind(name)) {
    const still = Number.parseInt(searchParams.get('second') ?? '', 10)
    return createPreviewWidget(name, Number.isNaN(still) ? null : still)
  }
  sayDropped(`there is no widget of the kind "${name}"`)
  return undefined
}

const canvas = document.getElementById('widget')
if (canvas) {
  const { setAnimating } = linkToStage()
  // Asked for at once; the fonts come meanwhile.
  const source = createRoot(openSource)
  void loadFonts().then(() =>
    render(
      () => (
        <WidgetPage
          canvas={canvas}
          shown={source?.shown()}
          hubNow={source?.hubNow ?? Date.now}
          onAnimating={setAnimating}
        />
      ),
      canvas,
    ),
  )
}
