import { z } from 'zod'
import { command } from '../command.ts'
import { MAIN_OUTPUT, outputIdSchema, showingWays } from '../output.ts'

const scene = z.string().min(1).max(300)
const input = z.string().min(1).max(300)

export const obsCommands = {
  'obs.connect': command({ title: 'Retry OBS now', scope: 'obs' }),
  'obs.configure': command({
    title: 'Set the address of OBS',
    scope: 'admin',
    args: z.strictObject({ url: z.url({ protocol: /^wss?$/ }).max(300), password: z.string().max(300).optional() }),
    secretArgs: ['password'],
  }),
  'obs.scene.set': command({ title: 'Switch the scene', scope: 'obs', args: z.strictObject({ scene }) }),
  /** By its place in OBS's own list, from 1: what a row of keys or buttons needs. */
  'obs.scene.set-by-number': command({
    title: 'Switch to a scene by its number',
    scope: 'obs',
    args: z.strictObject({ number: z.number().int().min(1).max(99) }),
    result: z.object({ scene: z.string() }),
  }),
  'obs.preview.set': command({ title: 'Set the preview scene', scope: 'obs', args: z.strictObject({ scene }) }),
  'obs.preview.take': command({
    title: 'Take the preview to program',
    scope: 'obs',
    /** By a cut, and the transition stays as it was chosen. */
    args: z.strictObject({ cut: z.boolean().default(false) }),
  }),
  'obs.studio-mode.set': command({
    title: 'Turn studio mode on or off',
    scope: 'obs',
    args: z.strictObject({ enabled: z.boolean() }),
  }),
  'obs.stream.start': command({ title: 'Go live', scope: 'obs', dangerous: true }),
  'obs.stream.stop': command({ title: 'End the stream', scope: 'obs', dangerous: true }),
  'obs.recording.start': command({ title: 'Start recording', scope: 'obs' }),
  'obs.recording.stop': command({
    title: 'Stop recording',
    scope: 'obs',
    dangerous: true,
    result: z.object({ path: z.string().nullable() }),
  }),
  'obs.recording.pause': command({ title: 'Pause recording', scope: 'obs' }),
  'obs.recording.resume': command({ title: 'Resume recording', scope: 'obs' }),
  'obs.virtual-camera.set': command({
    title: 'Turn the virtual camera on or off',
    scope: 'obs',
    args: z.strictObject({ active: z.boolean() }),
  }),
  'obs.replay-buffer.set': command({
    title: 'Turn the replay buffer on or off',
    scope: 'obs',
    args: z.strictObject({ active: z.boolean() }),
  }),
  'obs.replay-buffer.save': command({ title: 'Save the replay', scope: 'obs' }),
  'obs.input.mute': command({
    title: 'Mute or unmute an input',
    scope: 'obs',
    args: z.strictObject({ input, muted: z.boolean() }),
  }),
  'obs.input.volume.set': command({
    title: 'Set the volume of an input',
    scope: 'obs',
    args: z.strictObject({ input, volumeDb: z.number().min(-100).max(26) }),
  }),
  'obs.scene-item.visibility.set': command({
    title: 'Show or hide a scene item',
    scope: 'obs',
    args: z.strictObject({ scene, itemId: z.number().int().nonnegative(), visible: z.boolean() }),
  }),
  'obs.transition.set': command({
    title: 'Choose the transition',
    scope: 'obs',
    args: z.strictObject({
      transition: z.string().min(1).max(300),
      durationMs: z.number().int().min(50).max(20_000).optional(),
    }),
  }),
  'obs.screenshot': command({
    title: 'Take a screenshot of a source',
    scope: 'obs',
    args: z.strictObject({
      /** A scene or input; without it the program scene. */
      source: z.string().min(1).max(300).optional(),
      format: z.enum(['png', 'jpg', 'bmp']).default('png'),
      width: z.number().int().min(8).max(4096).optional(),
    }),
    result: z.object({ source: z.string(), dataUrl: z.string() }),
  }),
  'obs.browser-source.install': command({
    title: 'Install an overlay into a scene',
    scope: 'admin',
    args: z.strictObject({
      scene,
      output: outputIdSchema.default(MAIN_OUTPUT),
      way: z.enum(showingWays).default('overlay'),
    }),
    result: z.object({ input: z.string(), itemId: z.number().int(), created: z.boolean() }),
  }),
  'obs.browser-source.refresh': command({
    title: 'Refresh our browser sources',
    scope: 'obs',
    result: z.object({ refreshed: z.array(z.string()) }),
  }),
} as const
