/**
 * Reads OBS's state by asking: all of it after connecting, parts of it when an event says that they are stale. Every
 * request may fail by itself; what could not be read stays as it was. Writes what it reads at once, so that an event
 * that comes between two answers is never overwritten by an older one.
 */
import { type Clock, sleep } from '../../../base/clock.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import { keepInputs, setInput, setItems } from './machine.ts'
import { ObsCallError, type ObsSession } from './session.ts'
import type { ObsBatchRequest } from './socket.ts'
import {
  activeSchema,
  currentTransitionSchema,
  inputsSchema,
  itemsSchema,
  muteSchema,
  recordStatusSchema,
  STATUS,
  scenesSchema,
  statsSchema,
  streamStatusSchema,
  studioModeSchema,
  transitionsSchema,
  versionSchema,
  volumeSchema,
} from './wire.ts'

/** So many requests go in one message: enough to save round trips, few enough to never hold OBS up for long. */
const BATCH_SIZE = 50

/** An OBS that is still loading says that it is not ready; asked again this much later, ms… */
const NOT_READY_WAIT_MS = 500
/** …and so often, which is as long as a request may take to be answered. */
const NOT_READY_TRIES = 20

export interface Reading {
  session: ObsSession
  clock: Clock
  /** Changes the state. */
  write: (change: (state: ObsState) => void) => void
  /** Hears of what could not be read, and why. */
  onFault: (part: string, error: unknown) => void
}

/** Reads everything. Never rejects. */
export async function readEverything(reading: Reading): Promise<void> {
  await Promise.all([
    part(reading, 'version', () => readVersion(reading)),
    part(reading, 'scenes', () => readScenes(reading)),
    part(reading, 'studio mode', () => readStudioMode(reading)),
    part(reading, 'stream', () => readStream(reading)),
    part(reading, 'recording', () => readRecording(reading)),
    part(reading, 'virtual camera', () => readOutput(reading, 'GetVirtualCamStatus', 'virtualCamera')),
    part(reading, 'replay buffer', () => readOutput(reading, 'GetReplayBufferStatus', 'replayBuffer')),
    part(reading, 'inputs', () => readInputs(reading)),
    part(reading, 'transitions', () => readTransitions(reading)),
    part(reading, 'stats', () => readStats(reading)),
  ])
}

async function part(reading: Reading, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await onceReady(reading, work)
  } catch (error) {
    reading.onFault(name, error)
  }
}

async function onceReady({ session, clock }: Reading, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const loading = error instanceof ObsCallError && error.code === STATUS.notReady
      if (!loading || attempt === NOT_READY_TRIES) throw error
      await sleep(clock, NOT_READY_WAIT_MS, session.signal)
    }
  }
}

async function readVersion({ session, write }: Reading): Promise<void> {
  const version = await session.call('GetVersion', versionSchema)
  write((state) => Object.assign(state, version))
}

async function readScenes(reading: Reading): Promise<void> {
  const scenes = await reading.session.call('GetSceneList', scenesSchema)
  reading.write((state) => {
    state.scenes = scenes
  })
  await readItems(reading, scenes.list)
  reading.write((state) => {
    for (const scene of Object.keys(state.sceneItems)) {
      if (!state.scenes.list.includes(scene)) delete state.sceneItems[scene]
    }
  })
}

/** The preview scene, after studio mode has been turned on. */
export async function readPreview({ session, write }: Reading): Promise<void> {
  const { preview } = await session.call('GetSceneList', scenesSchema)
  write((state) => {
    if (state.studioMode.enabled) state.scenes.preview = preview
  })
}

async function readStudioMode({ session, write }: Reading): Promise<void> {
  const studioMode = await session.call('GetStudioModeEnabled', studioModeSchema)
  write((state) => {
    state.studioMode = studioMode
  })
}

export async function readStream({ session, write, clock }: Reading): Promise<void> {
  const status = await session.call('GetStreamStatus', streamStatusSchema)
  write((state) => {
    const startedAt = startOf(status, state.streaming.startedAt, clock.now())
    state.streaming = { ...status, startedAt }
  })
}

export async function readRecording({ session, write, clock }: Reading): Promise<void> {
  const status = await session.call('GetRecordStatus', recordStatusSchema)
  write((state) => {
    const startedAt = startOf(status, state.recording.startedAt, clock.now())
    state.recording = { ...status, startedAt }
  })
}

/** Known once, a start does not wander with the clocks; a stream found running started its duration ago. */
function startOf(status: { active: boolean; durationMs: number }, known: number | null, now: number): number | null {
  return status.active ? (known ?? now - status.durationMs) : null
}

async function readOutput(
  { session, write }: Reading,
  name: 'GetVirtualCamStatus' | 'GetReplayBufferStatus',
  key: 'virtualCamera' | 'replayBuffer',
): Promise<void> {
  try {
    const active = await session.call(name, activeSchema)
    write((state) => {
      state[key] = { available: true, active }
    })
  } catch (error) {
    const isAnswer = error instanceof ObsCallError && error.fault === 'refused' && error.code !== STATUS.notReady
    if (!isAnswer) throw error
    write((state) => {
      state[key] = { available: false, active: false }
    })
  }
}

/** Which there are, which is chosen, and its duration, which some have none of. */
export async function readTransitions({ session, write }: Reading): Promise<void> {
  const { current, list } = await session.call('GetSceneTransitionList', transitionsSchema)
  write((state) => Object.assign(state.transition, { current, list }))
  const { name, durationMs } = await session.call('GetCurrentSceneTransition', currentTransitionSchema)
  write((state) => Object.assign(state.transition, { current: name, durationMs }))
}

/** Asked every few seconds: the figures, and the counters of what is running. */
export async function readStats({ session, write, clock }: Reading): Promise<void> {
  const stats = await session.call('GetStats', statsSchema)
  write((state) => {
    state.stats = { at: clock.now(), ...stats }
  })
}

/** Reads which inputs there are, and mute and volume of those that have sound. */
export async function readInputs({ session, write }: Reading): Promise<void> {
  const inputs = await session.call('GetInputList', inputsSchema)
  const found: string[] = []
  for (const some of chunks(inputs, BATCH_SIZE / 2)) {
    const answers = await session.batch(some.flatMap(({ name }) => soundRequests(name)))
    write((state) => {
      some.forEach(({ name, kind }, place) => {
        const muted = muteSchema.safeParse(answers[place * 2]?.data)
        const volume = volumeSchema.safeParse(answers[place * 2 + 1]?.data)
        // An input without sound refuses both.
        if (!muted.success || !volume.success) return
        found.push(name)
        setInput(state, { name, kind, muted: muted.data, ...volume.data })
      })
    })
  }
  write((state) => keepInputs(state, found))
}

function soundRequests(inputName: string): ObsBatchRequest[] {
  return [
    { requestType: 'GetInputMute', requestData: { inputName } },
    { requestType: 'GetInputVolume', requestData: { inputName } },
  ]
}

/** Reads the items of these scenes. */
export async function readItems({ session, write }: Reading, scenes: readonly string[]): Promise<void> {
  for (const some of chunks(scenes, BATCH_SIZE)) {
    const requests = some.map((sceneName) => ({ requestType: 'GetSceneItemList' as const, requestData: { sceneName } }))
    const answers = await session.batch(requests)
    write((state) => {
      some.forEach((scene, place) => {
        const items = itemsSchema.safeParse(answers[place]?.data)
        if (items.success) setItems(state, scene, items.data)
      })
    })
  }
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size)
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size))
}
