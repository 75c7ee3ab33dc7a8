/**
 * The page of the omnibar: joins the producer's state and draws what stands on its layers. While the hub is away it keeps
 * what it has; it never shows an error, because viewers would see it.
 */
import '@fontsource-variable/inter/wght.css'
import { createSignal, onCleanup } from 'solid-js'
import { render } from 'solid-js/web'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { CANVAS_SIZE } from '../layer/canvas-size.ts'
import { sayDropped } from '../layer/say-dropped.ts'
import { linkToStage } from '../layer/stage-link.ts'
import { loadFonts } from '../load-fonts.ts'
import { OmnibarLayer } from './omnibar-layer.tsx'
import '../tokens.css'
import '../layer/layer.css'

const link = linkToStage()
const client = createHubClient({ url: location.origin, token: new URLSearchParams(location.search).get('token') })
const [state, setState] = createSignal<ProducerState>()
// Asked for at once; the fonts come meanwhile.
client.state('state:producer', setState)

function Omnibar(props: { canvas: HTMLElement }) {
  const fit = fitToWindow(props.canvas, () => CANVAS_SIZE)
  onCleanup(() => fit.dispose())
  return <OmnibarLayer state={state()} hubNow={client.hubNow} onAnimating={link.setAnimating} onDropped={sayDropped} />
}

const canvas = document.getElementById('omnibar')
if (canvas) void loadFonts().then(() => render(() => <Omnibar canvas={canvas} />, canvas))
