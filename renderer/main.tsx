/** Starts the dashboard: finds the token, connects to the hub, shows the frame; or asks for a token. */
import '@fontsource-variable/inter/wght.css'
// Before the components: what a layout says of a token comes after the token itself.
import './styles/tokens.css'
import './styles/base.css'
import { createSignal, onCleanup, Show } from 'solid-js'
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { SignIn } from './features/sign-in/sign-in.tsx'
import { connectHub } from './state/connect-hub.ts'
import { findControlToken, forgetToken, rememberToken } from './state/control-token.ts'
import { DashboardProvider } from './state/dashboard.tsx'
import { createHttpEventLog } from './state/event-log.ts'

function Root(props: { found: string | null }) {
  const [token, setToken] = createSignal(props.found)
  const [refused, setRefused] = createSignal(false)
  const signIn = (pasted: string) => {
    rememberToken(sessionStorage, pasted)
    setRefused(false)
    setToken(pasted)
  }
  const signOut = () => {
    forgetToken(sessionStorage)
    setRefused(true)
    setToken(null)
  }
  return (
    <Show when={token()} keyed fallback={<SignIn refused={refused()} onToken={signIn} />}>
      {(held) => <Connected token={held} onRefused={signOut} />}
    </Show>
  )
}

function Connected(props: { token: string; onRefused: () => void }) {
  const { token } = props
  const hub = connectHub(location.origin, token)
  onCleanup(() => hub.dispose())
  hub.onLink((link) => link.status === 'refused' && props.onRefused())
  return (
    <DashboardProvider hub={hub} eventLog={createHttpEventLog(token)}>
      <App />
    </DashboardProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root"')
const found = await findControlToken({ bridge: window.landale, location, history, storage: sessionStorage })
render(() => <Root found={found} />, root)
