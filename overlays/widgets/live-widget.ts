/** A widget as the hub has it: its settings, the state it shows, and the show's colours, followed as they change. */
import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { ShowTheme } from '../../contracts/show.ts'
import { isRehearsed } from '../../contracts/state/rehearsal.ts'
import type { Widget } from '../../contracts/state/widgets.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import type { DataSource } from '../../contracts/widgets/define-widget.ts'
import { isWidgetKind, type WidgetKind, widgetDefinitions } from '../../contracts/widgets.ts'
import type { ShownWidget } from './shown-widget.ts'

interface LiveWidgetOptions {
  client: Pick<HubClient, 'state'>
  id: string
  /** Hears why nothing is drawn; once for each. */
  onDropped: (reason: string) => void
}

interface Held {
  widget: Widget | undefined
  data: Record<string, unknown>
  theme: ShowTheme | undefined
  accent: string | null
}

/** Undefined until all of it is known, and when the widget is removed. */
export function createLiveWidget({ client, id, onDropped }: LiveWidgetOptions): Accessor<ShownWidget | undefined> {
  const owned = new DisposableStore()
  onCleanup(() => owned.dispose())
  const [held, setHeld] = createStore<Held>({ widget: undefined, data: {}, theme: undefined, accent: null })
  const [missing, setMissing] = createSignal<ReadonlySet<string>>(new Set(['widget']))
  let followed: WidgetKind | undefined
  let dropped: string | undefined

  function drop(reason: string): void {
    if (reason !== dropped) onDropped(reason)
    dropped = reason
  }

  /** A widget keeps its kind for life. */
  function follow(kind: WidgetKind): void {
    followed = kind
    const sources = Object.entries(widgetDefinitions[kind].data as Record<string, DataSource>)
    setMissing(new Set(sources.map(([name]) => name)))
    for (const [name, { topic, read }] of sources) {
      const take = (state: StateTopics[StateTopic]) => {
        setHeld('data', name, reconcile(read(state, id)))
        setMissing((before) => (before.has(name) ? new Set([...before].filter((other) => other !== name)) : before))
      }
      owned.add(client.state(topic, take))
    }
  }

  owned.add(client.state('state:producer', ({ show }) => setHeld({ theme: show.theme, accent: show.accent })))
  owned.add(
    client.state(isRehearsed(id) ? 'state:rehearsal' : 'state:widgets', ({ widgets }) => {
      const widget = widgets.find((one) => one.id === id)
      if (!widget) drop(`there is no widget "${id}"; copy its address from the dashboard again`)
      // A page that is older than the hub may not know it.
      else if (!isWidgetKind(widget.kind)) drop(`this page knows no widget of the kind "${widget.kind}"; reload it`)
      else if (followed === undefined) follow(widget.kind)
      setHeld('widget', reconcile(widget))
    }),
  )

  const shown: ShownWidget = {
    get kind() {
      return held.widget?.kind ?? (followed as WidgetKind)
    },
    get settings() {
      return held.widget?.settings ?? {}
    },
    get data() {
      return held.data
    },
    get theme() {
      return held.theme
    },
    get accent() {
      return held.accent
    },
  }
  return createMemo(() => (held.widget && missing().size === 0 ? shown : undefined))
}
