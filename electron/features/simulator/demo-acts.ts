/**
 * Which widgets the demo shows on `main`, where and when. Each stands at an edge and leaves room for what is there already:
 * the bar and the words over it below, alerts on the left above, the IronMON rail and the music on the right. At most two
 * stand beside each other, and over a game one. Pure.
 */
import type { BuiltInPage, Layer } from '../../../contracts/output.ts'
import { type RehearsedLayer, rehearsedId } from '../../../contracts/state/rehearsal.ts'
import type { Widget } from '../../../contracts/state/widgets.ts'
import { defaultSettings, type WidgetKind, widgetDefinitions } from '../../../contracts/widgets.ts'
import { EMPTY_STAGE, type Setting } from './scenery.ts'

interface Act {
  kind: WidgetKind
  /** On a canvas of 1920x1080; as large as its kind is made for. */
  x: number
  y: number
  /** From when to when, s into the demo. */
  shown: readonly (readonly [number, number])[]
  settings?: Record<string, unknown>
  under?: readonly BuiltInPage[]
  /** Room for something else above it, px: what is drawn there fades. */
  clearAbove?: number
}

/** Alerts and covers go over all of it. */
const UNDER_ALERTS: readonly BuiltInPage[] = ['alerts', 'takeover']
/** Falls behind every word. */
const UNDER_WORDS: readonly BuiltInPage[] = [
  'omnibar',
  'now-playing',
  'status',
  'captions',
  'ironmon',
  'coding',
  'alerts',
  'takeover',
]

/** Below the longest alert, above the captions. */
const LEFT = { x: 60, y: 468 }

const ACTS: readonly Act[] = [
  {
    kind: 'emote-rain',
    ...{ x: 0, y: 0 },
    shown: [
      [106, 134],
      [282, 298],
    ],
    under: UNDER_WORDS,
    settings: { maxEmotes: 45, lifetime: 9 },
  },
  {
    kind: 'chat',
    ...{ x: 1260, y: 36 },
    shown: [
      [9, 103],
      [238, 297],
    ],
    settings: { most: 8 },
    clearAbove: 228,
  },
  {
    kind: 'counts',
    ...{ x: 1380, y: 60 },
    shown: [
      [10, 26],
      [284, 297],
    ],
  },
  { kind: 'goals', ...LEFT, shown: [[22, 37]] },
  { kind: 'events', ...LEFT, shown: [[39, 55]], settings: { heading: 'Just now' } },
  { kind: 'poll', ...LEFT, shown: [[57, 77]], settings: { keepSeconds: 600 } },
  { kind: 'highlight', ...{ x: 48, y: 516 }, shown: [[77, 89]] },
  { kind: 'timer', ...LEFT, shown: [[182, 204]], settings: { minutes: 42 } },
  { kind: 'giveaway', ...LEFT, shown: [[239, 259]] },
  { kind: 'leaderboard', ...LEFT, shown: [[261, 279]], settings: { most: 4 } },
  { kind: 'supporters', ...LEFT, shown: [[284, 297]], settings: { most: 4 } },
]

/** Its page is loaded before it is seen, and stays until it has faded. */
const LEAD_MS = 2500
const FADE_MS = 400
const LINGER_MS = FADE_MS + 100

/** Seen by a channel of this size. */
const FIGURES = { viewers: 143, followers: 487 }
/** As the raid brings them. */
const FIGURES_AFTER_RAID = { viewers: 371, followers: 496 }
const RAID_MS = 110_000

/** Widgets of the demo; those that the streamer has on `main` already are left out. */
export function demoWidgets(isThere: (kind: WidgetKind) => boolean): Widget[] {
  return ACTS.filter(({ kind }) => !isThere(kind)).map(({ kind, settings }) => {
    const { title } = widgetDefinitions[kind]
    return { id: rehearsedId(kind), kind, name: title, settings: { ...defaultSettings(kind), ...settings } }
  })
}

/** Every moment at which something comes or goes, ms into the demo, in order. */
export function demoChanges(): number[] {
  const moments = ACTS.flatMap(({ shown }) =>
    shown.flatMap(([from, until]) => [
      Math.max(0, from * 1000 - LEAD_MS),
      from * 1000,
      until * 1000,
      until * 1000 + LINGER_MS,
    ]),
  )
  return [...new Set([0, RAID_MS, ...moments])].sort((a, b) => a - b)
}

/** What stands there at `positionMs`. */
export function demoSetting(widgets: readonly Widget[], positionMs: number): Setting {
  const layers = ACTS.flatMap((act) => {
    const widget = widgets.find(({ kind }) => kind === act.kind)
    const turn = act.shown.find(([from, until]) => {
      return positionMs >= from * 1000 - LEAD_MS && positionMs < until * 1000 + LINGER_MS
    })
    if (!widget || !turn) return []
    const [from, until] = turn
    const isSeen = positionMs >= from * 1000 && positionMs < until * 1000
    return [layerOf(act, widget, isSeen, positionMs < from * 1000)]
  })
  return { ...EMPTY_STAGE, widgets, layers, figures: positionMs < RAID_MS ? FIGURES : FIGURES_AFTER_RAID }
}

function layerOf(act: Act, { id, name }: Widget, isSeen: boolean, isBefore: boolean): RehearsedLayer {
  const { kind, x, y, under = UNDER_ALERTS, clearAbove = 0 } = act
  const mask = `linear-gradient(transparent ${clearAbove - 48}px, rgb(0 0 0) ${clearAbove}px)`
  const fade = `opacity: ${isSeen ? 1 : 0}; transition: opacity ${FADE_MS}ms ease-out`
  const layer: Layer = {
    id,
    name,
    source: { kind: 'widget', widget: id },
    visible: true,
    rect: { x, y, ...widgetDefinitions[kind].size },
    crop: { top: 0, right: 0, bottom: 0, left: 0 },
    opacity: isBefore ? 0 : 1,
    blend: 'normal',
    css: clearAbove === 0 ? fade : `${fade}; -webkit-mask-image: ${mask}; mask-image: ${mask}`,
    pageCss: '',
    transparent: true,
  }
  return { layer, under: [...under] }
}
