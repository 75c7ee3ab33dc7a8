/**
 * The page OBS shows: one output, its layers over each other, nothing behind them. Owns the link to the hub. While the hub
 * is away it keeps what it has; it never shows an error, because viewers would see it.
 */
import '@fontsource-variable/inter/wght.css'
import { createSignal, onCleanup } from 'solid-js'
import { render } from 'solid-js/web'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import { AlertLayer } from '../alerts/alert-layer.tsx'
import { createAlertSounds } from '../alerts/alert-sounds.ts'
import '../tokens.css'
import './stage.css'

const WIDTH_PX = 1920
const HEIGHT_PX = 1080
/** Local fonts are there sooner; without them an alert still comes on time, in the fall-back face. */
const FONTS_DEADLINE_MS = 300

function Stage() {
  const [alerts, setAlerts] = createSignal<AlertsState>()
  const client = createHubClient({ url: location.origin, token: new URLSearchParams(location.search).get('token') })
  const following = client.state('state:alerts', setAlerts)
  const sounds = createAlertSounds()
  onCleanup(() => {
    following.dispose()
    client.dispose()
    sounds.dispose()
  })
  return (
    <div class="stage" ref={fitToWindow}>
      <AlertLayer state={alerts()} hubNow={client.hubNow} sounds={sounds} />
    </div>
  )
}

/** OBS gives the page its canvas; in an ordinary browser window it is made to fit. */
function fitToWindow(stage: HTMLElement): void {
  const rescale = () => {
    const scale = Math.min(innerWidth / WIDTH_PX, innerHeight / HEIGHT_PX)
    stage.style.transform = scale === 1 ? '' : `scale(${scale})`
  }
  addEventListener('resize', rescale)
  onCleanup(() => removeEventListener('resize', rescale))
  rescale()
}

/** All of them, the Cyrillic and Vietnamese parts too: a name must not change its face while it is on screen. */
async function loadFonts(): Promise<void> {
  const loading = Promise.allSettled([...document.fonts].map((face) => face.load()))
  await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, FONTS_DEADLINE_MS))])
}

const root = document.getElementById('stage')
if (root) void loadFonts().then(() => render(() => <Stage />, root))
