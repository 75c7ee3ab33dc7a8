/** Emotes fall: takes each rain of the hub once, and hands it and the settings to the view. */
import { createEffect, on, onCleanup, onMount, untrack } from 'solid-js'
import type { RainCause } from '../../../contracts/state/emote-rain.ts'
import { emoteRainWidget } from '../../../contracts/widgets/emote-rain.ts'
import type { WidgetProps } from '../widget-props.ts'
import { RainView } from './rain-view.ts'
import './emote-rain-widget.css'

/** What fell longer ago is over, ms: a page whose link comes back does not make up for it. */
const STALE_MS = 5000

export function EmoteRainWidget(props: WidgetProps<'emote-rain'>) {
  let root: HTMLDivElement | undefined
  onMount(() => {
    if (!root) return
    const view = new RainView({
      root,
      size: emoteRainWidget.size,
      settings: { ...props.settings, ...(props.reducedMotion ? STILL : {}) },
      onAnimating: props.onAnimating,
    })
    onCleanup(() => view.dispose())
    createEffect(
      on(
        () => ({ ...props.settings, ...(props.reducedMotion ? STILL : {}) }),
        (settings) => view.configure(settings),
        { defer: true },
      ),
    )
    // What fell before this page was there is over.
    let last = Math.max(0, ...untrack(() => numbersOf(props.data.rain.rains)))
    createEffect(() => {
      const { rains } = props.data.rain
      for (const number of numbersOf(rains).sort((a, b) => a - b)) {
        const rain = rains[number]
        if (!rain || number <= last) continue
        last = number
        if (props.hubNow() - rain.at < STALE_MS && isWanted(rain.cause)) view.rain([...rain.emotes], rain.count)
      }
    })
    createEffect(
      on(
        () => props.data.rain.clearedUpTo,
        () => view.clear(),
        { defer: true },
      ),
    )
  })

  function isWanted(cause: RainCause): boolean {
    if (cause === 'message') return props.settings.fromChat
    return cause === 'burst' || props.settings.fromEvents
  }

  return <div class="rain" ref={root} />
}

function numbersOf(rains: Readonly<Record<string, unknown>>): number[] {
  return Object.keys(rains).map(Number)
}

/** Where motion is unwanted a few fall slowly and do not bounce or spin. */
const STILL = { gravity: 0.1, restitution: 0, rotation: 0, airFriction: 0.05, maxEmotes: 10 }
