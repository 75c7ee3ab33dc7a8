/**
 * Mounts a layer page: the canvas scaled to its window, the hub's client, the link to the stage. Topics are asked for at
 * once; the first drawing waits a moment for the fonts. Knows no page.
 */
import '@fontsource-variable/inter/wght.css'
import { type Accessor, createSignal, type JSX, onCleanup } from 'solid-js'
import { render } from 'solid-js/web'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { loadFonts } from '../load-fonts.ts'
import { CANVAS_SIZE } from './canvas-size.ts'
import { linkToStage } from './stage-link.ts'
import '../tokens.css'
import './layer.css'

export interface LayerPage {
  /** The topic's state; undefined until the hub was heard once, and the last one while it is away. */
  state<T extends StateTopic>(topic: T): Accessor<StateTopics[T] | undefined>
  /** Hub time, ms epoch. */
  hubNow: () => number
  /** To be told when the page begins to move, and when it stands still again. */
  onAnimating: (animating: boolean) => void
}

/** `setUp` asks for what the page needs and answers what draws it. The page's HTML has one element `.canvas`. */
export function mountLayer(setUp: (page: LayerPage) => () => JSX.Element): void {
  const link = linkToStage()
  const client = createHubClient({ url: location.origin, token: new URLSearchParams(location.search).get('token') })
  const view = setUp({
    state(topic) {
      const [state, setState] = createSignal<StateTopics[typeof topic]>()
      client.state(topic, (value) => setState(() => value))
      return state
    },
    hubNow: client.hubNow,
    onAnimating: link.setAnimating,
  })
  const canvas = document.querySelector<HTMLElement>('.canvas')
  if (canvas) void loadFonts().then(() => render(() => <Canvas element={canvas}>{view()}</Canvas>, canvas))
}

function Canvas(props: { element: HTMLElement; children: JSX.Element }) {
  const fit = fitToWindow(props.element, () => CANVAS_SIZE)
  onCleanup(() => fit.dispose())
  return <>{props.children}</>
}
