/**
 * How the state of OBS changes: by a piece of news and by losing the connection; and what is announced for it. Functions
 * on a state or a draft of one; what really differs is found by whoever sends the patches.
 */
import { assertNever } from '../../../base/result.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { ObsInput, ObsSceneItem, ObsState } from '../../../contracts/state/obs.ts'
import type { ObsConsequence, ObsNews } from './wire.ts'

/** What the hub announces; the `obs.*` part of the catalogue. */
type ObsEventType = Extract<EventType, `obs.${string}`>
export type ObsAnnouncement = { [T in ObsEventType]: { type: T; payload: EventPayload<T> } }[ObsEventType]

const IDLE_STREAM: ObsState['streaming'] = {
  active: false,
  reconnecting: false,
  startedAt: null,
  durationMs: 0,
  congestion: 0,
  bytes: 0,
  skippedFrames: 0,
  totalFrames: 0,
}
const IDLE_RECORDING: ObsState['recording'] = {
  active: false,
  paused: false,
  startedAt: null,
  durationMs: 0,
  bytes: 0,
}

export function initialObsState(url: string): ObsState {
  return {
    connection: { status: 'closed' },
    url,
    obsVersion: null,
    websocketVersion: null,
    scenes: { current: null, preview: null, list: [] },
    studioMode: { enabled: false },
    streaming: { ...IDLE_STREAM },
    recording: { ...IDLE_RECORDING },
    virtualCamera: { available: false, active: false },
    replayBuffer: { available: false, active: false },
    inputs: [],
    sceneItems: {},
    transition: { current: null, durationMs: null, list: [] },
    stats: null,
  }
}

/** OBS is gone: nothing is live any more. What it is made of (scenes, inputs, items) stays for the dashboard to show. */
export function goOffline(state: ObsState): void {
  state.scenes.current = null
  state.scenes.preview = null
  Object.assign(state.streaming, IDLE_STREAM)
  Object.assign(state.recording, IDLE_RECORDING)
  state.virtualCamera.active = false
  state.replayBuffer.active = false
  state.stats = null
}

/** What is announced for a piece of news, given the state before it. */
export function announcements(news: ObsNews, before: ObsState): ObsAnnouncement[] {
  switch (news.kind) {
    case 'scene':
      return [{ type: 'obs.scene.changed', payload: { scene: news.scene, previousScene: before.scenes.current } }]
    case 'preview':
      return [{ type: 'obs.preview.changed', payload: { scene: news.scene, previousScene: before.scenes.preview } }]
    case 'scenes':
      return [{ type: 'obs.scenes.changed', payload: { scenes: news.scenes } }]
    case 'studio-mode':
      return [{ type: 'obs.studio-mode.changed', payload: { enabled: news.enabled } }]
    case 'stream':
      return [{ type: `obs.stream.${news.change}`, payload: {} }]
    case 'recording':
      if (news.change === 'paused' || news.change === 'resumed') {
        return [{ type: `obs.recording.${news.change}`, payload: {} }]
      }
      return [{ type: `obs.recording.${news.change}`, payload: { path: news.path } }]
    case 'virtual-camera':
      return [{ type: 'obs.virtual-camera.changed', payload: { active: news.active } }]
    case 'replay-buffer':
      return [{ type: 'obs.replay-buffer.changed', payload: { active: news.active } }]
    case 'replay-saved':
      return [{ type: 'obs.replay-buffer.saved', payload: { path: news.path } }]
    case 'muted':
      return [{ type: 'obs.input.muted', payload: { input: news.input, muted: news.muted } }]
    case 'volume': {
      const { input, volumeDb, volumeMul } = news
      return [{ type: 'obs.input.volume.changed', payload: { input, volumeDb, volumeMul } }]
    }
    case 'item-visible': {
      const { scene, itemId, visible } = news
      return [{ type: 'obs.scene-item.visibility.changed', payload: { scene, itemId, visible } }]
    }
    case 'transition':
      return [transitionChanged(news.transition, before.transition.durationMs)]
    case 'transition-duration':
      return [transitionChanged(before.transition.current ?? '', news.durationMs)]
    case 'exiting':
      return [{ type: 'obs.exiting', payload: {} }]
    case 'meters':
      return []
    case 'other':
      return [{ type: 'obs.unknown', payload: { rawType: news.rawType, body: news.body } }]
    default:
      return assertNever(news)
  }
}

function transitionChanged(transition: string, durationMs: number | null): ObsAnnouncement {
  return { type: 'obs.transition.changed', payload: { transition, durationMs } }
}

/** Changes the state by a piece of news. `now` is in ms epoch. */
export function apply(state: ObsState, news: ObsNews, now: number): void {
  switch (news.kind) {
    case 'scene':
      state.scenes.current = news.scene
      return
    case 'preview':
      state.scenes.preview = news.scene
      return
    case 'scenes':
      state.scenes.list = news.scenes
      return
    case 'studio-mode':
      state.studioMode.enabled = news.enabled
      if (!news.enabled) state.scenes.preview = null
      return
    case 'stream':
      applyStream(state, news.change, now)
      return
    case 'recording':
      applyRecording(state, news.change, now)
      return
    case 'virtual-camera':
      state.virtualCamera = { available: true, active: news.active }
      return
    case 'replay-buffer':
      state.replayBuffer = { available: true, active: news.active }
      return
    case 'muted': {
      const input = state.inputs.find(({ name }) => name === news.input)
      if (input) input.muted = news.muted
      return
    }
    case 'volume': {
      const input = state.inputs.find(({ name }) => name === news.input)
      if (!input) return
      input.volumeDb = news.volumeDb
      input.volumeMul = news.volumeMul
      return
    }
    case 'item-visible': {
      const item = itemsOf(state, news.scene).find(({ itemId }) => itemId === news.itemId)
      if (item) item.visible = news.visible
      return
    }
    case 'transition':
      state.transition.current = news.transition
      return
    case 'transition-duration':
      state.transition.durationMs = news.durationMs
      return
    case 'other':
      if (news.means) applyConsequence(state, news.means)
      return
    case 'replay-saved':
    case 'exiting':
    case 'meters':
      return
    default:
      assertNever(news)
  }
}

type StreamChange = Extract<ObsNews, { kind: 'stream' }>['change']
type RecordingChange = Extract<ObsNews, { kind: 'recording' }>['change']

function applyStream(state: ObsState, change: StreamChange, now: number): void {
  switch (change) {
    case 'started':
      Object.assign(state.streaming, { ...IDLE_STREAM, active: true, startedAt: now })
      return
    case 'stopped':
      Object.assign(state.streaming, IDLE_STREAM)
      return
    case 'reconnecting':
    case 'reconnected':
      state.streaming.reconnecting = change === 'reconnecting'
      return
    default:
      assertNever(change)
  }
}

function applyRecording(state: ObsState, change: RecordingChange, now: number): void {
  switch (change) {
    case 'started':
      Object.assign(state.recording, { ...IDLE_RECORDING, active: true, startedAt: now })
      return
    case 'stopped':
      Object.assign(state.recording, IDLE_RECORDING)
      return
    case 'paused':
    case 'resumed':
      state.recording.paused = change === 'paused'
      return
    default:
      assertNever(change)
  }
}

function applyConsequence(state: ObsState, means: ObsConsequence): void {
  switch (means.kind) {
    case 'scene-renamed':
      renameScene(state, means.from, means.to)
      return
    case 'input-renamed': {
      const input = state.inputs.find(({ name }) => name === means.from)
      if (input) input.name = means.to
      renameSource(state, means.from, means.to)
      return
    }
    case 'scene-removed':
      delete state.sceneItems[means.scene]
      return
    case 'input-removed': {
      const place = state.inputs.findIndex(({ name }) => name === means.input)
      if (place >= 0) state.inputs.splice(place, 1)
      return
    }
    case 'stale':
    case 'stale-items':
      return
    default:
      assertNever(means)
  }
}

function renameScene(state: ObsState, from: string, to: string): void {
  const { scenes } = state
  if (scenes.current === from) scenes.current = to
  if (scenes.preview === from) scenes.preview = to
  const place = scenes.list.indexOf(from)
  if (place >= 0) scenes.list[place] = to
  const items = itemsOf(state, from)
  delete state.sceneItems[from]
  setItems(state, to, items)
  renameSource(state, from, to)
}

function renameSource(state: ObsState, from: string, to: string): void {
  for (const items of Object.values(state.sceneItems)) {
    for (const item of items) if (item.source === from) item.source = to
  }
}

function itemsOf(state: ObsState, scene: string): ObsSceneItem[] {
  return Object.hasOwn(state.sceneItems, scene) ? (state.sceneItems[scene] ?? []) : []
}

/** Names come from outside, and one of them has a meaning of its own as a key. Its items are not listed. */
export function setItems(state: ObsState, scene: string, items: ObsSceneItem[]): void {
  if (scene !== '__proto__') state.sceneItems[scene] = items
}

/** Adds an input or brings it up to date. */
export function setInput(state: ObsState, input: ObsInput): void {
  const mine = state.inputs.find(({ name }) => name === input.name)
  if (mine) Object.assign(mine, input)
  else state.inputs.push(input)
}

/** Keeps only these inputs, in this order. */
export function keepInputs(state: ObsState, names: readonly string[]): void {
  const places = new Map(names.map((name, place) => [name, place]))
  const placeOf = (input: ObsInput) => places.get(input.name) ?? -1
  state.inputs = state.inputs.filter((input) => placeOf(input) >= 0).sort((a, b) => placeOf(a) - placeOf(b))
}

/** What happened while nobody listened, as far as the state before and after a gap tell. */
export function differences(before: ObsState, after: ObsState): ObsAnnouncement[] {
  const news: ObsNews[] = []
  const { current } = after.scenes
  if (JSON.stringify(before.scenes.list) !== JSON.stringify(after.scenes.list)) {
    news.push({ kind: 'scenes', scenes: after.scenes.list })
  }
  if (current !== null && before.scenes.current !== current) news.push({ kind: 'scene', scene: current })
  if (before.studioMode.enabled !== after.studioMode.enabled) {
    news.push({ kind: 'studio-mode', enabled: after.studioMode.enabled })
  }
  if (before.streaming.active !== after.streaming.active) {
    news.push({ kind: 'stream', change: after.streaming.active ? 'started' : 'stopped' })
  }
  if (before.recording.active !== after.recording.active) {
    news.push({ kind: 'recording', change: after.recording.active ? 'started' : 'stopped', path: null })
  }
  if (before.virtualCamera.active !== after.virtualCamera.active) {
    news.push({ kind: 'virtual-camera', active: after.virtualCamera.active })
  }
  if (before.replayBuffer.active !== after.replayBuffer.active) {
    news.push({ kind: 'replay-buffer', active: after.replayBuffer.active })
  }
  return news.flatMap((piece) => announcements(piece, before))
}
