import { describe, expect, it } from 'vitest'
import type { ObsState } from '../../../contracts/state/obs.ts'
import {
  announcements,
  apply,
  differences,
  goOffline,
  initialObsState,
  keepInputs,
  setInput,
  setItems,
} from './machine.ts'
import { readEvent } from './wire.ts'

const NOW = 1_000_000

function aState(change: (state: ObsState) => void = () => {}): ObsState {
  const state = initialObsState('ws://127.0.0.1:4455')
  state.scenes = { current: 'A', preview: null, list: ['A', 'B'] }
  state.inputs = [{ name: 'Mic', kind: 'mic', muted: false, volumeDb: 0, volumeMul: 1 }]
  setItems(state, 'A', [{ itemId: 1, source: 'Mic', kind: 'mic', visible: true }])
  setItems(state, 'B', [{ itemId: 1, source: 'A', kind: null, visible: true }])
  change(state)
  return state
}

function stateAfter(type: string, data: unknown, start = aState()): ObsState {
  apply(start, readEvent(type, data), NOW)
  return start
}

const output = (state: string) => ({ outputActive: true, outputState: `OBS_WEBSOCKET_OUTPUT_${state}` })

describe('the state of OBS', () => {
  it('follows a scene change', () => {
    expect(stateAfter('CurrentProgramSceneChanged', { sceneName: 'B' }).scenes.current).toBe('B')
  })

  it('has no preview once studio mode is off', () => {
    const state = aState((draft) => {
      draft.studioMode.enabled = true
      draft.scenes.preview = 'B'
    })
    expect(stateAfter('StudioModeStateChanged', { studioModeEnabled: false }, state).scenes.preview).toBeNull()
  })

  it('counts a stream from its start, and forgets its figures at its end', () => {
    const state = stateAfter('StreamStateChanged', output('STARTED'))
    expect(state.streaming).toMatchObject({ active: true, startedAt: NOW })
    state.streaming.bytes = 5
    stateAfter('StreamStateChanged', output('RECONNECTING'), state)
    expect(state.streaming).toMatchObject({ active: true, reconnecting: true })
    stateAfter('StreamStateChanged', output('STOPPED'), state)
    expect(state.streaming).toMatchObject({ active: false, reconnecting: false, startedAt: null, bytes: 0 })
  })

  it('pauses and resumes a recording without ending it', () => {
    const state = stateAfter('RecordStateChanged', output('STARTED'))
    expect(stateAfter('RecordStateChanged', output('PAUSED'), state).recording).toMatchObject({
      active: true,
      paused: true,
    })
    expect(stateAfter('RecordStateChanged', output('RESUMED'), state).recording).toMatchObject({
      active: true,
      paused: false,
    })
  })

  it('renames a scene everywhere: in the list, on air, its items, and where it is an item itself', () => {
    const state = stateAfter('SceneNameChanged', { oldSceneName: 'A', sceneName: 'Z' })
    expect(state.scenes).toEqual({ current: 'Z', preview: null, list: ['Z', 'B'] })
    expect(Object.keys(state.sceneItems).sort()).toEqual(['B', 'Z'])
    expect(state.sceneItems.B?.[0]?.source).toBe('Z')
  })

  it('renames an input in the list and in the scenes', () => {
    const state = stateAfter('InputNameChanged', { oldInputName: 'Mic', inputName: 'Voice' })
    expect(state.inputs[0]?.name).toBe('Voice')
    expect(state.sceneItems.A?.[0]?.source).toBe('Voice')
  })

  it('leaves news about what it does not know alone', () => {
    const before = aState()
    const state = aState()
    stateAfter('InputMuteStateChanged', { inputName: 'Nobody', inputMuted: true }, state)
    stateAfter(
      'SceneItemEnableStateChanged',
      { sceneName: '__proto__', sceneItemId: 1, sceneItemEnabled: false },
      state,
    )
    stateAfter('SceneRemoved', { sceneName: 'Nowhere' }, state)
    expect(state).toEqual(before)
  })

  it('a scene called __proto__ does no harm', () => {
    const state = aState((draft) =>
      setItems(draft, '__proto__', [{ itemId: 1, source: 'x', kind: null, visible: true }]),
    )
    expect(Object.keys(state.sceneItems)).toEqual(['A', 'B'])
    expect(Object.getPrototypeOf(state.sceneItems)).toBe(Object.prototype)
  })

  it('keeps only the inputs that there are, in their order', () => {
    const state = aState()
    const input = { kind: 'music', muted: false, volumeDb: 0, volumeMul: 1 }
    setInput(state, { name: 'Gone', ...input })
    setInput(state, { name: 'Music', ...input, muted: true })
    keepInputs(state, ['Music', 'Mic'])
    expect(state.inputs.map(({ name }) => name)).toEqual(['Music', 'Mic'])
  })

  it('offline: nothing is live, but what OBS is made of stays', () => {
    const state = aState((draft) => {
      draft.streaming.active = true
      draft.recording.active = true
    })
    goOffline(state)
    expect(state.scenes).toEqual({ current: null, preview: null, list: ['A', 'B'] })
    expect([state.streaming.active, state.recording.active, state.stats]).toEqual([false, false, null])
    expect(state.inputs).toHaveLength(1)
  })
})

describe('what is announced', () => {
  it('a scene change, with where it came from', () => {
    const news = readEvent('CurrentProgramSceneChanged', { sceneName: 'B' })
    expect(announcements(news, aState())).toEqual([
      { type: 'obs.scene.changed', payload: { scene: 'B', previousScene: 'A' } },
    ])
  })

  it('what has no event of its own, as it came', () => {
    const news = readEvent('SceneRemoved', { sceneName: 'A' })
    expect(announcements(news, aState())).toEqual([
      { type: 'obs.unknown', payload: { rawType: 'SceneRemoved', body: { sceneName: 'A' } } },
    ])
  })

  it('meters never', () => {
    expect(announcements(readEvent('InputVolumeMeters', { inputs: [] }), aState())).toEqual([])
  })

  it('after a gap: what is different now, and nothing when nothing is', () => {
    const before = aState((state) => {
      state.streaming.active = true
    })
    const now = aState((state) => {
      state.scenes.current = 'B'
      state.recording.active = true
    })
    expect(differences(before, now)).toEqual([
      { type: 'obs.scene.changed', payload: { scene: 'B', previousScene: 'A' } },
      { type: 'obs.stream.stopped', payload: {} },
      { type: 'obs.recording.started', payload: { path: null } },
    ])
    expect(differences(now, now)).toEqual([])
  })
})
