/** Which page is shown, kept in the address's fragment, so that reload, back and links work. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

const views = [
  'live',
  'studio',
  'alerts',
  'show',
  'outputs',
  'widgets',
  'machines',
  'simulator',
  'set-up',
  'guide',
] as const
export type View = (typeof views)[number]

const setupSections = ['obs', 'twitch', 'ironmon', 'keys', 'tokens', 'modules'] as const
export type SetupSection = (typeof setupSections)[number]

export interface Route {
  view: View
  section: SetupSection
  /** The output to show, `main` where the address names none. Nobody has looked whether it exists. */
  output: string
  /** The widget to show; null where the address names none. Nobody has looked whether it exists. */
  widget: string | null
  /** The machine to show, by its id, and the process of it; null where the address names none. */
  machine: string | null
  process: string | null
}

/** Unknown fragments lead to the live page. */
export function parseRoute(hash: string): Route {
  const [first = '', second = '', third = ''] = hash.replace(/^#/, '').split('/')
  return {
    view: views.find((view) => view === first) ?? 'live',
    section: setupSections.find((section) => section === second) ?? 'obs',
    output: second || 'main',
    widget: second || null,
    machine: decoded(second) || null,
    process: decoded(third) || null,
  }
}

/** The address of a machine, or of a process on it. */
export function machineHref(machine: string, process?: string): string {
  const parts = process === undefined ? [machine] : [machine, process]
  return `#machines/${parts.map(encodeURIComponent).join('/')}`
}

/** As it stands where it can't be decoded: somebody typed it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export function createRoute(): Accessor<Route> {
  const [route, setRoute] = createSignal(parseRoute(location.hash))
  const follow = () => setRoute(parseRoute(location.hash))
  window.addEventListener('hashchange', follow)
  onCleanup(() => window.removeEventListener('hashchange', follow))
  return route
}
