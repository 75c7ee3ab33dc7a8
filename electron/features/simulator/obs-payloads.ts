/** What OBS does in the course of a broadcast, made up. Pure. */
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { SCENES } from './cast.ts'
import type { Maker } from './maker.ts'

/** Not the link to OBS, which is no part of a broadcast. */
export type ObsType = Exclude<
  Extract<EventType, `obs.${string}`>,
  'obs.connected' | 'obs.disconnected' | 'obs.exiting' | 'obs.unknown'
>

export const obsPayloads: { [T in ObsType]: (make: Maker) => EventPayload<T> } = {
  'obs.scene.changed': sceneChange,
  'obs.preview.changed': sceneChange,
  'obs.scenes.changed': () => ({ scenes: [...SCENES] }),
  'obs.studio-mode.changed': ({ random }) => ({ enabled: random.chance(0.5) }),
  'obs.stream.started': () => ({}),
  'obs.stream.stopped': () => ({}),
  'obs.stream.reconnecting': () => ({}),
  'obs.stream.reconnected': () => ({}),
  'obs.recording.started': () => ({ path: '/videos/tonight.mkv' }),
  'obs.recording.stopped': () => ({ path: '/videos/tonight.mkv' }),
  'obs.recording.paused': () => ({}),
  'obs.recording.resumed': () => ({}),
  'obs.virtual-camera.changed': ({ random }) => ({ active: random.chance(0.5) }),
  'obs.replay-buffer.changed': ({ random }) => ({ active: random.chance(0.5) }),
  'obs.replay-buffer.saved': () => ({ path: '/videos/replay.mkv' }),
  'obs.input.muted': ({ random }) => ({ input: 'Microphone', muted: random.chance(0.5) }),
  'obs.input.volume.changed': ({ random }) => {
    const volumeDb = -random.int(0, 30)
    return { input: 'Microphone', volumeDb, volumeMul: 10 ** (volumeDb / 20) }
  },
  'obs.scene-item.visibility.changed': ({ random }) => {
    return { scene: random.pick(SCENES), itemId: random.int(1, 20), visible: random.chance(0.5) }
  },
  'obs.transition.changed': () => ({ transition: 'Fade', durationMs: 300 }),
}

function sceneChange({ random }: Maker): { scene: string; previousScene: string } {
  const scene = random.pick(SCENES)
  return { scene, previousScene: scene === 'Gameplay' ? 'Starting Soon' : 'Gameplay' }
}
