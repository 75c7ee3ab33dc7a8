/** Why nothing can be asked of OBS, or of the hub, right now; null when it can. */
import type { Accessor } from 'solid-js'
import { useDashboard } from '../../state/dashboard.tsx'

export function hubUnavailable(): Accessor<string | null> {
  const { link } = useDashboard()
  return () => {
    if (link().status === 'online') return null
    return link().status === 'connecting' ? 'Connecting to the hub' : 'Waiting for the hub'
  }
}

export function obsUnavailable(): Accessor<string | null> {
  const { obs } = useDashboard()
  const hub = hubUnavailable()
  return () => {
    if (hub() !== null) return hub()
    switch (obs()?.connection.status) {
      case 'connected':
        return null
      case 'needs-auth':
        return 'OBS refused the password'
      case undefined:
      case 'connecting':
        return 'Connecting to OBS'
      // Without the seconds to the next try: the notice and the link count, three regions need not.
      default:
        return 'OBS is not connected'
    }
  }
}

/** Where OBS is set up, while it is OBS that is missing and not the hub. */
export function obsMendHref(): Accessor<string | undefined> {
  const { obs, online } = useDashboard()
  return () => (online() && obs()?.connection.status !== 'connecting' ? '#set-up/obs' : undefined)
}
