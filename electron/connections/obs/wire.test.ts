import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { itemsSchema, readEvent, scenesSchema, statsSchema, streamStatusSchema } from './wire.ts'

const output = (state: string, more = {}) => ({
  outputActive: true,
  outputState: `OBS_WEBSOCKET_OUTPUT_${state}`,
  ...more,
})

describe('OBS events in our words', () => {
  it.each([
    ['CurrentProgramSceneChanged', { sceneName: 'Ünïcödé 🎬' }, { kind: 'scene', scene: 'Ünïcödé 🎬' }],
    ['CurrentPreviewSceneChanged', { sceneName: 'A', sceneUuid: 'of OBS 30' }, { kind: 'preview', scene: 'A' }],
    ['StudioModeStateChanged', { studioModeEnabled: true }, { kind: 'studio-mode', enabled: true }],
    ['StreamStateChanged', output('STARTED'), { kind: 'stream', change: 'started' }],
    ['StreamStateChanged', output('RECONNECTING'), { kind: 'stream', change: 'reconnecting' }],
    [
      'RecordStateChanged',
      output('STOPPED', { outputPath: '/a.mkv' }),
      { kind: 'recording', change: 'stopped', path: '/a.mkv' },
    ],
    ['RecordStateChanged', output('STARTED', { outputPath: '' }), { kind: 'recording', change: 'started', path: null }],
    ['RecordStateChanged', output('PAUSED'), { kind: 'recording', change: 'paused', path: null }],
    ['VirtualcamStateChanged', output('STOPPED'), { kind: 'virtual-camera', active: false }],
    ['ReplayBufferStateChanged', output('STARTED'), { kind: 'replay-buffer', active: true }],
    ['ReplayBufferSaved', { savedReplayPath: '/r.mkv' }, { kind: 'replay-saved', path: '/r.mkv' }],
    ['InputMuteStateChanged', { inputName: 'Mic', inputMuted: true }, { kind: 'muted', input: 'Mic', muted: true }],
    [
      'InputVolumeChanged',
      { inputName: 'Mic', inputVolumeDb: -6, inputVolumeMul: 0.5 },
      { kind: 'volume', input: 'Mic', volumeDb: -6, volumeMul: 0.5 },
    ],
    [
      'SceneItemEnableStateChanged',
      { sceneName: 'A', sceneItemId: 4, sceneItemEnabled: false },
      { kind: 'item-visible', scene: 'A', itemId: 4, visible: false },
    ],
    ['CurrentSceneTransitionChanged', { transitionName: 'Fade' }, { kind: 'transition', transition: 'Fade' }],
    [
      'CurrentSceneTransitionDurationChanged',
      { transitionDuration: 300 },
      { kind: 'transition-duration', durationMs: 300 },
    ],
    ['ExitStarted', undefined, { kind: 'exiting' }],
  ])('%s %j', (type, data, news) => {
    expect(readEvent(type, data)).toEqual(news)
  })

  it('scenes come top first, as OBS shows them', () => {
    const scenes = [
      { sceneName: 'bottom', sceneIndex: 0 },
      { sceneName: 'top', sceneIndex: 1 },
    ]
    expect(readEvent('SceneListChanged', { scenes })).toEqual({ kind: 'scenes', scenes: ['top', 'bottom'] })
  })

  it.each([
    ['an event of the future', 'CanvasCreated', { canvasName: 'x' }],
    ['one on its way between two states', 'StreamStateChanged', output('STARTING')],
    ['one without the field that counts', 'CurrentProgramSceneChanged', { scene: 'A' }],
    ['one named like something every object has', 'constructor', { a: 1 }],
  ])('keeps as it came: %s', (_name, rawType, body) => {
    expect(readEvent(rawType, body)).toEqual({ kind: 'other', rawType, body, means: null })
  })

  it('keeps a body that is no object', () => {
    expect(readEvent('Odd', undefined)).toMatchObject({ body: {} })
    expect(readEvent('Odd', null)).toMatchObject({ body: {} })
    expect(readEvent('Odd', [1, 2])).toMatchObject({ body: { value: [1, 2] } })
  })

  it.each([
    ['SceneNameChanged', { oldSceneName: 'A', sceneName: 'B' }, { kind: 'scene-renamed', from: 'A', to: 'B' }],
    ['InputNameChanged', { oldInputName: 'A', inputName: 'B' }, { kind: 'input-renamed', from: 'A', to: 'B' }],
    ['SceneRemoved', { sceneName: 'A', isGroup: false }, { kind: 'scene-removed', scene: 'A' }],
    ['InputRemoved', { inputName: 'A' }, { kind: 'input-removed', input: 'A' }],
    ['InputCreated', { inputName: 'A' }, { kind: 'stale', part: 'inputs' }],
    ['SceneItemCreated', { sceneName: 'A', sceneItemId: 1 }, { kind: 'stale-items', scene: 'A' }],
    ['SceneItemListReindexed', { sceneName: 'A', sceneItems: [] }, { kind: 'stale-items', scene: 'A' }],
    ['CurrentSceneCollectionChanged', { sceneCollectionName: 'x' }, { kind: 'stale', part: 'everything' }],
  ])('%s is kept as it came and means something', (rawType, body, means) => {
    expect(readEvent(rawType, body)).toEqual({ kind: 'other', rawType, body, means })
  })

  it('never throws, whatever comes', () => {
    const types = [
      'CurrentProgramSceneChanged',
      'SceneListChanged',
      'InputVolumeMeters',
      'RecordStateChanged',
      'SceneRemoved',
    ]
    const anything = fc.tuple(fc.oneof(fc.constantFrom(...types), fc.string()), fc.jsonValue())
    fc.assert(fc.property(anything, ([type, data]) => typeof readEvent(type, data).kind === 'string'))
  })
})

describe('OBS answers in our words', () => {
  it('scenes without a preview: OBS outside studio mode', () => {
    const scenes = [{ sceneName: 'A', sceneIndex: 0, sceneUuid: 'of OBS 30' }]
    const answer = { currentProgramSceneName: 'A', currentPreviewSceneName: null, scenes }
    expect(scenesSchema.parse(answer)).toEqual({ current: 'A', preview: null, list: ['A'] })
  })

  it('a scene’s items, topmost first; scenes and groups in it have no kind', () => {
    const sceneItems = [
      {
        sceneItemId: 5,
        sceneItemIndex: 0,
        sourceName: 'bottom',
        inputKind: 'color_source_v3',
        sceneItemEnabled: false,
      },
      { sceneItemId: 2, sceneItemIndex: 1, sourceName: 'a group', inputKind: null, isGroup: true },
    ]
    expect(itemsSchema.parse({ sceneItems })).toEqual([
      { itemId: 2, source: 'a group', kind: null, visible: true },
      { itemId: 5, source: 'bottom', kind: 'color_source_v3', visible: false },
    ])
  })

  it('figures that this version of OBS leaves out, or sends as null, count as 0', () => {
    expect(statsSchema.parse({ activeFps: 60, averageFrameRenderTime: null })).toMatchObject({
      activeFps: 60,
      averageFrameTimeMs: 0,
      outputSkippedFrames: 0,
    })
    expect(streamStatusSchema.parse({ outputActive: true })).toMatchObject({ active: true, congestion: 0, bytes: 0 })
  })
})
