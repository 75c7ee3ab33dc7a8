import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { ioTurn, until } from '../behaviour-suite.ts'
import { obsConfigSchema } from './config.ts'
import { HEARTBEAT_INTERVAL_MS } from './connection.ts'
import { FakeObs, Refusal } from './fake.ts'
import { HEARTBEAT_DEADLINE_MS, REQUEST_DEADLINE_MS } from './session.ts'
import { createTestConnection } from './testing.ts'
import { EVENTS, EVENTS_AND_METERS } from './wire.ts'

describe('the OBS connection', () => {
  ensureNoLeaks()
  let obs: FakeObs
  let landale: ReturnType<typeof createTestConnection>

  beforeEach(async () => {
    obs = new FakeObs()
    await obs.start()
    landale = createTestConnection(obs.url)
  })
  afterEach(async () => {
    await landale.end()
    await obs.stop()
    expect(landale.bugs).toEqual([])
  })

  const connect = async () => {
    landale.start()
    await landale.reach('connected')
  }
  const state = () => landale.channels.stateOf('state:obs')
  const see = (look: () => boolean, expected: string) =>
    until(
      () => look() || undefined,
      () => `${expected}; the state is ${JSON.stringify(state())}`,
    )
  const asked = (...types: string[]) => obs.requestsOf(...types).length

  describe('reading', () => {
    it('reads everything before it says that it is connected', async () => {
      await connect()
      expect(state()).toMatchObject({
        url: obs.url,
        obsVersion: '29.0.2',
        websocketVersion: '5.1.0',
        scenes: { current: 'Scene A', preview: null, list: ['Scene A', 'Scene B', 'Scene C'] },
        virtualCamera: { available: true, active: false },
        replayBuffer: { available: false, active: false },
        inputs: [{ name: 'Mic', kind: 'pulse_input_capture', muted: false, volumeDb: 0, volumeMul: 1 }],
        transition: { current: 'Cut', durationMs: null, list: ['Cut', 'Fade'] },
        stats: { activeFps: 60, cpuUsagePercent: 1 },
      })
      expect(state().sceneItems['Scene A']?.map(({ itemId }) => itemId)).toEqual([2, 1])
    })

    it('shows the reading as one patch, and nothing of it before it is whole', async () => {
      landale.start()
      await landale.reach('connected')
      const ofTheReading = landale.channels.patches.filter(({ patches }) =>
        patches.some(({ path }) => path.startsWith('/scenes') || path.startsWith('/inputs')),
      )
      expect(ofTheReading).toHaveLength(1)
    })

    it.each([
      'GetVersion',
      'GetSceneList',
      'GetStudioModeEnabled',
      'GetStreamStatus',
      'GetInputList',
      'GetSceneTransitionList',
      'GetStats',
    ])('connects without an answer to %s: the other parts are there', async (request) => {
      obs.answer(request, () => new Refusal(702, 'not today'))
      await connect()
      const { obsVersion, scenes, inputs, transition } = state()
      expect(
        [obsVersion, scenes.list.length, inputs.length, transition.list.length].filter(Boolean).length,
      ).toBeGreaterThan(2)
    })

    const everyRequest = [
      'GetVersion',
      'GetSceneList',
      'GetStudioModeEnabled',
      'GetStreamStatus',
      'GetRecordStatus',
      'GetVirtualCamStatus',
      'GetReplayBufferStatus',
      'GetInputList',
      'GetSceneTransitionList',
      'GetStats',
    ]

    it('OBS answers nothing at all: it is not connected, and tries again', async () => {
      for (const type of everyRequest) obs.answerNever(type)
      landale.start()
      await until(
        () => (everyRequest.every((type) => asked(type) > 0) ? true : undefined),
        () => 'every request',
      )
      await landale.clock.advance(HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEADLINE_MS)
      await landale.reach('waiting')
    })

    it('OBS is still loading: everything is asked again until it is ready', async () => {
      const ready = new FakeObs()
      for (const type of everyRequest) obs.answer(type, () => new Refusal(207))
      landale.start()
      await until(
        () => (everyRequest.every((type) => asked(type) > 0) ? true : undefined),
        () => 'every request',
      )
      await ioTurn()
      expect(landale.connection.state.status).toBe('connecting')
      for (const type of everyRequest) obs.answer(type, (data) => ready.answerTo(type, data))
      await until(
        () => {
          void landale.clock.advance(100)
          return landale.connection.state.status === 'connected' || undefined
        },
        () => 'connected',
      )
      expect(state().scenes.current).toBe('Scene A')
      expect(state().virtualCamera.available).toBe(true)
    })

    it('an event during the reading is not lost to an older answer', async () => {
      obs.answer('GetStudioModeEnabled', () => {
        obs.programScene = 'Scene B'
        obs.emit('CurrentProgramSceneChanged', { sceneName: 'Scene B' })
        return { studioModeEnabled: false }
      })
      await connect()
      expect(state().scenes.current).toBe('Scene B')
    })

    it('the scene collection is changed: everything is read again', async () => {
      await connect()
      obs.scenes = ['Other']
      obs.programScene = 'Other'
      obs.emit('CurrentSceneCollectionChanged', { sceneCollectionName: 'other' })
      await until(
        () => {
          void landale.clock.advance(50)
          return Object.keys(state().sceneItems).join() === 'Other' || undefined
        },
        () => 'the other scenes',
      )
      expect(state().scenes).toEqual({ current: 'Other', preview: null, list: ['Other'] })
    })

    it('studio mode is turned on: the preview is asked for', async () => {
      await connect()
      obs.answer('GetSceneList', () => ({
        currentProgramSceneName: 'Scene A',
        currentPreviewSceneName: 'Scene B',
        scenes: [],
      }))
      obs.emit('StudioModeStateChanged', { studioModeEnabled: true })
      await see(() => state().studioMode.enabled, 'studio mode')
      await landale.clock.advance(50)
      await see(() => state().scenes.preview === 'Scene B', 'the preview')
    })

    it('another transition is chosen: whether it has a duration is asked for', async () => {
      await connect()
      expect(state().transition).toMatchObject({ current: 'Cut', durationMs: null })
      obs.answer('GetCurrentSceneTransition', () => ({ transitionName: 'Fade', transitionDuration: 300 }))
      obs.emit('CurrentSceneTransitionChanged', { transitionName: 'Fade' })
      await see(() => state().transition.current === 'Fade', 'the fade')
      await landale.clock.advance(50)
      await see(() => state().transition.durationMs === 300, 'its duration')
    })

    it('many events about one scene cause one reading of it', async () => {
      await connect()
      const before = asked('GetSceneItemList')
      for (let item = 0; item < 20; item++) obs.emit('SceneItemCreated', { sceneName: 'Scene B', sceneItemId: item })
      await until(
        () => (landale.store.payloads('obs.unknown').length === 20 ? true : undefined),
        () => '20 events',
      )
      await landale.clock.advance(50)
      await until(
        () => (asked('GetSceneItemList') > before ? true : undefined),
        () => 'a reading',
      )
      await ioTurn()
      expect(asked('GetSceneItemList')).toBe(before + 1)
    })
  })

  describe('news', () => {
    it('announces a scene change with the scene before it, and shows it in one small patch', async () => {
      await connect()
      const before = landale.channels.patches.length
      obs.emit('CurrentProgramSceneChanged', { sceneName: 'Scene B' })
      await see(() => state().scenes.current === 'Scene B', 'Scene B live')
      expect(landale.store.payloads('obs.scene.changed')).toEqual([{ scene: 'Scene B', previousScene: 'Scene A' }])
      expect(landale.channels.patches.slice(before)).toEqual([
        { topic: 'state:obs', patches: [{ op: 'replace', path: '/scenes/current', value: 'Scene B' }] },
      ])
    })

    it('keeps what it does not know as it came', async () => {
      await connect()
      obs.emit('FromTheFuture', { a: { b: [1] } })
      await until(
        () => landale.store.payloads('obs.unknown')[0],
        () => 'obs.unknown',
      )
      expect(landale.store.payloads('obs.unknown')).toEqual([{ rawType: 'FromTheFuture', body: { a: { b: [1] } } }])
    })

    it.each([
      'not json',
      '[]',
      'null',
      '{"op":5}',
      '{"op":5,"d":null}',
      '{"op":7,"d":{"requestId":"nobody"}}',
      '{"op":99,"d":{}}',
    ])('survives %s', async (text) => {
      await connect()
      obs.say(text)
      obs.emit('CurrentProgramSceneChanged', { sceneName: 'Scene C' })
      await see(() => state().scenes.current === 'Scene C', 'Scene C live')
      expect(landale.connection.state.status).toBe('connected')
    })

    it('says hello and goodbye, with the reason', async () => {
      await connect()
      expect(landale.store.payloads('obs.connected')).toEqual([
        { obsVersion: '29.0.2', websocketVersion: '5.1.0', rpcVersion: 1 },
      ])
      obs.close(4011, 'kicked')
      await landale.reach('failed')
      expect(landale.store.payloads('obs.disconnected')).toEqual([
        { reason: expect.stringContaining('somebody disconnected Landale'), code: 4011, willRetry: false },
      ])
    })

    it('says what to do when nothing listens', async () => {
      await obs.stop()
      landale.start()
      expect(await landale.reach('waiting')).toMatchObject({ reason: expect.stringContaining('start OBS') })
      await obs.start()
    })

    it('after a gap announces what is different, and nothing else', async () => {
      obs.streaming = true
      await connect()
      obs.drop()
      await landale.reach('waiting')
      expect(state().streaming.active).toBe(false)
      obs.streaming = false
      obs.programScene = 'Scene C'
      const before = landale.store.events.length
      landale.connection.retryNow()
      await landale.reach('connected')
      expect(landale.store.types.slice(before)).toEqual(['obs.connected', 'obs.scene.changed', 'obs.stream.stopped'])
    })

    it('a stream found running started when its duration says', async () => {
      obs.streaming = true
      await connect()
      expect(state().streaming).toMatchObject({ active: true, startedAt: landale.clock.now() - 1000 })
    })
  })

  describe('heartbeat', () => {
    it('reads the statistics every 5 s, and the counters of what runs', async () => {
      obs.recording = true
      await connect()
      const [stats, recording, stream] = [asked('GetStats'), asked('GetRecordStatus'), asked('GetStreamStatus')]
      await landale.clock.advance(HEARTBEAT_INTERVAL_MS)
      await until(
        () => (asked('GetRecordStatus') > recording ? true : undefined),
        () => 'the next statistics',
      )
      expect([asked('GetStats'), asked('GetStreamStatus')]).toEqual([stats + 1, stream])
    })

    it('any message is proof of life, even when the statistics are never answered', async () => {
      await connect()
      obs.answerNever('GetStats')
      for (let second = 0; second < 30; second++) {
        await landale.clock.advance(1000)
        const count = landale.store.events.length
        obs.emit('SomethingElse', {})
        await until(
          () => (landale.store.events.length > count ? true : undefined),
          () => 'the event',
        )
      }
      expect(landale.connection.state.status).toBe('connected')
    })

    it('a request that is never answered is given up at its deadline, and the connection stays', async () => {
      await connect()
      obs.answerNever('SetCurrentProgramScene')
      const answer = landale.commands.run('obs.scene.set', { scene: 'Scene B' })
      for (let passed = 0; passed < REQUEST_DEADLINE_MS; passed += 2500) {
        await landale.clock.advance(2500)
        await ioTurn()
      }
      expect(await answer).toMatchObject({ status: 'rejected', error: { code: 'timeout' } })
      expect(landale.connection.state.status).toBe('connected')
    })

    it('answers each message with a pong, which saves the next one 40 ms', async () => {
      await connect()
      const before = obs.pongs
      obs.emit('SomethingElse', {})
      await until(
        () => (obs.pongs > before ? true : undefined),
        () => 'a pong',
      )
    })

    it('passes the news on before it says so', async () => {
      await connect()
      const shown: (string | null)[] = []
      const pong = vi.spyOn(WebSocket.prototype, 'pong').mockImplementation(() => {
        shown.push(state().scenes.current)
      })
      obs.emit('CurrentProgramSceneChanged', { sceneName: 'Scene B' })
      await until(
        () => shown[0],
        () => 'a pong',
      )
      pong.mockRestore()
      expect(shown).toEqual(['Scene B'])
    })
  })

  describe('an OBS that quits', () => {
    it('is asked for nothing more once it has said so', async () => {
      await connect()
      obs.exiting()
      await until(
        () => landale.store.payloads('obs.exiting')[0],
        () => 'obs.exiting',
      )
      const { length } = obs.requests
      await landale.clock.advance(3 * HEARTBEAT_INTERVAL_MS)
      obs.emit('CurrentSceneCollectionChanged', {})
      await ioTurn()
      await landale.clock.advance(1000)
      const answer = await landale.commands.run('obs.scene.set', { scene: 'Scene B' })
      expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
      expect(obs.requests.length).toBe(length)
      obs.close(1001)
      const waiting = await landale.reach('waiting')
      expect(waiting).toMatchObject({ reason: expect.stringContaining('closed') })
    })

    it('and hangs in it is left after 30 s', async () => {
      await connect()
      obs.exiting()
      await until(
        () => landale.store.payloads('obs.exiting')[0],
        () => 'obs.exiting',
      )
      await landale.clock.advance(29_000)
      expect(landale.connection.state.status).toBe('connected')
      await landale.clock.advance(1000)
      await landale.reach('waiting')
    })
  })

  describe('meters', () => {
    const levels = { inputs: [{ inputName: 'Mic', inputLevelsMul: [[0.1, 0.2, 0.3]] }] }

    it('are subscribed to only while somebody watches, and go to nobody else', async () => {
      await connect()
      expect(obs.subscriptions).toBe(EVENTS)
      landale.channels.watch('meters:obs', true)
      await see(() => obs.subscriptions === EVENTS_AND_METERS, 'a subscription to the meters')
      const stored = landale.store.events.length
      obs.emit('InputVolumeMeters', levels)
      await see(() => landale.channels.signals.length === 1, 'a push')
      expect(landale.channels.signals).toEqual([
        { topic: 'meters:obs', event: 'meters', payload: { inputs: [{ name: 'Mic', levels: [[0.1, 0.2, 0.3]] }] } },
      ])
      expect(landale.store.events.length).toBe(stored)
      landale.channels.watch('meters:obs', false)
      await see(() => obs.subscriptions === EVENTS, 'no subscription to the meters')
    })

    it('are subscribed to again after a drop', async () => {
      await connect()
      landale.channels.watch('meters:obs', true)
      await see(() => obs.subscriptions === EVENTS_AND_METERS, 'a subscription to the meters')
      obs.drop()
      await landale.reach('waiting')
      obs.subscriptions = 0
      landale.connection.retryNow()
      await landale.reach('connected')
      expect(obs.subscriptions).toBe(EVENTS_AND_METERS)
    })
  })

  describe('settings', () => {
    it('switched off: idle, and says why', async () => {
      await landale.end()
      landale = createTestConnection(obs.url, { config: obsConfigSchema.parse({ enabled: false }) })
      landale.start()
      expect(await landale.reach('idle')).toMatchObject({ reason: expect.stringContaining('obs.enabled') })
      expect(obs.attempts).toBe(0)
    })

    it('an address set from the dashboard is kept, beats the file, and is used at once', async () => {
      const other = new FakeObs({ password: 'secret' })
      await other.start()
      await connect()
      const answer = await landale.commands.run('obs.configure', { url: other.url, password: 'secret' })
      expect(answer).toMatchObject({ status: 'committed' })
      await until(
        () => (other.clientCount === 1 ? true : undefined),
        () => 'a connection to the other OBS',
      )
      await landale.reach('connected')
      expect(state().url).toBe(other.url)
      expect(obs.clientCount).toBe(0)
      expect(JSON.stringify(state())).not.toContain('secret')
      await other.stop()
    })

    it('a new address without a password does not get the old one’s', async () => {
      await landale.secrets.set('obs', JSON.stringify({ url: 'ws://127.0.0.1:1', password: 'secret' }))
      await connectElsewhere({ url: obs.url })
      expect(JSON.parse(landale.secrets.kept.get('obs') ?? '')).toEqual({ url: obs.url, password: null })
    })

    it('the same address without a password keeps it', async () => {
      await landale.secrets.set('obs', JSON.stringify({ url: obs.url, password: 'secret' }))
      await connectElsewhere({ url: obs.url })
      expect(JSON.parse(landale.secrets.kept.get('obs') ?? '')).toEqual({ url: obs.url, password: 'secret' })
    })

    const connectElsewhere = async (args: { url: string }) => {
      landale.start()
      await until(
        () => (landale.connection.state.status === 'closed' ? undefined : true),
        () => 'a start',
      )
      expect(await landale.commands.run('obs.configure', args)).toMatchObject({ status: 'committed' })
      await landale.reach('connected')
    }

    it('a kept address that can’t be read asks for another, and takes it', async () => {
      landale.secrets.kept.set('obs', 'sealed on another machine')
      landale.start()
      expect(await landale.reach('needs-auth')).toMatchObject({ reason: expect.stringContaining('set it again') })
      expect(await landale.commands.run('obs.configure', { url: obs.url })).toMatchObject({ status: 'committed' })
      await landale.reach('connected')
    })

    it('the environment beats both, and the dashboard is told so', async () => {
      await landale.end()
      landale = createTestConnection('ws://127.0.0.1:1', { environment: { url: obs.url } })
      await landale.secrets.set('obs', JSON.stringify({ url: 'ws://127.0.0.1:2', password: null }))
      await connect()
      const answer = await landale.commands.run('obs.configure', { url: 'ws://127.0.0.1:3' })
      expect(answer).toMatchObject({ status: 'rejected', error: { code: 'conflict', path: 'url' } })
    })
  })

  describe('the original’s HTTP routes', () => {
    it.each([
      'scenes',
      'scene/current',
      'stream-status',
      'record-status',
      'stats',
      'version',
      'virtual-cam',
      'outputs',
    ])('GET %s answers in its envelope', async (path) => {
      await connect()
      expect(await landale.routes.call('GET', `/api/obs/${path}`)).toMatchObject({
        success: true,
        data: expect.any(Object),
        meta: { timestamp: expect.stringMatching(/^2026-/), server_version: '0.0.0' },
      })
    })

    it('GET status answers with and without OBS', async () => {
      obs.refuse('connection')
      landale.start()
      await landale.reach('waiting')
      expect(await landale.routes.call('GET', '/api/obs/status')).toMatchObject({
        success: true,
        data: { connection: { connected: false, connectionState: 'waiting' }, streaming: { timecode: '00:00:00' } },
      })
      expect(await landale.routes.call('GET', '/api/obs/stats')).toMatchObject({
        status: 503,
        body: { success: false, error: { code: 'unavailable' } },
      })
    })

    it('POST switches scenes and starts and stops', async () => {
      await connect()
      const params = { scene_name: 'Scene B' }
      expect(await landale.routes.call('POST', '/api/obs/scene/:scene_name', { params })).toMatchObject({
        success: true,
      })
      expect(obs.programScene).toBe('Scene B')
      await landale.routes.call('POST', '/api/obs/streaming/start')
      await landale.routes.call('POST', '/api/obs/recording/start')
      expect([obs.streaming, obs.recording]).toEqual([true, true])
      await landale.routes.call('POST', '/api/obs/streaming/stop')
      await landale.routes.call('POST', '/api/obs/recording/stop')
      expect([obs.streaming, obs.recording]).toEqual([false, false])
      const nowhere = await landale.routes.call('POST', '/api/obs/scene/:scene_name', {
        params: { scene_name: 'Nowhere' },
      })
      expect(nowhere).toMatchObject({ status: 404, body: { success: false, error: { code: 'not_found' } } })
    })
  })
})
