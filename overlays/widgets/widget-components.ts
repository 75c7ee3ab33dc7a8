/** The component of each kind of widget, loaded when it is shown. `npm run new-widget NAME` adds one. */
import type { Component } from 'solid-js'
import type { WidgetKind } from '../../contracts/widgets.ts'
import type { WidgetProps } from './widget-props.ts'

export const widgetComponents: { [K in WidgetKind]: () => Promise<Component<WidgetProps<K>>> } = {
  goals: async () => (await import('./goals/goals-widget.tsx')).GoalsWidget,
  timer: async () => (await import('./timer/timer-widget.tsx')).TimerWidget,
  chat: async () => (await import('./chat/chat-widget.tsx')).ChatWidget,
  highlight: async () => (await import('./highlight/highlight-widget.tsx')).HighlightWidget,
  'emote-rain': async () => (await import('./emote-rain/emote-rain-widget.tsx')).EmoteRainWidget,
}
