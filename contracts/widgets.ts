/** The catalogue of widgets: every kind there is. `npm run new-widget NAME` adds one. */
import type { z } from 'zod'
import { chatWidget } from './widgets/chat.ts'
import { countsWidget } from './widgets/counts.ts'
import type { DataOfWidget, SettingsOfWidget, WidgetDefinition } from './widgets/define-widget.ts'
import { emoteRainWidget } from './widgets/emote-rain.ts'
import { eventsWidget } from './widgets/events.ts'
import { giveawayWidget } from './widgets/giveaway.ts'
import { goalsWidget } from './widgets/goals.ts'
import { highlightWidget } from './widgets/highlight.ts'
import { leaderboardWidget } from './widgets/leaderboard.ts'
import { pollWidget } from './widgets/poll.ts'
import { supportersWidget } from './widgets/supporters.ts'
import { timerWidget } from './widgets/timer.ts'

export const widgetDefinitions = {
  goals: goalsWidget,
  events: eventsWidget,
  chat: chatWidget,
  highlight: highlightWidget,
  'emote-rain': emoteRainWidget,
  timer: timerWidget,
  poll: pollWidget,
  giveaway: giveawayWidget,
  counts: countsWidget,
  supporters: supportersWidget,
  leaderboard: leaderboardWidget,
} as const satisfies Record<string, WidgetDefinition>

export type WidgetKind = keyof typeof widgetDefinitions
export type WidgetSettings<K extends WidgetKind> = SettingsOfWidget<(typeof widgetDefinitions)[K]>
export type WidgetData<K extends WidgetKind> = DataOfWidget<(typeof widgetDefinitions)[K]>

export const widgetKinds = Object.keys(widgetDefinitions) as WidgetKind[]

export function isWidgetKind(kind: string): kind is WidgetKind {
  return Object.hasOwn(widgetDefinitions, kind)
}

/** Settings as a new widget has them. */
export function defaultSettings(kind: WidgetKind): Record<string, unknown> {
  const { shape } = widgetDefinitions[kind].settings
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, field.parse(undefined)]))
}

/**
 * Complete settings out of what was kept or imported: what is missing or no longer fits its field is as in a new widget.
 * `faults` says of each why, under its name; also of what the kind does not have.
 */
export function readSettings(
  kind: WidgetKind,
  given: Readonly<Record<string, unknown>>,
): { settings: Record<string, unknown>; faults: Record<string, string> } {
  const shape: Record<string, z.ZodType> = widgetDefinitions[kind].settings.shape
  const settings = defaultSettings(kind)
  const faults: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined
    const read = field?.safeParse(value)
    if (read?.success) settings[name] = read.data
    else faults[name] = read ? (read.error.issues[0]?.message ?? 'it does not fit') : 'there is no such setting'
  }
  return { settings, faults }
}
