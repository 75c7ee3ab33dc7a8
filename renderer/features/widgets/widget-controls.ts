/** Kinds of widgets that are used live, not only set: what is pressed for them. */
import type { Component } from 'solid-js'
import type { Widget } from '../../../contracts/state/widgets.ts'
import type { WidgetKind } from '../../../contracts/widgets.ts'
import type { Commander } from '../../state/create-command.ts'
import { ChatControl } from './controls/chat-control.tsx'
import { EmoteRainControl } from './controls/emote-rain-control.tsx'
import { GiveawayControl } from './controls/giveaway-control.tsx'
import { HighlightControl } from './controls/highlight-control.tsx'
import { PollControl } from './controls/poll-control.tsx'
import { TimerControl } from './controls/timer-control.tsx'

export interface ControlProps {
  widget: Widget
  command: Commander
}

export const widgetControls: Partial<Record<WidgetKind, Component<ControlProps>>> = {
  timer: TimerControl,
  poll: PollControl,
  giveaway: GiveawayControl,
  chat: ChatControl,
  highlight: HighlightControl,
  'emote-rain': EmoteRainControl,
}
