/**
 * The design bench: the dashboard over a fake hub, in a state chosen by `?scene=`. For looking, never shipped: it is no
 * entry of the build. `node renderer/dev/serve.ts`.
 */
import '@fontsource-variable/inter/wght.css'
// Before the components: what a layout says of a token comes after the token itself.
import '../styles/tokens.css'
import '../styles/base.css'
import { render } from 'solid-js/web'
import { App } from '../app.tsx'
import { SignIn } from '../features/sign-in/sign-in.tsx'
import { DashboardProvider } from '../state/dashboard.tsx'
import { createFakeEventLog } from '../testing/fake-hub.ts'
import { sampleEvent, sampleEvents } from '../testing/sample-events.ts'
import { benchScene } from './bench-scenes.ts'

const HISTORY_EVENTS = 900
const CHAT_PERIOD_MS = 2500

const root = document.getElementById('root')
if (!root) throw new Error('dev/index.html has no element with the id "root"')
const scene = new URLSearchParams(location.search).get('scene') ?? 'live'
if (scene === 'sign-in') {
  render(() => <SignIn refused={false} onToken={() => undefined} />, root)
} else {
  const now = Date.now()
  const hub = benchScene(scene, now)
  const history = scene === 'empty' ? [] : sampleEvents(HISTORY_EVENTS, now)
  localStorage.setItem('landale.guide-seen', 'yes')
  let seq = HISTORY_EVENTS
  if (scene !== 'empty') setInterval(() => hub.says([sampleEvent(++seq, Date.now())]), CHAT_PERIOD_MS)
  render(
    () => (
      <DashboardProvider hub={hub} eventLog={createFakeEventLog(history)}>
        <App />
      </DashboardProvider>
    ),
    root,
  )
}
