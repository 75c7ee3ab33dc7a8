/**
 * The Solid edge of the hub: each state topic as a store that changes only where the hub's value changed, the link as a
 * signal, and one clock for everything that counts. Made once, read through `useDashboard`.
 */
import { type Accessor, createContext, createSignal, onCleanup, type ParentProps, useContext } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import type { EventLog } from './event-log.ts'
import type { HubLink, HubPort } from './hub-port.ts'

export interface Dashboard {
  hub: HubPort
  eventLog: EventLog
  link: Accessor<HubLink>
  online: Accessor<boolean>
  /** Each is undefined until the hub first told. */
  obs: Accessor<StateTopics['state:obs'] | undefined>
  twitch: Accessor<StateTopics['state:twitch'] | undefined>
  ironmon: Accessor<StateTopics['state:ironmon'] | undefined>
  alerts: Accessor<StateTopics['state:alerts'] | undefined>
  producer: Accessor<StateTopics['state:producer'] | undefined>
  outputs: Accessor<StateTopics['state:outputs'] | undefined>
  picture: Accessor<StateTopics['state:picture'] | undefined>
  sounds: Accessor<StateTopics['state:sounds'] | undefined>
  system: Accessor<StateTopics['state:system'] | undefined>
  shortcuts: Accessor<StateTopics['state:shortcuts'] | undefined>
  simulator: Accessor<StateTopics['state:simulator'] | undefined>
  widgets: Accessor<StateTopics['state:widgets'] | undefined>
  chat: Accessor<StateTopics['state:chat'] | undefined>
  timers: Accessor<StateTopics['state:timers'] | undefined>
  poll: Accessor<StateTopics['state:poll'] | undefined>
  giveaway: Accessor<StateTopics['state:giveaway'] | undefined>
  fleet: Accessor<StateTopics['state:fleet'] | undefined>
  /** Hub time, ms epoch, once a second. */
  now: Accessor<number>
}

const DashboardContext = createContext<Dashboard>()

/** Throws outside a `DashboardProvider`: that is a bug, not a state. */
export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext)
  if (!dashboard) throw new Error('useDashboard: there is no DashboardProvider above this component')
  return dashboard
}

export function DashboardProvider(props: ParentProps<{ hub: HubPort; eventLog: EventLog }>) {
  const hub = props.hub
  const link = createLink(hub)
  const dashboard: Dashboard = {
    hub,
    eventLog: props.eventLog,
    link,
    online: () => link().status === 'online',
    obs: createTopic(hub, 'state:obs'),
    twitch: createTopic(hub, 'state:twitch'),
    ironmon: createTopic(hub, 'state:ironmon'),
    alerts: createTopic(hub, 'state:alerts'),
    producer: createTopic(hub, 'state:producer'),
    outputs: createTopic(hub, 'state:outputs'),
    picture: createTopic(hub, 'state:picture'),
    sounds: createTopic(hub, 'state:sounds'),
    system: createTopic(hub, 'state:system'),
    shortcuts: createTopic(hub, 'state:shortcuts'),
    simulator: createTopic(hub, 'state:simulator'),
    widgets: createTopic(hub, 'state:widgets'),
    chat: createTopic(hub, 'state:chat'),
    timers: createTopic(hub, 'state:timers'),
    poll: createTopic(hub, 'state:poll'),
    giveaway: createTopic(hub, 'state:giveaway'),
    fleet: createTopic(hub, 'state:fleet'),
    now: createTicker(hub, 1000),
  }
  return <DashboardContext.Provider value={dashboard}>{props.children}</DashboardContext.Provider>
}

/** One state topic as a store: only the leaves that changed re-render. Joined for as long as its owner lives. */
export function createTopic<K extends StateTopic>(hub: HubPort, topic: K): Accessor<StateTopics[K] | undefined> {
  const [held, setHeld] = createStore<{ value: StateTopics[K] | undefined }>({ value: undefined })
  const subscription = hub.state(topic, (next) => setHeld('value', reconcile(next as StateTopics[K] | undefined)))
  onCleanup(() => subscription.dispose())
  return () => held.value
}

function createLink(hub: HubPort): Accessor<HubLink> {
  const [link, setLink] = createSignal<HubLink>({ status: 'connecting' })
  const subscription = hub.onLink(setLink)
  onCleanup(() => subscription.dispose())
  return link
}

/** Hub time, ms epoch, every `periodMs`. */
export function createTicker(hub: Pick<HubPort, 'hubNow'>, periodMs: number): Accessor<number> {
  const [now, setNow] = createSignal(hub.hubNow())
  const timer = setInterval(() => setNow(hub.hubNow()), periodMs)
  onCleanup(() => clearInterval(timer))
  return now
}
