/**
 * The compositor: which outputs are painted, by what, and who watches. Joins the frame sources, the picture server and the
 * list of outputs; owns `state:picture` and the files under `/live`. Sees no pixel: those go from the source to the
 * picture server's own thread.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import type { Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { Output } from '../../../contracts/output.ts'
import { overlayJoinSchema } from '../../../contracts/overlay-presence.ts'
import { type LiveAddress, PICTURE_PATH } from '../../../contracts/picture/messages.ts'
import { allows } from '../../../contracts/scopes.ts'
import type { PictureSource, PictureState, Watcher } from '../../../contracts/state/picture.ts'
import { OVERLAY_TOPIC_PREFIX } from '../../../contracts/topics.ts'
import type { Channels, Guest, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import { HttpAnswer, HttpError, type Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { FrameSources } from '../../kernel/ports/frame-source.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { TokenActor, Tokens } from '../../kernel/tokens.ts'
import { Painter } from './painter.ts'
import { pictureMetrics } from './picture-metrics.ts'
import type { PictureServer } from './server/picture-server.ts'

interface CompositorOutputs {
  readonly outputs: readonly Output[]
  readonly onDidChange: Event<readonly Output[]>
  /** The output that this token's URL shows; null for any other token. */
  tokenOutput(tokenId: string): string | null
}

export interface CompositorOptions {
  outputs: CompositorOutputs
  /** Where the sound plays now: the id of a guest or viewer. */
  player: { readonly elected: string | null; readonly onDidChange: Event<void> }
  sources: FrameSources
  server: PictureServer
  channels: Pick<Channels, 'state' | 'presence'>
  commands: Pick<Commands, 'handle'>
  routes: Routes
  metrics: Pick<Metrics, 'add'>
  tokens: Pick<Tokens, 'verify' | 'onDidRevoke' | 'overlayToken'>
  /** Base URL of the hub, e.g. `http://127.0.0.1:7175`. */
  hubUrl: () => string
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** In [0, 1). */
  random: () => number
}

/** How often the figures on the dashboard follow. */
const FIGURES_PERIOD_MS = 1000
/** A still asked for when nothing is painted yet waits so long for the first frame. */
const FIRST_FRAME_MS = 5000

const liveQuery = z.object({
  token: z.string().max(200).optional(),
  /** CSS hex colour behind the picture; without it the picture keeps its alpha. */
  background: z
    .string()
    .regex(/^#?[0-9a-f]{6}$/i, 'must be six hex digits')
    .optional(),
  width: z.coerce.number().int().min(16).max(7680).optional(),
})

export function createCompositor(options: CompositorOptions): Service {
  return {
    id: 'compositor',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const session = new Compositing(options)
      try {
        await untilAborted(signal)
      } finally {
        await session.dispose()
      }
    },
  }
}

class Compositing {
  readonly #options: CompositorOptions
  readonly #owned = new DisposableStore()
  readonly #state: StateHandle<PictureState>
  readonly #painters = new Map<string, { painter: Painter; shape: string }>()
  /** The token with which the stage in the picture was let in, by output. */
  readonly #stageTokens = new Map<string, string | undefined>()
  /** Stages that draw by themselves, by guest id. */
  readonly #stages = new Map<string, Guest>()

  constructor(options: CompositorOptions) {
    this.#options = options
    const { channels, commands, metrics, outputs, server, clock, player, tokens } = options
    this.#state = this.#owned.add(channels.state('state:picture', { port: null, sources: [], watchers: [] }))
    this.#owned.add(outputs.onDidChange(() => this.#followOutputs()))
    this.#owned.add(server.onDidChangeViewers(({ output, viewers }) => this.#painterOf(output)?.want(viewers > 0)))
    // Its socket went with the server's thread: another one is given to it.
    this.#owned.add(server.onDidLoseSource((output) => this.#painterOf(output)?.restart()))
    this.#owned.add(player.onDidChange(() => this.#showWatchers()))
    this.#owned.add(tokens.onDidRevoke((tokenId) => this.#tokenRevoked(tokenId)))
    this.#owned.add(clock.setInterval(() => this.#showFigures(), FIGURES_PERIOD_MS))
    this.#owned.add(
      channels.presence({
        topic: `${OVERLAY_TOPIC_PREFIX}*`,
        scopes: ['overlay', 'read'],
        onJoin: (guest) => this.#stageJoined(guest),
        onLeave: (guest) => this.#stageLeft(guest),
      }),
    )
    this.#owned.add(commands.handle('watcher.refresh', ({ watcher }) => this.#tell(watcher, 'refresh')))
    this.#owned.add(commands.handle('watcher.drop', ({ watcher }) => this.#tell(watcher, 'drop')))
    this.#owned.add(commands.handle('picture.restart', ({ output }) => this.#restart(output)))
    this.#owned.add(metrics.add(() => pictureMetrics(outputs.outputs, server)))
    this.#addRoutes()
    this.#followOutputs()
  }

  async dispose(): Promise<void> {
    this.#owned.dispose()
    const painters = [...this.#painters.values()]
    this.#painters.clear()
    await Promise.all(painters.map(({ painter }) => painter.dispose()))
    await this.#options.server.close()
  }

  // Outputs and who paints them

  #followOutputs(): void {
    const { outputs, server, log } = this.#options
    const wanted = new Map(outputs.outputs.map((output) => [output.id, output]))
    for (const [id, { painter }] of [...this.#painters]) {
      if (wanted.has(id)) continue
      this.#painters.delete(id)
      this.#stageTokens.delete(id)
      server.removeOutput(id)
      painter.dispose().catch((error: unknown) => log.error({ err: error, output: id }, 'a painter did not stop'))
    }
    for (const { id, width, height, frameRate } of wanted.values()) {
      const shape = `${width}x${height}@${frameRate}`
      const present = this.#painters.get(id)
      if (present?.shape === shape) continue
      server.setOutput({ id, width, height, frameRate })
      if (present) {
        present.shape = shape
        present.painter.restart()
      } else this.#painters.set(id, { painter: this.#createPainter(id), shape })
    }
    this.#showSources()
  }

  #createPainter(id: string): Painter {
    const { sources, server, clock, random, log } = this.#options
    const painter: Painter = new Painter({
      sources,
      clock,
      random,
      job: () => this.#jobOf(id),
      onStale: () => server.blank(id),
      onError: (error) => log.warn({ err: error, output: id }, 'the painting of an output failed; it is started anew'),
      onChange: () => {
        log.info({ output: id, ...painter.state }, 'painting')
        // Who comes later must wait for a new picture instead of seeing an old one.
        if (painter.state.state === 'off') server.closeSink(id)
        this.#showSources()
      },
    })
    return painter
  }

  async #jobOf(id: string) {
    const { tokens, server, hubUrl } = this.#options
    const { width, height, frameRate } = this.#outputOf(id)
    const token = await tokens.overlayToken(id)
    this.#stageTokens.set(id, tokens.verify(token)?.tokenId)
    const stageUrl = `${hubUrl()}/overlay/${id}?token=${token}&picture=1`
    return { output: id, hubUrl: hubUrl(), stageUrl, width, height, frameRate, sink: await server.openSink(id) }
  }

  #painterOf(output: string): Painter | undefined {
    return this.#painters.get(output)?.painter
  }

  #outputOf(id: string): Output {
    const output = this.#options.outputs.outputs.find((candidate) => candidate.id === id)
    if (!output) throw new CommandError('not_found', `there is no output "${id}"`, { path: 'output' })
    return output
  }

  /** The stage in the picture came with its output's token: it is let in again with the new one. */
  #tokenRevoked(tokenId: string): void {
    this.#options.server.revokeToken(tokenId)
    for (const [output, stageToken] of this.#stageTokens) {
      if (stageToken === tokenId) this.#painterOf(output)?.restart()
    }
  }

  #restart(output: string): Record<string, never> {
    this.#outputOf(output)
    this.#painterOf(output)?.restart()
    return {}
  }

  // Who watches

  #stageJoined(guest: Guest): void {
    const joined = overlayJoinSchema.safeParse(guest.params)
    // The stage that is painted into the picture watches nothing.
    if (!joined.success || !joined.data.canPlay) return
    this.#stages.set(guest.id, guest)
    this.#showWatchers()
  }

  #stageLeft(guest: Guest): void {
    if (this.#stages.delete(guest.id)) this.#showWatchers()
  }

  #tell(watcher: string, what: 'refresh' | 'drop'): Record<string, never> {
    const stage = this.#stages.get(watcher)
    if (stage) {
      stage.push(what, {})
      return {}
    }
    const { server } = this.#options
    if (!server.viewers().some(({ id }) => id === watcher)) {
      throw new CommandError('not_found', 'this watcher is not there any more', { path: 'watcher' })
    }
    server[what](watcher)
    return {}
  }

  // The files under /live

  #addRoutes(): void {
    const { routes, server } = this.#options
    const add = (
      path: string,
      summary: string,
      handle: Parameters<typeof routes.add<typeof liveQuery, never>>[0]['handle'],
    ) => this.#owned.add(routes.add({ method: 'GET', path, scope: null, summary, query: liveQuery, handle }))
    add('/live/:output.json', 'Where the pixels of an output are', async ({ params, query, hostname }) => {
      const { id, width, height } = this.#admit(params.output, query.token)
      const { port } = await server.listen()
      const socket = `ws://${hostname}:${port}${PICTURE_PATH}/${id}`
      return { socket, width, height } satisfies LiveAddress
    })
    add('/live/:output.mjpeg', 'A small moving preview of an output', async ({ params, query, hostname }) => {
      const { id } = this.#admit(params.output, query.token)
      const { port } = await server.listen()
      const search = new URLSearchParams()
      for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
      const location = `http://${hostname}:${port}${PICTURE_PATH}/${id}.mjpeg?${search}`
      return new HttpAnswer(302, null, { location })
    })
    for (const type of ['png', 'webp'] as const) {
      add(`/live/:output.${type}`, `The picture of an output, as ${type.toUpperCase()}`, async ({ params, query }) => {
        const { id } = this.#admit(params.output, query.token)
        const { background, width } = query
        await server.listen()
        const still = await server.snapshot(id, { type, background, maxWidth: width, waitMs: FIRST_FRAME_MS })
        if (still) return new HttpAnswer(200, still, { 'content-type': `image/${type}` })
        const reason = this.#painterOf(id)?.state.reason ?? 'nothing has been painted yet; ask again in a moment'
        throw new HttpError(503, 'no_picture', `there is no picture of "${id}": ${reason}`)
      })
    }
  }

  /** The output, if the token opens it: an overlay's own token, or one that may read everything. */
  #admit(id: string | undefined, token: string | undefined): Output {
    const actor = this.#options.tokens.verify(token ?? '')
    if (!actor || !this.#mayWatch(actor, id ?? '')) {
      throw new HttpError(401, 'unauthorized', 'this address needs the token of its output; copy it from the dashboard')
    }
    const output = this.#options.outputs.outputs.find((candidate) => candidate.id === id)
    if (!output) throw new HttpError(404, 'not_found', `there is no output "${id}"`)
    return output
  }

  #mayWatch(actor: TokenActor, output: string): boolean {
    const own = this.#options.outputs.tokenOutput(actor.tokenId)
    return own === null ? allows(actor.scopes, 'read') : own === output
  }

  // What the dashboard sees

  #showSources(): void {
    const { outputs, server } = this.#options
    const sources = outputs.outputs.map(({ id }): PictureSource => {
      const state = this.#painterOf(id)?.state ?? { state: 'off', kind: null, reason: null }
      return { output: id, ...state, ...server.figures(id) }
    })
    this.#state.update((draft) => {
      draft.sources = sources
      draft.port = server.port
    })
  }

  #showWatchers(): void {
    const { server, player } = this.#options
    const sound = (id: string) => id === player.elected
    const stages = [...this.#stages.values()].map(
      ({ id, topic, address, agent, since }): Watcher => ({
        id,
        output: topic.slice(OVERLAY_TOPIC_PREFIX.length),
        way: 'overlay',
        address,
        agent,
        since,
        framesShown: null,
        framesBehind: null,
        bytesPerSecond: null,
        sound: sound(id),
      }),
    )
    const viewers = server
      .viewers()
      .map(({ canPlay: _, ...viewer }): Watcher => ({ ...viewer, way: 'live', sound: sound(viewer.id) }))
    this.#state.update((draft) => {
      draft.watchers = [...stages, ...viewers].sort((a, b) => a.since - b.since)
    })
  }

  #showFigures(): void {
    if (this.#options.server.port === null) return
    this.#showSources()
    this.#showWatchers()
  }
}
