/** The commands that make sense on a key, in the streamer's words. Any other can be bound over HTTP. */
import type { CommandName } from '../../../contracts/commands.ts'

export const keyCommands = {
  'obs.scene.set': 'Switch to scene',
  'obs.scene.set-by-number': 'Switch to scene number',
  'obs.preview.take': 'Take preview to program',
  'obs.stream.start': 'Go live',
  'obs.stream.stop': 'End the stream',
  'obs.recording.start': 'Start recording',
  'obs.recording.stop': 'Stop recording',
  'obs.replay-buffer.save': 'Save the replay',
  'obs.input.mute': 'Mute input',
  'alert.pause': 'Pause alerts',
  'alert.resume': 'Resume alerts',
  'alert.skip': 'Skip the alert',
} as const satisfies Partial<Record<CommandName, string>>

export type KeyCommand = keyof typeof keyCommands

/** `Switch to scene “Game”`. */
export function commandLabel(command: string, args: Record<string, unknown>): string {
  const label = command in keyCommands ? keyCommands[command as KeyCommand] : command
  const target = args.scene ?? args.input
  if (typeof target === 'string') return `${label} “${target}”`
  return typeof args.number === 'number' ? `${label} ${args.number}` : label
}
