/** The dashboard's port over the shared hub client. Owns only the translation: the client does the work. */

import { toDisposable } from '../../base/lifecycle.ts'
import { createHubClient, type HubStatus } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { FleetSampleHistory } from '../../contracts/state/fleet.ts'
import type { HubLink, HubPort } from './hub-port.ts'
import { uploadSound } from './upload-sound.ts'

/** Every stored event, always as the push `event` with its whole envelope. */
const EVENT_LOG_TOPIC = 'events:log'

/** `origin`: the hub over HTTP, e.g. `location.origin`. */
export function connectHub(origin: string, token: string): HubPort {
  const listeners = new Set<(link: HubLink) => void>()
  const client = createHubClient({
    url: origin,
    token,
    onStatus: (status) => {
      const link = linkOf(status)
      if (link) for (const listener of listeners) listener(link)
    },
  })

  /** Times of the link are of this page's clock; everything else on the page is of the hub's. */
  function linkOf(status: HubStatus): HubLink | null {
    switch (status.kind) {
      case 'connecting':
        return { status: 'connecting' }
      case 'connected':
        return { status: 'online' }
      case 'waiting':
        return { status: 'offline', since: status.since + client.hubNow() - Date.now() }
      case 'refused':
        return { status: 'refused' }
      case 'closed':
        return null
    }
  }

  return {
    hubNow: () => client.hubNow(),
    onLink(listener) {
      listeners.add(listener)
      const link = linkOf(client.status)
      if (link) listener(link)
      return toDisposable(() => listeners.delete(listener))
    },
    state: (topic, onValue) => client.state(topic, onValue),
    events({ onEvents, onGap }) {
      const gather = gathered(onEvents)
      const onEvent = (_event: string, payload: unknown) => gather(payload as StoredEnvelope)
      return client.news(EVENT_LOG_TOPIC, { batch: true, onEvent, onGap })
    },
    signal: (topic, onSignal) => client.signal(topic, onSignal),
    command: (name, args) => client.command(name, args),
    importSound: (name, wav) => uploadSound(origin, token, name, wav),
    fleetSamples: (machine, signal) =>
      readSamples(`${origin}/api/fleet/samples?machine=${encodeURIComponent(machine)}`, token, signal),
    retry: () => client.retry(),
    dispose: () => client.dispose(),
  }
}

async function readSamples(url: string, token: string, signal: AbortSignal): Promise<FleetSampleHistory> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal })
  if (!response.ok) throw new Error(`the hub answered ${response.status} when it was asked for the machines' samples`)
  return (await response.json()) as FleetSampleHistory
}

/** Hands on together what arrives in one go: a burst is one change of the list, not two hundred. */
function gathered(onEvents: (events: readonly StoredEnvelope[]) => void): (event: StoredEnvelope) => void {
  let waiting: StoredEnvelope[] = []
  return (event) => {
    waiting.push(event)
    if (waiting.length > 1) return
    queueMicrotask(() => {
      const events = waiting
      waiting = []
      onEvents(events)
    })
  }
}
