/**
 * An OBS for tests: a real obs-websocket server on loopback with three scenes, as strict in its greeting as the real one,
 * and with verbs for everything that goes wrong. Answers only the requests that Landale uses.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'

const SALT = 'salt'
const CHALLENGE = 'challenge'

const messageSchema = z.object({ op: z.number(), d: z.record(z.string(), z.unknown()) })
const identifySchema = z.object({ authentication: z.string().optional(), eventSubscriptions: z.number().optional() })
const requestSchema = z.object({
  requestId: z.string(),
  requestType: z.string(),
  requestData: z.record(z.string(), z.unknown()).optional(),
})
const batchSchema = z.object({ requestId: z.string(), requests: z.array(requestSchema.omit({ requestId: true })) })

type Data = Record<string, unknown>
type Answer = Data | undefined | Refusal

/** A request status other than success. */
export class Refusal {
  readonly code: number
  readonly comment: string

  constructor(code: number, comment = '') {
    this.code = code
    this.comment = comment
  }
}

export interface FakeObsOptions {
  password?: string
  /** 29.0.2 with obs-websocket 5.1.0 unless told otherwise. */
  obsVersion?: string
  websocketVersion?: string
}

interface Held {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
}

export class FakeObs {
  /** Every request that came, in order. */
  readonly requests: { type: string; data: Data }[] = []
  /** How often somebody has tried to connect. */
  attempts = 0
  /** Pongs that nobody asked for. */
  pongs = 0
  /** What the last identified client subscribed to. */
  subscriptions = 0
  scenes = ['Scene A', 'Scene B', 'Scene C']
  programScene = 'Scene A'
  /** Null while studio mode is off. */
  previewScene: string | null = null
  /** `scene/item id` */
  readonly #hidden = new Set<string>()
  streaming = false
  recording = false
  readonly #http: Server
  readonly #ws = new WebSocketServer({ noServer: true, handleProtocols: () => 'obswebsocket.json' })
  readonly #clients = new Set<WebSocket>()
  readonly #raw = new Set<Duplex>()
  readonly #options: FakeObsOptions
  readonly #answers = new Map<string, (data: Data) => Answer>()
  readonly #unanswered = new Set<string>()
  #refusal: number | 'connection' | null = null
  #frozen = false
  #heldConnections: Held[] = []
  #heldMessages: (() => void)[] = []

  constructor(options: FakeObsOptions = {}) {
    this.#options = options
    this.#http = createServer()
    this.#http.on('connection', (socket) => {
      this.attempts += 1
      this.#raw.add(socket)
      socket.on('close', () => this.#raw.delete(socket))
      if (this.#refusal === 'connection') socket.destroy()
    })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade({ request, socket, head }))
    for (const [type, answer] of Object.entries(this.#defaults())) this.#answers.set(type, answer)
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const socket of this.#raw) socket.destroy()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  /** Identified clients. */
  get clientCount(): number {
    return this.#clients.size
  }

  /** Answers as it should, from now on. */
  accept(): void {
    this.#refusal = null
  }

  /** Turns new clients away: with a close code after their greeting, or by breaking their connection. */
  refuse(how: number | 'connection'): void {
    this.#refusal = how
  }

  /** Closes what is open with this code. */
  close(code: number, reason = ''): void {
    for (const client of this.#clients) client.close(code, reason)
  }

  /** Breaks every connection off without a word. */
  drop(): void {
    for (const socket of this.#raw) socket.destroy()
  }

  /** Keeps everything open, and answers and says nothing until `thaw`. */
  freeze(): void {
    this.#frozen = true
  }

  /** Does all it was asked for meanwhile, in order. */
  thaw(): void {
    this.#frozen = false
    for (const held of this.#heldConnections.splice(0)) this.#upgrade(held)
    for (const handle of this.#heldMessages.splice(0)) handle()
  }

  /** Never answers this request; all others it does. */
  answerNever(type: string): void {
    this.#unanswered.add(type)
  }

  /** Answers this request from now on so. */
  answer(type: string, answer: (data: Data) => Answer): void {
    this.#unanswered.delete(type)
    this.#answers.set(type, answer)
  }

  /** Says an event to everyone. */
  emit(eventType: string, eventData?: Data): void {
    this.#broadcast(JSON.stringify({ op: 5, d: { eventType, eventIntent: 1, eventData } }))
  }

  /** Says goodbye, as OBS does when its window is closed; the connection stays until `close` or `drop`. */
  exiting(): void {
    this.emit('ExitStarted')
  }

  /** Sends this text to everyone, whatever it is. */
  say(text: string): void {
    this.#broadcast(text)
  }

  /** Which requests of these types came, in order. */
  requestsOf(...types: string[]): { type: string; data: Data }[] {
    return this.requests.filter(({ type }) => types.includes(type))
  }

  #broadcast(text: string): void {
    for (const client of this.#clients) client.send(text)
  }

  #upgrade(held: Held): void {
    if (this.#frozen) {
      this.#heldConnections.push(held)
      return
    }
    const { request, socket, head } = held
    if (socket.destroyed) return
    this.#ws.handleUpgrade(request, socket, head, (client) => this.#greet(client))
  }

  #greet(client: WebSocket): void {
    const authentication = this.#options.password ? { authentication: { challenge: CHALLENGE, salt: SALT } } : {}
    const obsWebSocketVersion = this.#options.websocketVersion ?? '5.1.0'
    client.on('error', () => {})
    client.on('close', () => this.#clients.delete(client))
    client.on('pong', () => {
      this.pongs += 1
    })
    client.on('message', (data) => {
      const handle = () => this.#hear(client, JSON.parse(data.toString()))
      if (this.#frozen) this.#heldMessages.push(handle)
      else handle()
    })
    client.send(JSON.stringify({ op: 0, d: { obsWebSocketVersion, rpcVersion: 1, ...authentication } }))
  }

  #hear(client: WebSocket, raw: unknown): void {
    const { op, d } = messageSchema.parse(raw)
    if (op === 1) this.#identify(client, identifySchema.parse(d))
    else if (op === 3) this.#reidentify(client, identifySchema.parse(d))
    else if (op === 6) this.#request(client, requestSchema.parse(d))
    else if (op === 8) this.#batch(client, batchSchema.parse(d))
    else client.close(4006, 'unknown op code')
  }

  #identify(client: WebSocket, { authentication, eventSubscriptions }: z.output<typeof identifySchema>): void {
    const { password } = this.#options
    const wrong = password !== undefined && authentication !== authenticationOf(password)
    if (typeof this.#refusal === 'number' || wrong) {
      client.close(typeof this.#refusal === 'number' ? this.#refusal : 4009, 'Authentication failed.')
      return
    }
    this.#clients.add(client)
    this.subscriptions = eventSubscriptions ?? 0
    client.send(JSON.stringify({ op: 2, d: { negotiatedRpcVersion: 1 } }))
  }

  #reidentify(client: WebSocket, { eventSubscriptions }: z.output<typeof identifySchema>): void {
    this.subscriptions = eventSubscriptions ?? 0
    client.send(JSON.stringify({ op: 2, d: { negotiatedRpcVersion: 1 } }))
  }

  #request(client: WebSocket, { requestId, requestType, requestData = {} }: z.output<typeof requestSchema>): void {
    const answer = this.#reply(requestType, requestData)
    if (answer) client.send(JSON.stringify({ op: 7, d: { requestId, requestType, ...answer } }))
  }

  #batch(client: WebSocket, { requestId, requests }: z.output<typeof batchSchema>): void {
    const results = requests.map(({ requestType, requestData = {} }) => {
      const answer = this.#reply(requestType, requestData)
      return { requestType, ...answer }
    })
    client.send(JSON.stringify({ op: 9, d: { requestId, results } }))
  }

  /** The answer to a request; without one a refusal of a request it does not know. */
  answerTo(type: string, data: Data): Answer {
    const answer = this.#answers.get(type)
    return answer ? answer(data) : new Refusal(204)
  }

  #reply(type: string, data: Data): Data | null {
    this.requests.push({ type, data })
    if (this.#unanswered.has(type)) return null
    const answer = this.answerTo(type, data)
    if (!(answer instanceof Refusal)) return { requestStatus: { result: true, code: 100 }, responseData: answer }
    const comment = answer.comment === '' ? {} : { comment: answer.comment }
    return { requestStatus: { result: false, code: answer.code, ...comment } }
  }

  #setProgramScene(sceneName: unknown): Answer {
    if (typeof sceneName !== 'string' || !this.scenes.includes(sceneName)) return new Refusal(600, 'no such scene')
    if (sceneName === this.programScene) return undefined
    this.programScene = sceneName
    this.emit('CurrentProgramSceneChanged', { sceneName })
    return undefined
  }

  /** With it on, what is live is what is prepared at first. */
  #setStudioMode(studioModeEnabled: boolean): Answer {
    if (studioModeEnabled === (this.previewScene !== null)) return undefined
    this.previewScene = studioModeEnabled ? this.programScene : null
    this.emit('StudioModeStateChanged', { studioModeEnabled })
    return undefined
  }

  #setPreviewScene(sceneName: unknown): Answer {
    if (this.previewScene === null) return new Refusal(506, 'studio mode is off')
    if (typeof sceneName !== 'string' || !this.scenes.includes(sceneName)) return new Refusal(600, 'no such scene')
    if (sceneName === this.previewScene) return undefined
    this.previewScene = sceneName
    this.emit('CurrentPreviewSceneChanged', { sceneName })
    return undefined
  }

  #setOutput(output: 'streaming' | 'recording', event: string, active: boolean): Answer {
    if (this[output] === active) return new Refusal(active ? 500 : 501)
    this[output] = active
    const states = active ? ['STARTING', 'STARTED'] : ['STOPPING', 'STOPPED']
    const outputPath = output === 'recording' && !active ? '/videos/a.mkv' : null
    for (const state of states) {
      this.emit(event, { outputActive: active, outputState: `OBS_WEBSOCKET_OUTPUT_${state}`, outputPath })
    }
    return outputPath === null ? undefined : { outputPath }
  }

  #defaults(): Record<string, (data: Data) => Answer> {
    const sceneList = () =>
      this.scenes.map((sceneName, index) => ({ sceneName, sceneIndex: this.scenes.length - 1 - index }))
    return {
      GetVersion: () => ({
        obsVersion: this.#options.obsVersion ?? '29.0.2',
        obsWebSocketVersion: this.#options.websocketVersion ?? '5.1.0',
        rpcVersion: 1,
      }),
      GetSceneList: () => ({
        currentProgramSceneName: this.programScene,
        currentPreviewSceneName: this.previewScene,
        scenes: sceneList().reverse(),
      }),
      GetCurrentProgramScene: () => ({ currentProgramSceneName: this.programScene }),
      GetStudioModeEnabled: () => ({ studioModeEnabled: this.previewScene !== null }),
      GetStreamStatus: () => ({ outputActive: this.streaming, outputReconnecting: false, outputDuration: 1000 }),
      GetRecordStatus: () => ({ outputActive: this.recording, outputPaused: false, outputDuration: 1000 }),
      GetVirtualCamStatus: () => ({ outputActive: false }),
      GetReplayBufferStatus: () => new Refusal(604),
      GetInputList: () => ({
        inputs: [
          { inputName: 'Mic', inputKind: 'pulse_input_capture', unversionedInputKind: 'pulse_input_capture' },
          { inputName: 'Colour', inputKind: 'color_source_v3', unversionedInputKind: 'color_source' },
        ],
      }),
      GetInputMute: ({ inputName }) => (inputName === 'Mic' ? { inputMuted: false } : new Refusal(604)),
      GetInputVolume: ({ inputName }) =>
        inputName === 'Mic' ? { inputVolumeDb: 0, inputVolumeMul: 1 } : new Refusal(604),
      GetSceneItemList: ({ sceneName }) => ({
        sceneItems: [
          {
            sceneItemId: 1,
            sceneItemIndex: 0,
            sourceName: 'Colour',
            inputKind: 'color_source_v3',
            sceneItemEnabled: !this.#hidden.has(`${sceneName}/1`),
          },
          {
            sceneItemId: 2,
            sceneItemIndex: 1,
            sourceName: 'Mic',
            inputKind: 'pulse_input_capture',
            sceneItemEnabled: !this.#hidden.has(`${sceneName}/2`),
          },
        ],
      }),
      GetSceneTransitionList: () => ({
        currentSceneTransitionName: 'Cut',
        transitions: [{ transitionName: 'Cut' }, { transitionName: 'Fade' }],
      }),
      GetCurrentSceneTransition: () => ({ transitionName: 'Cut', transitionDuration: null }),
      GetStats: () => ({ cpuUsage: 1, memoryUsage: 200, availableDiskSpace: 1000, activeFps: 60 }),
      GetOutputList: () => ({ outputs: [] }),
      SetCurrentProgramScene: ({ sceneName }) => this.#setProgramScene(sceneName),
      SetStudioModeEnabled: ({ studioModeEnabled }) => this.#setStudioMode(studioModeEnabled === true),
      SetCurrentPreviewScene: ({ sceneName }) => this.#setPreviewScene(sceneName),
      SetSceneItemEnabled: (data) => {
        const item = `${data.sceneName}/${data.sceneItemId}`
        if (data.sceneItemEnabled === true) this.#hidden.delete(item)
        else this.#hidden.add(item)
        this.emit('SceneItemEnableStateChanged', data)
        return undefined
      },
      StartStream: () => this.#setOutput('streaming', 'StreamStateChanged', true),
      StopStream: () => this.#setOutput('streaming', 'StreamStateChanged', false),
      StartRecord: () => this.#setOutput('recording', 'RecordStateChanged', true),
      StopRecord: () => this.#setOutput('recording', 'RecordStateChanged', false),
    }
  }
}

function authenticationOf(password: string): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64')
  return hash(hash(password + SALT) + CHALLENGE)
}
