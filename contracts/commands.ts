/** The catalogue of commands: everything that can be asked of Landale, by whatever door. */
import type { z } from 'zod'
import type { CommandDefinition } from './command.ts'
import { alertCommands } from './commands/alerts.ts'
import { chatCommands } from './commands/chat.ts'
import { displayCommands } from './commands/displays.ts'
import { emoteRainCommands } from './commands/emote-rain.ts'
import { emoteCommands } from './commands/emotes.ts'
import { fleetCommands } from './commands/fleet.ts'
import { giveawayCommands } from './commands/giveaway.ts'
import { ironmonCommands } from './commands/ironmon.ts'
import { obsCommands } from './commands/obs.ts'
import { outputCommands } from './commands/outputs.ts'
import { overlayCommands } from './commands/overlays.ts'
import { pictureCommands } from './commands/picture.ts'
import { pollCommands } from './commands/poll.ts'
import { producerCommands } from './commands/producer.ts'
import { shortcutCommands } from './commands/shortcuts.ts'
import { simulatorCommands } from './commands/simulator.ts'
import { soundCommands } from './commands/sounds.ts'
import { systemCommands } from './commands/system.ts'
import { timerCommands } from './commands/timers.ts'
import { transcriptionCommands } from './commands/transcription.ts'
import { twitchCommands } from './commands/twitch.ts'
import { widgetCommands } from './commands/widgets.ts'

export const commandDefinitions = {
  ...systemCommands,
  ...obsCommands,
  ...twitchCommands,
  ...ironmonCommands,
  ...alertCommands,
  ...soundCommands,
  ...producerCommands,
  ...emoteCommands,
  ...chatCommands,
  ...emoteRainCommands,
  ...displayCommands,
  ...transcriptionCommands,
  ...overlayCommands,
  ...outputCommands,
  ...widgetCommands,
  ...timerCommands,
  ...pollCommands,
  ...giveawayCommands,
  ...pictureCommands,
  ...fleetCommands,
  ...shortcutCommands,
  ...simulatorCommands,
} as const satisfies Record<string, CommandDefinition>

export type CommandName = keyof typeof commandDefinitions

/** What a caller passes. */
export type CommandArgs<N extends CommandName> = z.input<(typeof commandDefinitions)[N]['args']>
/** What a handler gets. */
export type ParsedCommandArgs<N extends CommandName> = z.output<(typeof commandDefinitions)[N]['args']>
export type CommandResult<N extends CommandName> = z.output<(typeof commandDefinitions)[N]['result']>

export const commandNames = Object.keys(commandDefinitions) as CommandName[]

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandDefinitions, name)
}
