/**
 * A bench for looking at alerts: any alert at any moment of it over any frame, with the clock in the hand of whoever
 * looks. For pictures and for people; no part of the build. `window.bench` is its handle.
 */
import '@fontsource-variable/inter/wght.css'
import { createSignal, Show } from 'solid-js'
import { render } from 'solid-js/web'
import type { AlertsState, PlayingAlert } from '../../contracts/state/alerts.ts'
import { AlertLayer } from '../alerts/alert-layer.tsx'
import { drawFrame, type FrameName } from './frames.ts'
import '../tokens.css'
import '../layer/layer.css'

export interface Bench {
  ready: boolean
  /** Shows `alert` as it looks `offsetMs` into its run, over `frame`. */
  show(alert: PlayingAlert, offsetMs: number, frame: FrameName): void
}

declare global {
  var bench: Bench
}

const [state, setState] = createSignal<AlertsState>()
const [visible, setVisible] = createSignal(true)
const canvas = document.createElement('canvas')
canvas.width = 1920
canvas.height = 1080
canvas.className = 'canvas'
let now = 0

globalThis.bench = {
  ready: false,
  show(alert, offsetMs, frame) {
    drawFrame(canvas, frame)
    now = alert.startedAt + offsetMs - alert.elapsedMs
    setVisible(false)
    setState({
      paused: false,
      current: alert,
      interrupted: [],
      queue: [],
      waiting: 0,
      recent: [],
      sound: { muted: true, volume: 0 },
      // The layer never reads them.
      rules: {} as AlertsState['rules'],
    })
    setVisible(true)
  },
}

const root = document.getElementById('bench')
if (root) {
  document.body.prepend(canvas)
  render(
    () => (
      <div class="canvas">
        <Show when={visible()}>
          <AlertLayer state={state()} hubNow={() => now} />
        </Show>
      </div>
    ),
    root,
  )
  void Promise.allSettled([...document.fonts].map((face) => face.load())).then(() => {
    globalThis.bench.ready = true
  })
}
