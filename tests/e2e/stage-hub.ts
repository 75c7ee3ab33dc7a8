/**
 * The servers of the hub with the real pages and nothing behind them: a test says what the outputs are, who is elected,
 * and what the picture's pixels are. Knows nothing of what the tests claim.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { BuiltInPage, Layer, Output } from '../../contracts/output.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { AudienceBoard, AudienceState } from '../../contracts/state/audience.ts'
import type { ChatState } from '../../contracts/state/chat.ts'
import type { CaptionsState, CodingState, NowPlayingState, StatusState } from '../../contracts/state/displays.ts'
import type { EmoteRainState } from '../../contracts/state/emote-rain.ts'
import type { GiveawayState } from '../../contracts/state/giveaway.ts'
import type { IronmonState } from '../../contracts/state/ironmon.ts'
import type { OutputsState } from '../../contracts/state/outputs.ts'
import type { PollState } from '../../contracts/state/poll.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import type { TimersState } from '../../contracts/state/timers.ts'
import type { WidgetsState } from '../../contracts/state/widgets.ts'
import type { Guest, StateHandle } from '../../electron/kernel/channels/channels.ts'
import { TestHub } from '../../electron/kernel/channels/test-hub.ts'
import { sampleIronmon } from '../../overlays/ironmon/sample-ironmon.ts'
import { sampleCoding, sampleStatus } from '../../overlays/layer/sample-displays.ts'
import { sampleProducer } from '../../overlays/omnibar/sample-content.ts'

export const PAGES = join(process.env.LANDALE_BUILD ?? join(import.meta.dirname, '../../out'), 'renderer')

export class StageHub {
  readonly guests: Guest[] = []
  /** What stages said, as `event id`. */
  readonly said: string[] = []
  readonly #hub: TestHub
  readonly #outputs: StateHandle<OutputsState>
  readonly alerts: StateHandle<AlertsState>
  readonly producer: StateHandle<ProducerState>
  readonly ironmon: StateHandle<IronmonState>
  readonly status: StateHandle<StatusState>
  readonly nowPlaying: StateHandle<NowPlayingState>
  readonly coding: StateHandle<CodingState>
  readonly captions: StateHandle<CaptionsState>
  readonly widgets: StateHandle<WidgetsState>
  readonly chat: StateHandle<ChatState>
  readonly audience: StateHandle<AudienceState>
  readonly emoteRain: StateHandle<EmoteRainState>
  readonly timers: StateHandle<TimersState>
  readonly poll: StateHandle<PollState>
  readonly giveaway: StateHandle<GiveawayState>

  /** `clock`: the hub's time, which pages go by. */
  constructor(port = 0, outputs: Output[] = [outputOf([])], clock: Clock = systemClock) {
    this.#hub = new TestHub({ staticRoot: PAGES, port, clock })
    const { channels } = this.#hub
    this.#outputs = channels.state('state:outputs', { outputs, undo: null, redo: null })
    channels.state('state:rehearsal', { widgets: [], layers: [] })
    this.alerts = channels.state('state:alerts', NO_ALERTS)
    this.producer = channels.state('state:producer', sampleProducer())
    this.ironmon = channels.state('state:ironmon', sampleIronmon())
    this.status = channels.state('state:status', sampleStatus())
    this.nowPlaying = channels.state('state:now-playing', { track: null })
    this.coding = channels.state('state:coding', sampleCoding())
    this.captions = channels.state('state:captions', { lines: [], interim: null })
    this.widgets = channels.state('state:widgets', { widgets: [], presets: [] })
    this.chat = channels.state('state:chat', { lines: {}, highlight: null })
    this.audience = channels.state('state:audience', NO_AUDIENCE)
    this.emoteRain = channels.state('state:emote-rain', { rains: {}, clearedUpTo: 0 })
    this.timers = channels.state('state:timers', { timers: {} })
    this.poll = channels.state('state:poll', { poll: null })
    this.giveaway = channels.state('state:giveaway', { giveaway: null })
    channels.presence({
      topic: 'overlay:*',
      scopes: ['overlay'],
      onJoin: (guest) => this.guests.push(guest),
      onLeave: (guest) => this.guests.splice(this.guests.indexOf(guest), 1),
    })
    channels.onMessage({
      topic: 'overlay:*',
      event: 'cue-started',
      scopes: ['overlay'],
      handle: (payload) => {
        this.said.push(`cue-started ${(payload as { id: string }).id}`)
        return {}
      },
    })
  }

  async start(): Promise<this> {
    await this.#hub.start()
    return this
  }

  stop(): Promise<void> {
    return this.#hub.stop()
  }

  get port(): number {
    return this.#hub.port
  }

  get routes() {
    return this.#hub.http.routes
  }

  get url(): string {
    return this.#hub.url
  }

  /** One of our layers by itself. */
  layerUrl(page: BuiltInPage): string {
    return `${this.url}/layer/${page}?token=overlay-secret`
  }

  widgetUrl(widget: string): string {
    return `${this.url}/widget/${widget}?token=overlay-secret`
  }

  stageUrl(output = 'main', more = ''): string {
    return `${this.url}/overlay/${output}?token=overlay-secret${more}`
  }

  /** Changes the layers of `main`, or its size. */
  set(layers: Layer[], size: Partial<Output> = {}): void {
    this.#outputs.update((draft) => {
      draft.outputs = [outputOf(layers, size)]
    })
  }

  /** Says it to every stage that is there. */
  tell(event: string, payload: object = {}): void {
    for (const guest of this.guests) guest.push(event, payload)
  }
}

export function outputOf(layers: Layer[], change: Partial<Output> = {}): Output {
  return { id: 'main', name: 'Main', width: 1920, height: 1080, frameRate: 60, layers, ...change }
}

/** A layer that fills the canvas. */
export function layerOf(id: string, source: Layer['source'], change: Partial<Layer> = {}): Layer {
  return {
    id,
    name: id,
    source,
    visible: true,
    rect: { x: 0, y: 0, width: 1920, height: 1080 },
    crop: { top: 0, right: 0, bottom: 0, left: 0 },
    opacity: 1,
    blend: 'normal',
    css: '',
    pageCss: '',
    transparent: true,
    ...change,
  }
}

export const urlLayer = (id: string, url: string, change: Partial<Layer> = {}) =>
  layerOf(id, { kind: 'url', url }, change)

const NO_BOARD: AudienceBoard = { messages: [], bits: [], gifts: [], points: [] }
const NO_AUDIENCE: AudienceState = { viewers: null, followers: null, events: [], today: NO_BOARD, ever: NO_BOARD }

const NO_ALERTS: AlertsState = {
  paused: false,
  current: null,
  interrupted: [],
  queue: [],
  waiting: 0,
  recent: [],
  sound: { muted: false, volume: 1 },
  // Pages never read them.
  rules: {} as AlertsState['rules'],
}

/** Somebody else's web server: pages by path, and what was asked of it. */
export class ElseWhere {
  readonly asked: string[] = []
  readonly #pages = new Map<string, string>()
  readonly #server: Server

  constructor() {
    this.#server = createServer(this.#answer)
  }

  readonly #answer: RequestListener = ({ url = '', method = '' }, response) => {
    this.asked.push(`${method} ${url}`)
    const page = this.#pages.get(url)
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page ?? '<body style="background:red">not found')
  }

  listen(port = 0): Promise<this> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve(this)))
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Serves `html` there; answers its address. `localhost` is another site than the hub's, `127.0.0.1` the same one. */
  page(path: string, html: string, host: 'localhost' | '127.0.0.1' = 'localhost'): string {
    this.#pages.set(path, `<!doctype html>${html}`)
    return `http://${host}:${this.port}${path}`
  }

  /** How many times a page was asked for by a frame. */
  loads(path: string): number {
    return this.asked.filter((line) => line === `GET ${path}`).length
  }
}
