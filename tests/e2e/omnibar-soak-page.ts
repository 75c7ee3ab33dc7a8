/**
 * The omnibar in a page of its own, with the clocks in the hand of the test: thousands of shows in a minute. Bundled by the
 * test; `window.soak` is its handle.
 */
import gsap from 'gsap'
import { createComponent, createSignal } from 'solid-js'
import { render } from 'solid-js/web'
import type { Content, LayerItem } from '../../contracts/content.ts'
import { OmnibarLayer } from '../../overlays/omnibar/omnibar-layer.tsx'
import { STARTED_AT, sampleContents, sampleItem, sampleProducer } from '../../overlays/omnibar/sample-content.ts'
import '../../overlays/tokens.css'
import '../../overlays/layer/layer.css'

declare global {
  var soak: { run(cycles: number): Promise<Soaked> }
}

export interface Soaked {
  cycles: number
  /** Layers that were seen to come in, to be interrupted and to leave. */
  entered: number
  interrupted: number
  exited: number
  /** Of GSAP, that still run when everything is hidden. */
  animations: number
}

const TICKER: readonly Content[] = [
  sampleContents['emote-stats'],
  sampleContents['recent-follows'],
  sampleContents['stream-goals'],
  sampleContents['run-progression'],
]
/** Of the page's time, ms; a motion is cut into several, and the longest is over after four. */
const STEP_MS = 110
/** So many cycles pass before the browser may do what it has put off. */
const BREATH = 50

const root = document.createElement('div')
root.className = 'canvas'
document.body.append(root)
gsap.ticker.remove(gsap.updateRoot)

let now = STARTED_AT
let time = gsap.globalTimeline.time()
const [state, setState] = createSignal(sampleProducer())
render(
  () =>
    createComponent(OmnibarLayer, {
      get state() {
        return state()
      },
      hubNow: () => now,
      onDropped: (reason) => console.error(reason),
    }),
  root,
)

function pass(steps: number): void {
  for (let step = 0; step < steps; step++) {
    now += STEP_MS
    time += STEP_MS / 1000
    gsap.updateRoot(time)
  }
}

const phases = () => [...root.querySelectorAll<HTMLElement>('.bar')].map((bar) => bar.dataset.state)

globalThis.soak = {
  async run(cycles) {
    const seen: Soaked = { cycles, entered: 0, interrupted: 0, exited: 0, animations: 0 }
    const count = () => {
      for (const phase of phases()) {
        if (phase === 'entering') seen.entered++
        if (phase === 'interrupted') seen.interrupted++
        if (phase === 'exiting') seen.exited++
      }
    }
    for (let cycle = 0; cycle < cycles; cycle++) {
      const content = TICKER[cycle % TICKER.length] ?? sampleContents['daily-stats']
      const background = sampleItem(content, { id: `ticker:${cycle}` })
      const midground: LayerItem | undefined =
        cycle % 3 === 0
          ? sampleItem(sampleContents['sub-train'], { id: `t${cycle}`, layer: 'midground', endsAt: now + 300_000 })
          : undefined
      const message = { ...sampleContents.message, message: `message ${cycle}` }
      const foreground = sampleItem(message, { id: `m${cycle}`, layer: 'foreground', endsAt: now + 10_000 })
      const under = midground ? { background, midground } : { background }
      setState(sampleProducer(under))
      // Cut off in the middle, now and then.
      pass(cycle % 5 === 0 ? 2 : 4)
      setState(sampleProducer({ ...under, foreground }))
      count()
      pass(cycle % 7 === 0 ? 1 : 4)
      setState(sampleProducer(under))
      count()
      pass(3)
      setState(sampleProducer())
      count()
      pass(3)
      if (cycle % BREATH === 0) await new Promise((resolve) => setTimeout(resolve))
    }
    pass(20)
    seen.animations = gsap.globalTimeline.getChildren(true, true, true).length
    return seen
  },
}
