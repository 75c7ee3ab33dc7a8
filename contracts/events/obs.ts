/** What OBS Studio did. Times are ms; names are OBS's own scene, input and output names. */
import { z } from 'zod'

export const obsEvents = {
  'obs.connected': z.object({ obsVersion: z.string(), websocketVersion: z.string(), rpcVersion: z.number().int() }),
  'obs.disconnected': z.object({ reason: z.string(), code: z.number().int().nullable(), willRetry: z.boolean() }),
  'obs.exiting': z.object({}),
  'obs.scene.changed': z.object({ scene: z.string(), previousScene: z.string().nullable() }),
  'obs.preview.changed': z.object({ scene: z.string().nullable(), previousScene: z.string().nullable() }),
  'obs.scenes.changed': z.object({ scenes: z.array(z.string()) }),
  'obs.studio-mode.changed': z.object({ enabled: z.boolean() }),
  'obs.stream.started': z.object({}),
  'obs.stream.stopped': z.object({}),
  'obs.stream.reconnecting': z.object({}),
  'obs.stream.reconnected': z.object({}),
  'obs.recording.started': z.object({ path: z.string().nullable() }),
  'obs.recording.stopped': z.object({ path: z.string().nullable() }),
  'obs.recording.paused': z.object({}),
  'obs.recording.resumed': z.object({}),
  'obs.virtual-camera.changed': z.object({ active: z.boolean() }),
  'obs.replay-buffer.changed': z.object({ active: z.boolean() }),
  'obs.replay-buffer.saved': z.object({ path: z.string() }),
  'obs.input.muted': z.object({ input: z.string(), muted: z.boolean() }),
  'obs.input.volume.changed': z.object({ input: z.string(), volumeDb: z.number(), volumeMul: z.number() }),
  'obs.scene-item.visibility.changed': z.object({ scene: z.string(), itemId: z.number().int(), visible: z.boolean() }),
  'obs.transition.changed': z.object({ transition: z.string(), durationMs: z.number().nullable() }),
  /** Every other event of OBS, as it came. */
  'obs.unknown': z.object({ rawType: z.string(), body: z.record(z.string(), z.unknown()) }),
} as const
