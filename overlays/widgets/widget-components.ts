/** The component of each kind of widget, loaded when it is shown. `npm run new-widget NAME` adds one. */
import type { Component } from 'solid-js'
import type { WidgetKind } from '../../contracts/widgets.ts'
import type { WidgetProps } from './widget-props.ts'

export const widgetComponents: { [K in WidgetKind]: () => Promise<Component<WidgetProps<K>>> } = {
  goals: async () => (await import('./goals/goals-widget.tsx')).GoalsWidget,
  chat: async () => (await import('./chat/chat-widget.tsx')).ChatWidget,
  highlight: async () => (await import('./highlight/highlight-widget.tsx')).HighlightWidget,
  'emote-rain': async () => (await import('./emote-rain/emote-rain-widget.tsx')).EmoteRainWidget,
  events: async () => (await import('./events/events-widget.tsx')).EventsWidget,
  timer: async () => (await import('./timer/timer-widget.tsx')).TimerWidget,
  poll: async () => (await import('./poll/poll-widget.tsx')).PollWidget,
  giveaway: async () => (await import('./giveaway/giveaway-widget.tsx')).GiveawayWidget,
  counts: async () => (await import('./counts/counts-widget.tsx')).CountsWidget,
  supporters: async () => (await import('./supporters/supporters-widget.tsx')).SupportersWidget,
  leaderboard: async () => (await import('./leaderboard/leaderboard-widget.tsx')).LeaderboardWidget,
}
