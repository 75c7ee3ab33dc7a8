import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { type CommandName, commandNames } from '../../../contracts/commands.ts'
import { HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeObs, Refusal } from './fake.ts'
import { createTestConnection } from './testing.ts'

type Sent = [type: string, data: Record<string, unknown>]

/** What each command asks OBS for. */
const table: [CommandName, Record<string, unknown>, ...Sent[]][] = [
  ['obs.scene.set', { scene: 'Scene B' }, ['SetCurrentProgramScene', { sceneName: 'Scene B' }]],
  ['obs.preview.set', { scene: 'Scene B' }, ['SetCurrentPreviewScene', { sceneName: 'Scene B' }]],
  ['obs.preview.take', {}, ['TriggerStudioModeTransition', {}]],
  ['obs.studio-mode.set', { enabled: true }, ['SetStudioModeEnabled', { studioModeEnabled: true }]],
  ['obs.stream.start', {}, ['StartStream', {}]],
  ['obs.stream.stop', {}, ['StopStream', {}]],
  ['obs.recording.start', {}, ['StartRecord', {}]],
  ['obs.recording.pause', {}, ['PauseRecord', {}]],
  ['obs.recording.resume', {}, ['ResumeRecord', {}]],
  ['obs.recording.stop', {}, ['StopRecord', {}]],
  ['obs.virtual-camera.set', { active: true }, ['StartVirtualCam', {}]],
  ['obs.virtual-camera.set', { active: false }, ['StopVirtualCam', {}]],
  ['obs.replay-buffer.set', { active: true }, ['StartReplayBuffer', {}]],
  ['obs.replay-buffer.set', { active: false }, ['StopReplayBuffer', {}]],
  ['obs.replay-buffer.save', {}, ['SaveReplayBuffer', {}]],
  ['obs.input.mute', { input: 'Mic', muted: true }, ['SetInputMute', { inputName: 'Mic', inputMuted: true }]],
  ['obs.input.volume.set', { input: 'Mic', volumeDb: -3 }, ['SetInputVolume', { inputName: 'Mic', inputVolumeDb: -3 }]],
  [
    'obs.scene-item.visibility.set',
    { scene: 'Scene B', itemId: 1, visible: false },
    ['SetSceneItemEnabled', { sceneName: 'Scene B', sceneItemId: 1, sceneItemEnabled: false }],
  ],
  ['obs.transition.set', { transition: 'Cut' }, ['SetCurrentSceneTransition', { transitionName: 'Cut' }]],
  [
    'obs.transition.set',
    { transition: 'Fade', durationMs: 200 },
    ['SetCurrentSceneTransition', { transitionName: 'Fade' }],
    ['SetCurrentSceneTransitionDuration', { transitionDuration: 200 }],
  ],
  [
    'obs.screenshot',
    { source: 'Mic', format: 'jpg', width: 320 },
    ['GetSourceScreenshot', { sourceName: 'Mic', imageFormat: 'jpg', imageWidth: 320 }],
  ],
]

describe('OBS commands', () => {
  ensureNoLeaks()
  let obs: FakeObs
  let landale: ReturnType<typeof createTestConnection>

  beforeEach(async () => {
    obs = new FakeObs()
    await obs.start()
    landale = createTestConnection(obs.url)
    landale.start()
    await landale.reach('connected')
    obs.requests.length = 0
  })
  afterEach(async () => {
    await landale.end()
    await obs.stop()
    expect(landale.bugs).toEqual([])
  })

  const invoke = (name: CommandName, args: unknown = {}) => landale.commands.invoke(name, args, HUB_ACTOR)
  const sent = () => obs.requests.map(({ type, data }) => [type, data])

  it.each(table)('%s %j', async (name, args, ...requests) => {
    for (const [type] of requests) obs.answer(type, () => ({ imageData: 'data:,' }))
    expect(await invoke(name, args)).toMatchObject({ status: 'committed' })
    expect(sent()).toEqual(requests)
  })

  it('all are taken on while the service runs, and given back when it stops', async () => {
    const ours = commandNames.filter((name) => name.startsWith('obs.'))
    const take = (name: CommandName) => landale.commands.handle(name, () => ({}) as never)
    for (const name of ours) expect(() => take(name)).toThrow('already has a handler')
    await landale.end()
    for (const name of ours) take(name).dispose()
  })

  it('the file of a recording is answered', async () => {
    await invoke('obs.recording.start')
    expect(await invoke('obs.recording.stop')).toEqual({ status: 'committed', result: { path: '/videos/a.mkv' } })
  })

  it('a screenshot without a source is one of the program scene', async () => {
    obs.answer('GetSourceScreenshot', () => ({ imageData: 'data:image/png;base64,AA==' }))
    expect(await invoke('obs.screenshot')).toEqual({
      status: 'committed',
      result: { source: 'Scene A', dataUrl: 'data:image/png;base64,AA==' },
    })
  })

  describe('a preview taken by a cut', () => {
    const transitions = (current: string, ...kinds: [name: string, kind: string][]) =>
      obs.answer('GetSceneTransitionList', () => ({
        currentSceneTransitionName: current,
        transitions: kinds.map(([transitionName, transitionKind]) => ({ transitionName, transitionKind })),
      }))
    const take = () => invoke('obs.preview.take', { cut: true })

    beforeEach(() => {
      for (const type of ['SetCurrentSceneTransition', 'TriggerStudioModeTransition']) obs.answer(type, () => undefined)
    })

    it('leaves the transition as it was, whatever the cut is called', async () => {
      transitions('Blende', ['Schnitt', 'cut_transition'], ['Blende', 'fade_transition'])
      expect(await take()).toMatchObject({ status: 'committed' })
      expect(sent().slice(1)).toEqual([
        ['SetCurrentSceneTransition', { transitionName: 'Schnitt' }],
        ['TriggerStudioModeTransition', {}],
        ['SetCurrentSceneTransition', { transitionName: 'Blende' }],
      ])
    })

    it('changes no transition where the cut is chosen already', async () => {
      transitions('Cut', ['Cut', 'cut_transition'])
      expect(await take()).toMatchObject({ status: 'committed' })
      expect(sent().slice(1)).toEqual([['TriggerStudioModeTransition', {}]])
    })

    it('puts the transition back when OBS refuses', async () => {
      transitions('Fade', ['Cut', 'cut_transition'], ['Fade', 'fade_transition'])
      obs.answer('TriggerStudioModeTransition', () => new Refusal(506))
      expect(await take()).toMatchObject({ status: 'rejected', error: { code: 'conflict' } })
      expect(sent().at(-1)).toEqual(['SetCurrentSceneTransition', { transitionName: 'Fade' }])
    })

    it('says so where there is no cut', async () => {
      transitions('Fade', ['Fade', 'fade_transition'])
      expect(await take()).toMatchObject({ status: 'rejected', error: { code: 'not_found' } })
      expect(sent()).toHaveLength(1)
    })
  })

  it.each(['obs.virtual-camera.set', 'obs.replay-buffer.set'] as const)('%s: already so is success', async (name) => {
    for (const request of ['StartVirtualCam', 'StartReplayBuffer']) obs.answer(request, () => new Refusal(500))
    for (const request of ['StopVirtualCam', 'StopReplayBuffer']) obs.answer(request, () => new Refusal(501))
    expect(await invoke(name, { active: true })).toMatchObject({ status: 'committed' })
    expect(await invoke(name, { active: false })).toMatchObject({ status: 'committed' })
  })

  it.each([
    [600, 'not_found', 'OBS has no scene "X"'],
    [500, 'conflict', 'running already'],
    [506, 'conflict', 'studio mode'],
    [204, 'vendor_error', 'update OBS'],
    [207, 'unavailable', 'try again'],
    [604, 'vendor_error', 'not available'],
    [702, 'vendor_error', 'tried and failed'],
    [999, 'vendor_error', 'refused SetCurrentProgramScene (999): own words'],
  ])('status %i becomes %s, in words', async (code, rejection, words) => {
    obs.answer('SetCurrentProgramScene', () => new Refusal(code, 'own words'))
    expect(await invoke('obs.scene.set', { scene: 'X' })).toMatchObject({
      status: 'rejected',
      error: { code: rejection, message: expect.stringContaining(words) },
    })
  })

  it('an answer that can’t be read is the vendor’s error', async () => {
    obs.answer('GetSourceScreenshot', () => ({ imageData: 5 }))
    expect(await invoke('obs.screenshot', { source: 'Mic' })).toMatchObject({
      status: 'rejected',
      error: { code: 'vendor_error', message: expect.stringContaining('imageData') },
    })
  })

  it('more requests than OBS can be expected to answer are refused, not queued', async () => {
    obs.answerNever('SetCurrentProgramScene')
    const all = Array.from({ length: 300 }, () => invoke('obs.scene.set', { scene: 'Scene B' }))
    const last = await all.at(-1)
    expect(last).toMatchObject({ status: 'rejected', error: { code: 'rate_limited' } })
    obs.drop()
    const outcomes = (await Promise.all(all)).map((answer) => (answer.status === 'rejected' ? answer.error.code : ''))
    expect(new Set(outcomes)).toEqual(new Set(['unavailable', 'rate_limited']))
  })

  describe('browser sources', () => {
    let inputs: Map<string, { kind: string; settings: Record<string, unknown> }>
    let items: Map<string, number>

    beforeEach(() => {
      inputs = new Map()
      items = new Map()
      const place = (scene: unknown, source: unknown) => `${scene}/${source}`
      const put = (scene: unknown, source: unknown) => {
        if (!obs.scenes.includes(String(scene))) return new Refusal(600)
        const sceneItemId = items.size + 10
        items.set(place(scene, source), sceneItemId)
        return { sceneItemId }
      }
      obs.answer('GetVideoSettings', () => ({
        baseWidth: 1920,
        baseHeight: 1080,
        fpsNumerator: 60000,
        fpsDenominator: 1001,
      }))
      obs.answer('GetInputSettings', ({ inputName }) => {
        const input = inputs.get(String(inputName))
        return input ? { inputKind: input.kind, inputSettings: input.settings } : new Refusal(600)
      })
      obs.answer('CreateInput', ({ sceneName, inputName, inputKind, inputSettings }) => {
        const answer = put(sceneName, inputName)
        if (!(answer instanceof Refusal)) {
          inputs.set(String(inputName), { kind: String(inputKind), settings: inputSettings as Record<string, unknown> })
        }
        return answer
      })
      obs.answer('SetInputSettings', ({ inputName, inputSettings }) => {
        const input = inputs.get(String(inputName))
        if (!input) return new Refusal(600)
        Object.assign(input.settings, inputSettings)
        return undefined
      })
      obs.answer('GetSceneItemId', ({ sceneName, sourceName }) => {
        const sceneItemId = items.get(place(sceneName, sourceName))
        return sceneItemId === undefined ? new Refusal(600) : { sceneItemId }
      })
      obs.answer('CreateSceneItem', ({ sceneName, sourceName }) => put(sceneName, sourceName))
      obs.answer('SetSceneItemTransform', () => undefined)
    })

    const install = (scene = 'Scene A') => invoke('obs.browser-source.install', { scene })

    it('is created with our URL, at the size of the canvas, and fills it', async () => {
      expect(await install()).toEqual({
        status: 'committed',
        result: { input: 'Landale main', itemId: 10, created: true },
      })
      expect(inputs.get('Landale main')).toEqual({
        kind: 'browser_source',
        settings: expect.objectContaining({
          url: 'http://127.0.0.1:7175/overlay/main',
          width: 1920,
          height: 1080,
          fps: 60,
          reroute_audio: true,
          shutdown: false,
          restart_when_active: false,
          css: '',
        }),
      })
      expect(obs.requestsOf('SetSceneItemTransform')[0]?.data).toMatchObject({
        sceneItemId: 10,
        sceneItemTransform: { positionX: 0, boundsType: 'OBS_BOUNDS_STRETCH', boundsWidth: 1920, boundsHeight: 1080 },
      })
    })

    it('shows the picture instead of rendering the stage, when asked, in the same source', async () => {
      await install()
      await invoke('obs.browser-source.install', { scene: 'Scene A', way: 'live' })
      expect(inputs.get('Landale main')?.settings).toMatchObject({ url: 'http://127.0.0.1:7175/live/main' })
      expect(inputs.size).toBe(1)
    })

    it('a second time changes nothing but brings it up to date', async () => {
      await install()
      Object.assign(inputs.get('Landale main')?.settings ?? {}, { url: 'http://old', zoom: 2 })
      expect(await install()).toEqual({
        status: 'committed',
        result: { input: 'Landale main', itemId: 10, created: false },
      })
      expect(inputs.get('Landale main')?.settings).toMatchObject({ url: 'http://127.0.0.1:7175/overlay/main', zoom: 2 })
      expect(inputs.size).toBe(1)
    })

    it('another scene gets the same source, not a second one', async () => {
      await install()
      expect(await install('Scene B')).toMatchObject({ result: { itemId: 11, created: false } })
      expect(inputs.size).toBe(1)
    })

    it.each([false, true])('an unknown scene is said to be unknown (installed elsewhere: %s)', async (elsewhere) => {
      if (elsewhere) await install()
      expect(await install('Nowhere')).toMatchObject({
        status: 'rejected',
        error: { code: 'not_found', path: 'scene', message: 'OBS has no scene "Nowhere"' },
      })
    })

    it('somebody else’s input of that name is left alone', async () => {
      inputs.set('Landale main', { kind: 'image_source', settings: {} })
      expect(await install()).toMatchObject({ status: 'rejected', error: { code: 'conflict' } })
      expect(inputs.get('Landale main')?.settings).toEqual({})
    })

    it('an OBS without browser sources is told from other trouble', async () => {
      obs.answer('CreateInput', () => new Refusal(605))
      expect(await install()).toMatchObject({
        status: 'rejected',
        error: { code: 'vendor_error', message: expect.stringContaining('no browser source') },
      })
    })

    it('only ours are refreshed', async () => {
      obs.answer('GetInputList', () => ({
        inputs: ['Landale main', 'Chat', 'Landale corner'].map((inputName) => ({
          inputName,
          inputKind: 'browser_source',
        })),
      }))
      obs.answer('PressInputPropertiesButton', () => undefined)
      expect(await invoke('obs.browser-source.refresh')).toEqual({
        status: 'committed',
        result: { refreshed: ['Landale main', 'Landale corner'] },
      })
      expect(obs.requestsOf('PressInputPropertiesButton').map(({ data }) => data)).toEqual([
        { inputName: 'Landale main', propertyName: 'refreshnocache' },
        { inputName: 'Landale corner', propertyName: 'refreshnocache' },
      ])
    })
  })
})
