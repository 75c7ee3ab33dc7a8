import { z } from 'zod'
import { command } from '../command.ts'
import { widgetIdSchema } from '../widget-file.ts'

/** The timer widget. */
const widget = widgetIdSchema
/** A hundred days. */
const MAX_SECONDS = 8_640_000
const timer = z.strictObject({ widget })

export const timerCommands = {
  /** With the time its settings say; where it is paused it goes on. */
  'timer.start': command({ title: 'Start a timer', scope: 'overlays', args: timer }),
  'timer.pause': command({ title: 'Pause a timer', scope: 'overlays', args: timer }),
  'timer.add': command({
    title: 'Give a timer more or less time',
    scope: 'overlays',
    args: z.strictObject({ widget, seconds: z.number().int().min(-MAX_SECONDS).max(MAX_SECONDS) }),
  }),
  'timer.set': command({
    title: 'Set what a timer has left',
    scope: 'overlays',
    args: z.strictObject({ widget, seconds: z.number().int().min(0).max(MAX_SECONDS) }),
  }),
  /** Stops it and puts it back to the beginning. */
  'timer.reset': command({ title: 'Reset a timer', scope: 'overlays', args: timer, dangerous: true }),
} as const
