/** The frame: what is live on top, the pages below, the way between them. */
import {
  type Accessor,
  createEffect,
  createSignal,
  For,
  type JSX,
  lazy,
  Match,
  on,
  Show,
  Suspense,
  Switch,
} from 'solid-js'
import { Button } from './components/button.tsx'
import { AlertQueue } from './features/alerts/alert-queue.tsx'
import { AlertSettings } from './features/alerts/alert-settings.tsx'
import { AudioPanel } from './features/audio/audio-panel.tsx'
import { Guide } from './features/guide/guide.tsx'
import { Ironmon } from './features/ironmon/ironmon.tsx'
import { Keys } from './features/keys/keys.tsx'
import { Modules } from './features/modules/modules.tsx'
import { Navigation } from './features/navigation/navigation.tsx'
import { viewNames } from './features/navigation/view-names.ts'
import { ObsSetup } from './features/obs-setup/obs-setup.tsx'
import { OutputPanel } from './features/output/output-panel.tsx'
import { Outputs } from './features/outputs/outputs.tsx'
import { ByHand, Producer } from './features/producer/producer.tsx'
import { ScenePanel } from './features/scenes/scene-panel.tsx'
import { SimulatorPanel } from './features/simulator/simulator-panel.tsx'
import { Notices } from './features/status/notices.tsx'
import { StatusBar } from './features/status/status-bar.tsx'
import { Studio } from './features/studio/studio.tsx'
import { Timeline } from './features/timeline/timeline.tsx'
import { Tokens } from './features/tokens/tokens.tsx'
import { TwitchSetup } from './features/twitch-setup/twitch-setup.tsx'
import { useDashboard } from './state/dashboard.tsx'
import { createRoute, type Route, type SetupSection, type View } from './state/route.ts'
import './app.css'

/** It brings the schemas of every kind along, which no other page needs. */
const Widgets = lazy(async () => ({ default: (await import('./features/widgets/widgets.tsx')).Widgets }))

/** It brings the log and the forms of definitions along. */
const Machines = lazy(async () => ({ default: (await import('./features/fleet/machines.tsx')).Machines }))

const GUIDE_SEEN_KEY = 'landale.guide-seen'

export function App() {
  const route = createRoute()
  const { online } = useDashboard()
  const view = createView(route)
  createEffect(() => {
    document.title = view() === 'live' ? 'Landale' : `${viewNames[view()]} · Landale`
  })
  const leaveGuide = () => {
    localStorage.setItem(GUIDE_SEEN_KEY, 'yes')
    location.hash = '#live'
  }
  return (
    <div class="app" data-view={view()} data-stale={online() ? undefined : ''}>
      <Button class="skip-link" tone="primary" onClick={focusMain}>
        Skip to the controls
      </Button>
      <header class="top">
        <StatusBar />
        <Navigation view={view()} />
        <Notices />
      </header>
      <main id="main" class="main" tabindex="-1" aria-label={viewNames[view()]}>
        <Show when={view() !== 'guide'}>
          <h1 class="visually-hidden">{viewNames[view()]}</h1>
        </Show>
        <Switch>
          <Match when={view() === 'live'}>
            <Live />
          </Match>
          <Match when={view() === 'studio'}>
            <Studio />
          </Match>
          <Match when={view() === 'alerts'}>
            <div class="pair">
              <AlertSettings />
              <AlertQueue />
            </div>
          </Match>
          <Match when={view() === 'show'}>
            <div class="pair">
              <Producer />
              <ByHand />
            </div>
          </Match>
          <Match when={view() === 'outputs'}>
            <Outputs output={route().output} />
          </Match>
          <Match when={view() === 'widgets'}>
            <Suspense fallback={<p class="muted page-loading">Loading the widgets…</p>}>
              <Widgets widget={route().widget} />
            </Suspense>
          </Match>
          <Match when={view() === 'machines'}>
            <Suspense fallback={<p class="muted page-loading">Loading the machines…</p>}>
              <Machines machine={route().machine} process={route().process} />
            </Suspense>
          </Match>
          <Match when={view() === 'simulator'}>
            <div class="pair">
              <SimulatorPanel />
              <Timeline />
            </div>
          </Match>
          <Match when={view() === 'set-up'}>
            <SetUp section={route().section} />
          </Match>
          <Match when={view() === 'guide'}>
            <Guide onDone={leaveGuide} />
          </Match>
        </Switch>
      </main>
    </div>
  )
}

/** A button, because a fragment link would change the page shown. */
function focusMain(): void {
  document.getElementById('main')?.focus()
}

/**
 * What is shown: the page of the address; or, where the address names none, on the very first visit and while OBS was
 * never seen, the guide.
 */
function createView(route: Accessor<Route>): Accessor<View> {
  const { obs } = useDashboard()
  const [guided, setGuided] = createSignal(false)
  const connection = () => obs()?.connection.status
  createEffect(
    on(connection, (status) => {
      if (status === undefined || status === 'connecting' || localStorage.getItem(GUIDE_SEEN_KEY) !== null) return
      localStorage.setItem(GUIDE_SEEN_KEY, 'yes')
      if (status !== 'connected' && location.hash === '') setGuided(true)
    }),
  )
  createEffect(on(route, () => setGuided(false), { defer: true }))
  return () => (guided() ? 'guide' : route().view)
}

function Live() {
  return (
    <div class="live">
      <ScenePanel hasTake />
      <OutputPanel />
      <AudioPanel />
      <AlertQueue />
      <Timeline />
    </div>
  )
}

const setupNames: Record<SetupSection, string> = {
  obs: 'OBS',
  twitch: 'Twitch',
  ironmon: 'IronMON',
  keys: 'Keys',
  tokens: 'Tokens',
  modules: 'Hub',
}

const setupPages: Record<SetupSection, () => JSX.Element> = {
  obs: () => <ObsSetup />,
  twitch: () => <TwitchSetup />,
  ironmon: () => <Ironmon />,
  keys: () => <Keys />,
  tokens: () => <Tokens />,
  modules: () => <Modules />,
}

function SetUp(props: { section: SetupSection }) {
  return (
    <div class="set-up">
      <nav class="set-up-nav" aria-label="Set-up">
        <For each={Object.entries(setupNames)}>
          {([section, name]) => (
            <a
              class="nav-link"
              href={`#set-up/${section}`}
              aria-current={props.section === section ? 'page' : undefined}
            >
              {name}
            </a>
          )}
        </For>
      </nav>
      <div class="set-up-page scroll">
        <Show when={props.section} keyed>
          {(section) => setupPages[section]()}
        </Show>
      </div>
    </div>
  )
}
