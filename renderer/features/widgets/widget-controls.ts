/** Kinds of widgets that are used live, not only set: what is pressed for them. */
import type { Component } from 'solid-js'
import type { Widget } from '../../../contracts/state/widgets.ts'
import type { WidgetKind } from '../../../contracts/widgets.ts'
import type { Commander } from '../../state/create-command.ts'
import { TimerControl } from './controls/timer-control.tsx'

export interface ControlProps {
  widget: Widget
  command: Commander
}

export const widgetControls: Partial<Record<WidgetKind, Component<ControlProps>>> = {
  timer: TimerControl,
}
