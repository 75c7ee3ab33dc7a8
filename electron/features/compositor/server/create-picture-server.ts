/**
 * The main thread's side of the picture server: starts its thread when somebody wants to watch, tells it of outputs and
 * sessions, answers its questions about tokens, and keeps its latest word about who watches. When the thread dies it is
 * started anew, on the same port and with the same outputs; sources and viewers connect again.
 */
import { randomBytes } from 'node:crypto'
import { Backoff } from '../../../../base/backoff.ts'
import type { Clock } from '../../../../base/clock.ts'
import { Emitter } from '../../../../base/emitter.ts'
import type { Disposable } from '../../../../base/lifecycle.ts'
import { assertNever, errorMessage } from '../../../../base/result.ts'
import { PICTURE_PATH } from '../../../../contracts/picture/messages.ts'
import type { Logger } from '../../../kernel/log.ts'
import type { BitmapFrame, FrameSink } from '../../../kernel/ports/frame-source.ts'
import { StartError } from '../../../kernel/start-error.ts'
import { FrameQueue } from './frame-queue.ts'
import { emptyHistogram } from './histogram.ts'
import { PictureLink } from './picture-link.ts'
import type {
  OutputShape,
  PictureFigures,
  PictureGrant,
  PictureServer,
  StillOptions,
  Viewer,
} from './picture-server.ts'
import type { Figures, FromPictureWorker, OutputCounts, ToPictureWorker } from './protocol.ts'
import { RateMeter } from './rate-meter.ts'

export interface PictureServerOptions {
  /** 0 is any. */
  port: number
  /** What to do when another program has the port. */
  ifTaken: 'fail' | 'any-port'
  /** The address to listen on. */
  bind: string
  /** Further names under which it is reached, as the hub's own. */
  allowedHosts: readonly string[]
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Asked for each who connects. */
  verify(secret: string): PictureGrant | null
  /** Exact Origins of the hub's pages, e.g. `http://127.0.0.1:7175`. */
  pageOrigins(): readonly string[]
  /** In [0, 1). */
  random: () => number
}

const SECRET_BYTES = 32
/** A thread that lives so long has proven its health, ms. */
const PROVEN_MS = 30_000

export function createPictureServer(options: PictureServerOptions): PictureServer {
  return new ThreadedPictureServer(options)
}

interface Session {
  secret: string
  queue: FrameQueue
}

interface Output {
  shape: OutputShape
  session: Session | null
  /** Frames that came from this process. */
  bitmaps: number
  rate: RateMeter
  counts: OutputCounts
  /** What threads that died had counted. */
  earlier: OutputCounts
  demand: number
}

interface Running {
  link: PictureLink
  port: number
}

class ThreadedPictureServer implements PictureServer {
  readonly #options: PictureServerOptions
  readonly #outputs = new Map<string, Output>()
  readonly #viewers = new Map<string, Viewer>()
  readonly #stills = new Map<number, { resolve(data: Buffer | null): void; reject(error: Error): void }>()
  readonly #backoff: Backoff
  #retry: Disposable | undefined
  #proof: Disposable | undefined
  #starting: Promise<Running> | undefined
  #running: Running | undefined
  #closing: Promise<void> | undefined
  /** The port that viewers know. */
  #lastPort: number | null = null
  #nextStill = 1
  #histograms: Pick<Figures, 'captureToSend' | 'sendToDraw'> = {
    captureToSend: emptyHistogram(),
    sendToDraw: emptyHistogram(),
  }
  readonly #didChangeViewers: Emitter<{ output: string; viewers: number }>
  readonly #didJoin: Emitter<Viewer>
  readonly #didLeave: Emitter<Viewer>
  readonly #didStartCue: Emitter<{ viewer: string; id: string }>
  readonly #didLoseSource: Emitter<string>

  constructor(options: PictureServerOptions) {
    this.#options = options
    const { random, log } = options
    this.#backoff = new Backoff({ initialMs: 100, maxMs: 10_000, factor: 3, jitter: 0.2, random })
    const onError = (error: unknown) => log.error({ err: error }, 'a listener of the picture server failed')
    this.#didChangeViewers = new Emitter(onError)
    this.#didJoin = new Emitter(onError)
    this.#didLeave = new Emitter(onError)
    this.#didStartCue = new Emitter(onError)
    this.#didLoseSource = new Emitter(onError)
  }

  readonly onDidChangeViewers: PictureServer['onDidChangeViewers'] = (listener) =>
    this.#didChangeViewers.event(listener)
  readonly onDidJoin: PictureServer['onDidJoin'] = (listener) => this.#didJoin.event(listener)
  readonly onDidLeave: PictureServer['onDidLeave'] = (listener) => this.#didLeave.event(listener)
  readonly onDidStartCue: PictureServer['onDidStartCue'] = (listener) => this.#didStartCue.event(listener)

  readonly onDidLoseSource: PictureServer['onDidLoseSource'] = (listener) => this.#didLoseSource.event(listener)

  get port(): number | null {
    return this.#running?.port ?? null
  }

  async listen(): Promise<{ port: number }> {
    await this.#closing
    const { port } = await this.#start()
    return { port }
  }

  #start(): Promise<Running> {
    if (this.#running) return Promise.resolve(this.#running)
    this.#starting ??= this.#startThread().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  close(): Promise<void> {
    this.#closing ??= this.#end().finally(() => {
      this.#closing = undefined
    })
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#retry?.dispose()
    this.#proof?.dispose()
    await this.#starting?.catch(() => {})
    const link = this.#running?.link
    this.#running = undefined
    for (const output of this.#outputs.values()) output.session = null
    this.#forgetConnections()
    await link?.close()
  }

  // The thread

  async #startThread(): Promise<Running> {
    const { bind, allowedHosts, clock, log } = this.#options
    const ports = this.#portsToTry()
    let died = (_: Error): void => {}
    let listening = (_: number): void => {}
    const port = new Promise<number>((resolve, reject) => {
      listening = resolve
      died = reject
    })
    const link: PictureLink = new PictureLink({
      data: { ports, bind, allowedHosts },
      clock,
      onMessage: (message) => {
        if (message.kind === 'listening') listening(message.port)
        else if (message.kind === 'refused') died(this.#worded(message.message))
        else this.#heard(message)
      },
      onDied: (reason) => {
        died(new StartError(`the picture server's thread ended: ${reason}`))
        if (this.#running?.link === link) this.#lost(reason)
      },
    })
    try {
      this.#running = { link, port: await port }
    } catch (error) {
      await link.terminate()
      throw error
    }
    this.#lastPort = this.#running.port
    for (const output of this.#outputs.values()) {
      this.#tell({ kind: 'set-output', output: output.shape })
      this.#loseSource(output)
    }
    log.info({ port: this.#running.port }, 'the picture server listens')
    return this.#running
  }

  /** Where it listened before comes first: viewers come back to it. */
  #portsToTry(): number[] {
    const { port, ifTaken } = this.#options
    const first = this.#lastPort === null ? [port] : [this.#lastPort, port]
    return ifTaken === 'any-port' ? [...first, 0] : first
  }

  #worded(fault: string): StartError {
    const { port, bind } = this.#options
    return new StartError(
      `the picture server can't listen on ${bind}:${port} (${fault}): set another picture port in the settings, or end the program that has it`,
    )
  }

  #lost(reason: string): void {
    const { clock, log } = this.#options
    this.#running = undefined
    this.#forgetConnections()
    for (const output of this.#outputs.values()) {
      output.earlier = sumOf(output.earlier, output.counts)
      output.counts = noCounts(output.shape.id)
    }
    const delay = this.#backoff.next()
    log.error({ reason, delay }, "the picture server's thread ended; it is started anew")
    this.#proof?.dispose()
    this.#retry = clock.setTimeout(() => {
      this.#proof = clock.setTimeout(() => this.#backoff.reset(), PROVEN_MS)
      this.#start().catch((error: unknown) => this.#lost(errorMessage(error)))
    }, delay)
  }

  #forgetConnections(): void {
    const viewers = [...this.#viewers.values()]
    this.#viewers.clear()
    for (const viewer of viewers) this.#didLeave.fire(viewer)
    for (const output of this.#outputs.values()) this.#setDemand(output, 0)
    const stills = [...this.#stills.values()]
    this.#stills.clear()
    for (const { resolve } of stills) resolve(null)
  }

  #tell(message: ToPictureWorker): void {
    this.#running?.link.tell(message)
  }

  #heard(message: FromPictureWorker): void {
    switch (message.kind) {
      case 'verify':
        this.#answer(message.question, message.secret)
        return
      case 'taken':
        this.#outputs.get(message.output)?.session?.queue.taken()
        return
      case 'figures':
        this.#takeFigures(message.figures)
        return
      case 'demand': {
        const output = this.#outputs.get(message.output)
        if (output) this.#setDemand(output, message.viewers)
        return
      }
      case 'joined':
        this.#viewers.set(message.viewer.id, message.viewer)
        this.#didJoin.fire(message.viewer)
        return
      case 'left':
        this.#left(message.viewer)
        return
      case 'viewers':
        for (const viewer of message.viewers) if (this.#viewers.has(viewer.id)) this.#viewers.set(viewer.id, viewer)
        return
      case 'still':
        this.#takeStill(message.request, message.answer)
        return
      case 'cue-started':
        this.#didStartCue.fire({ viewer: message.viewer, id: message.id })
        return
      case 'log':
        this.#options.log[message.level](message.message)
        return
      case 'listening':
      case 'refused':
      case 'closed':
        return
      default:
        assertNever(message)
    }
  }

  #answer(question: number, secret: string): void {
    const { verify, pageOrigins } = this.#options
    this.#tell({ kind: 'verified', question, grant: verify(secret), pageOrigins: pageOrigins() })
  }

  #takeFigures({ outputs, captureToSend, sendToDraw }: Figures): void {
    this.#histograms = { captureToSend, sendToDraw }
    for (const counts of outputs) {
      const output = this.#outputs.get(counts.output)
      if (!output) continue
      output.counts = counts
      output.rate.note(paintedBy(output))
    }
  }

  #setDemand(output: Output, viewers: number): void {
    if (output.demand === viewers) return
    output.demand = viewers
    this.#didChangeViewers.fire({ output: output.shape.id, viewers })
  }

  #left(id: string): void {
    const viewer = this.#viewers.get(id)
    if (!viewer) return
    this.#viewers.delete(id)
    this.#didLeave.fire(viewer)
  }

  #takeStill(request: number, answer: Extract<FromPictureWorker, { kind: 'still' }>['answer']): void {
    const waiting = this.#stills.get(request)
    if (!waiting) return
    this.#stills.delete(request)
    if ('error' in answer) waiting.reject(new Error(answer.error))
    else waiting.resolve(answer.data && Buffer.from(answer.data.buffer))
  }

  // Outputs and their sources

  /** What its source sent so far is gone, and what it sends next would be a part of it. */
  #loseSource(output: Output): void {
    if (!output.session) return
    output.session = null
    this.#didLoseSource.fire(output.shape.id)
  }

  setOutput(shape: OutputShape): void {
    const known = this.#outputs.get(shape.id)
    if (!known) {
      this.#outputs.set(shape.id, {
        shape,
        session: null,
        bitmaps: 0,
        rate: new RateMeter(this.#options.clock),
        counts: noCounts(shape.id),
        earlier: noCounts(shape.id),
        demand: 0,
      })
    } else known.shape = shape
    this.#tell({ kind: 'set-output', output: shape })
  }

  removeOutput(id: string): void {
    const output = this.#outputs.get(id)
    if (!output) return
    this.#tell({ kind: 'remove-output', output: id })
    this.#setDemand(output, 0)
    this.#outputs.delete(id)
  }

  async openSink(id: string): Promise<FrameSink> {
    const { port } = await this.listen()
    const output = this.#outputs.get(id)
    if (!output) throw new Error(`there is no output "${id}" to paint`)
    const session: Session = { secret: randomBytes(SECRET_BYTES).toString('base64url'), queue: this.#createQueue(id) }
    output.session = session
    this.#tell({ kind: 'open-session', output: id, secret: session.secret })
    const host = urlHost(this.#options.bind)
    return {
      uploadUrl: `ws://${host}:${port}${PICTURE_PATH}/${id}/upload?secret=${session.secret}`,
      painted: () => paintedBy(output),
      frame: (frame) => {
        if (output.session !== session || !this.#running) return
        output.bitmaps += 1
        output.rate.note(paintedBy(output))
        if (!session.queue.push(frame)) this.#loseSource(output)
      },
    }
  }

  closeSink(id: string): void {
    const output = this.#outputs.get(id)
    if (!output?.session) return
    output.session = null
    this.#tell({ kind: 'close-session', output: id })
  }

  blank(output: string): void {
    this.#tell({ kind: 'blank', output })
  }

  #createQueue(output: string): FrameQueue {
    return new FrameQueue((frame) => this.#sendFrame(output, frame))
  }

  #sendFrame(output: string, frame: BitmapFrame): void {
    const { buffer } = frame.pixels
    // A view of a larger buffer may belong to somebody else; it is copied.
    const isOwn = frame.pixels.length === buffer.byteLength
    try {
      this.#running?.link.tell({ kind: 'frame', output, frame }, isOwn ? [buffer] : [])
    } catch {
      // Memory that the platform does not let go.
      this.#running?.link.tell({ kind: 'frame', output, frame: { ...frame, pixels: frame.pixels.slice() } })
    }
  }

  // Who watches

  viewers(): readonly Viewer[] {
    return [...this.#viewers.values()]
  }

  figures(id: string): PictureFigures {
    const output = this.#outputs.get(id)
    if (!output) return { counts: { painted: 0, changed: 0, sent: 0, skipped: 0, late: 0 }, framesPerSecond: 0 }
    const { changed, sent, skipped, late } = sumOf(output.earlier, output.counts)
    const counts = { painted: paintedBy(output), changed, sent, skipped, late }
    return { counts, framesPerSecond: output.rate.lastSecond() }
  }

  histograms(): Pick<Figures, 'captureToSend' | 'sendToDraw'> {
    return this.#histograms
  }

  async snapshot(output: string, options: StillOptions): Promise<Buffer | null> {
    await this.listen()
    const request = this.#nextStill++
    return new Promise((resolve, reject) => {
      this.#stills.set(request, { resolve, reject })
      this.#tell({ kind: 'still', still: { ...options, request, output } })
    })
  }

  refresh(viewer: string): void {
    this.#tell({ kind: 'tell', viewer, what: 'refresh' })
  }

  drop(viewer: string): void {
    this.#tell({ kind: 'tell', viewer, what: 'drop' })
  }

  cue(...[viewer, cue]: Parameters<PictureServer['cue']>): void {
    this.#tell({ kind: 'cue', viewer, cue })
  }

  prepare(...[viewer, sounds]: Parameters<PictureServer['prepare']>): void {
    this.#tell({ kind: 'prepare', viewer, sounds })
  }

  revokeToken(tokenId: string): void {
    this.#tell({ kind: 'revoke', tokenId })
  }
}

function paintedBy({ bitmaps, earlier, counts }: Output): number {
  return bitmaps + earlier.uploaded + counts.uploaded
}

function noCounts(output: string): OutputCounts {
  return { output, uploaded: 0, changed: 0, sent: 0, skipped: 0, late: 0 }
}

function sumOf(a: OutputCounts, b: OutputCounts): OutputCounts {
  return {
    output: a.output,
    uploaded: a.uploaded + b.uploaded,
    changed: a.changed + b.changed,
    sent: a.sent + b.sent,
    skipped: a.skipped + b.skipped,
    late: a.late + b.late,
  }
}

/** Sources run on this machine; what listens everywhere is reached by loopback. */
function urlHost(bind: string): string {
  if (bind === '0.0.0.0' || bind === '::') return '127.0.0.1'
  return bind.includes(':') ? `[${bind}]` : bind
}
