/**
 * The page of the alert layer: joins the queue's state and shows what plays. While the hub is away it keeps what it has;
 * it never shows an error, because viewers would see it. Makes no sound: the hub has one page play it.
 */
import '@fontsource-variable/inter/wght.css'
import { createSignal, onCleanup } from 'solid-js'
import { render } from 'solid-js/web'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { CANVAS_SIZE } from '../layer/canvas-size.ts'
import { linkToStage } from '../layer/stage-link.ts'
import { loadFonts } from '../load-fonts.ts'
import { AlertLayer } from './alert-layer.tsx'
import '../tokens.css'
import '../layer/layer.css'

const link = linkToStage()
const client = createHubClient({ url: location.origin, token: new URLSearchParams(location.search).get('token') })
const [alerts, setAlerts] = createSignal<AlertsState>()
// Asked for at once; the fonts come meanwhile.
client.state('state:alerts', setAlerts)
const [producer, setProducer] = createSignal<ProducerState>()
client.state('state:producer', setProducer)

function Alerts(props: { canvas: HTMLElement }) {
  const fit = fitToWindow(props.canvas, () => CANVAS_SIZE)
  onCleanup(() => fit.dispose())
  return <AlertLayer state={alerts()} show={producer()?.show} hubNow={client.hubNow} onAnimating={link.setAnimating} />
}

const canvas = document.getElementById('alerts')
if (canvas) void loadFonts().then(() => render(() => <Alerts canvas={canvas} />, canvas))
