/**
 * What runs in the picture server's thread: the outputs, everybody connected to them, and the conversation with the main
 * thread. Decides nothing about who may come in (`picture-door.ts`) nor what a viewer is sent (`viewer-connection.ts`).
 */
import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../../base/lifecycle.ts'
import { assertNever, errorMessage } from '../../../../base/result.ts'
import { pictureCloseCodes } from '../../../../contracts/picture/messages.ts'
import { newId } from '../../../kernel/new-id.ts'
import { BufferPool } from './buffer-pool.ts'
import { emptyHistogram } from './histogram.ts'
import { OutputStream } from './output-stream.ts'
import { type DoorEvents, PictureDoor, type Verdict } from './picture-door.ts'
import type { OutputShape, Viewer } from './picture-server.ts'
import { PREVIEW_HEADERS, Preview, type PreviewParameters } from './preview.ts'
import type { FromPictureWorker, PictureWorkerData, StillRequest, ToPictureWorker } from './protocol.ts'
import type { CompressLz4 } from './shared-packet.ts'
import { encodeStill } from './stills.ts'
import { UploadConnection } from './upload-connection.ts'
import { ViewerConnection } from './viewer-connection.ts'

export interface PictureHostOptions extends PictureWorkerData {
  clock: Clock
  tell(message: FromPictureWorker, transfer?: ArrayBuffer[]): void
}

const MAX_VIEWERS = 64
/** One address that is opened too often leaves room for the others. */
const MAX_VIEWERS_OF_TOKEN = 32
const MAX_WAITING_STILLS = 16
const MAX_WAITING_QUESTIONS = 64
/** The main thread answers within a turn of its loop. */
const ANSWER_MS = 5000
const FIGURES_MS = 100
const REPORT_MS = 1000
const PING_MS = 15_000
/** Who has not even answered pings for so long is gone. A page may stand still for a minute and be there again. */
const SILENCE_MS = 90_000
const CLOSE_GOING_AWAY = 1001

/** An output with what hangs on it. */
interface Entry {
  stream: OutputStream
  secret: Buffer | null
  upload: UploadConnection | null
  previews: Map<string, Preview>
}

/** Someone on the list of viewers, by a socket or by a preview. */
interface Guest {
  id: string
  tokenId: string
  output: string
  report(): Viewer
  takeBytes(): number
  refresh(): void
  drop(): void
  revoke(): void
}

export class PictureHost {
  readonly #options: PictureHostOptions
  readonly #owned = new DisposableStore()
  readonly #pool: BufferPool
  readonly #door: PictureDoor
  readonly #entries = new Map<string, Entry>()
  readonly #guests = new Map<string, Guest>()
  readonly #sockets = new Map<string, ViewerConnection>()
  readonly #questions = new Map<number, (verdict: Verdict | null) => void>()
  readonly #stills = new Set<{ output: string; giveUp: () => void }>()
  readonly #figuresTimer = this.#owned.add(new MutableDisposable())
  readonly #reportTimer = this.#owned.add(new MutableDisposable())
  readonly #pingTimer = this.#owned.add(new MutableDisposable())
  readonly #captureToSend = emptyHistogram()
  readonly #sendToDraw = emptyHistogram()
  readonly #bytesPerSecond = new Map<string, number>()
  #nextQuestion = 1
  #willTellFigures = false
  #willReport = false
  #compress: CompressLz4 | null = null
  #isLoadingCompressor = false
  #lastLeft: (() => void) | undefined

  constructor(options: PictureHostOptions) {
    this.#options = options
    this.#pool = this.#owned.add(new BufferPool(options.clock))
    const { bind, allowedHosts, clock } = options
    this.#door = new PictureDoor({ bind, allowedHosts, clock, ask: (secret) => this.#ask(secret) }, this.#doorEvents())
  }

  /** Answers the port. */
  listen(): Promise<number> {
    return this.#door.listen(this.#options.ports)
  }

  async close(): Promise<void> {
    for (const output of [...this.#entries.keys()]) this.#removeOutput(output, CLOSE_GOING_AWAY, 'the hub stops')
    for (const giveUp of [...this.#questions.values()]) giveUp(null)
    await this.#door.close()
    await this.#allLeft()
    this.#owned.dispose()
  }

  receive(message: ToPictureWorker): void {
    switch (message.kind) {
      case 'set-output':
        this.#setOutput(message.output)
        return
      case 'remove-output':
        this.#removeOutput(message.output, pictureCloseCodes.unknownOutput, 'the output was removed')
        return
      case 'open-session':
        this.#openSession(message.output, message.secret)
        return
      case 'close-session':
        this.#closeSession(message.output)
        return
      case 'frame':
        this.#entries.get(message.output)?.stream.takeBitmap(message.frame)
        this.#options.tell({ kind: 'taken', output: message.output })
        return
      case 'blank':
        this.#entries.get(message.output)?.stream.blank()
        return
      case 'verified':
        this.#questions.get(message.question)?.(message)
        return
      case 'still':
        void this.#answerStill(message.still)
        return
      case 'tell':
        this.#guests.get(message.viewer)?.[message.what]()
        return
      case 'cue':
        this.#sockets.get(message.viewer)?.tell({ type: 'cue', ...message.cue })
        return
      case 'prepare':
        this.#sockets.get(message.viewer)?.tell({ type: 'prepare', sounds: [...message.sounds] })
        return
      case 'revoke':
        for (const guest of [...this.#guests.values()]) if (guest.tokenId === message.tokenId) guest.revoke()
        return
      case 'close':
        void this.close().then(() => this.#options.tell({ kind: 'closed' }))
        return
      default:
        assertNever(message)
    }
  }

  // Outputs and their sources

  #setOutput(shape: OutputShape): void {
    const entry = this.#entries.get(shape.id)
    if (entry) {
      if (entry.stream.reshape(shape)) this.#endUpload(entry, 'the output has another size')
      return
    }
    const stream = new OutputStream({
      shape,
      pool: this.#pool,
      compressor: () => this.#compress,
      captureToSend: this.#captureToSend,
      sendToDraw: this.#sendToDraw,
      now: () => this.#options.clock.now(),
      onActivity: () => this.#tellFiguresSoon(),
      onDemand: (viewers) => this.#options.tell({ kind: 'demand', output: shape.id, viewers }),
    })
    this.#entries.set(shape.id, { stream, secret: null, upload: null, previews: new Map() })
  }

  #removeOutput(output: string, code: number, reason: string): void {
    const entry = this.#entries.get(output)
    if (!entry) return
    this.#entries.delete(output)
    this.#endUpload(entry, reason)
    for (const viewer of entry.stream.viewers) viewer.close(code, reason)
    for (const preview of entry.previews.values()) preview.dispose()
    for (const still of [...this.#stills]) if (still.output === output) still.giveUp()
    entry.stream.dispose()
  }

  #openSession(output: string, secret: string): void {
    const entry = this.#entries.get(output)
    if (!entry) return
    this.#endUpload(entry, 'another source took over')
    entry.secret = Buffer.from(secret)
    entry.stream.openSession()
  }

  #closeSession(output: string): void {
    const entry = this.#entries.get(output)
    if (!entry) return
    this.#endUpload(entry, 'the session is over')
    entry.stream.closeSession()
  }

  #endUpload(entry: Entry, reason: string): void {
    entry.secret = null
    entry.upload?.close(pictureCloseCodes.dropped, reason)
    entry.upload = null
  }

  // Those who come in

  #doorEvents(): DoorEvents {
    return {
      hasOutput: (output) => this.#entries.has(output),
      refusal: (tokenId) => this.#refusal(tokenId),
      onViewer: (viewer) => this.#addViewer(viewer),
      onPreview: (watcher) => this.#addPreview(watcher),
      isUploadSecret: (output, secret) => {
        const expected = this.#entries.get(output)?.secret
        return expected ? isSame(expected, secret) : false
      },
      onUpload: (output, socket, head) => {
        const entry = this.#entries.get(output)
        if (!entry) {
          socket.destroy()
          return
        }
        entry.upload?.close(pictureCloseCodes.dropped, 'the source connected again')
        const upload = new UploadConnection({
          socket,
          head,
          stream: entry.stream,
          pool: this.#pool,
          clock: this.#options.clock,
          onRefused: (reason) => this.#log('warn', `a frame source of "${output}" sent what is no packet: ${reason}`),
          onClosed: () => {
            if (entry.upload === upload) entry.upload = null
          },
        })
        entry.upload = upload
      },
    }
  }

  #refusal(tokenId: string): string | null {
    if (this.#guests.size >= MAX_VIEWERS) return `${MAX_VIEWERS} viewers are connected already; close one`
    let ofToken = 0
    for (const guest of this.#guests.values()) if (guest.tokenId === tokenId) ofToken += 1
    return ofToken < MAX_VIEWERS_OF_TOKEN ? null : `${ofToken} viewers use this address already; close one`
  }

  #addViewer(admitted: Parameters<DoorEvents['onViewer']>[0]): void {
    const { output, tokenId, socket } = admitted
    const entry = this.#entries.get(output)
    if (!entry) {
      socket.close(pictureCloseCodes.unknownOutput)
      return
    }
    const { stream } = entry
    if (!admitted.isLocal) this.#loadCompressor()
    const id = newId()
    const viewer: ViewerConnection = new ViewerConnection(
      { ...admitted, id, stream, clock: this.#options.clock },
      {
        onVisible: () => stream.countDemand(),
        onCueStarted: (cue) => this.#options.tell({ kind: 'cue-started', viewer: id, id: cue }),
        onActivity: () => this.#reportSoon(),
      },
    )
    this.#sockets.set(id, viewer)
    socket.once('close', () => {
      this.#sockets.delete(id)
      stream.remove(viewer)
      this.#leave(id)
    })
    this.#join({
      id,
      tokenId,
      output,
      report: () => viewer.report(this.#bytesPerSecond.get(id) ?? 0),
      takeBytes: () => viewer.takeBytes(),
      refresh: () => viewer.tell({ type: 'refresh' }),
      drop: () => {
        viewer.tell({ type: 'drop' })
        viewer.close(pictureCloseCodes.dropped, 'dropped')
      },
      revoke: () => viewer.close(pictureCloseCodes.unauthorized, 'the token was revoked'),
    })
    const { width, height } = stream.shape
    viewer.tell({ type: 'hello', viewer: id, width, height })
    stream.add(viewer)
  }

  #addPreview(admitted: Parameters<DoorEvents['onPreview']>[0]): void {
    const { output, tokenId, response, parameters, address, agent } = admitted
    const entry = this.#entries.get(output)
    if (!entry) {
      response.destroy()
      return
    }
    const { stream } = entry
    const preview = this.#previewOf(entry, parameters)
    const id = newId()
    const since = this.#options.clock.now()
    let framesShown = 0
    let bytes = 0
    const watcher = {
      response,
      onSent: (length: number) => {
        framesShown += 1
        bytes += length
        this.#reportSoon()
      },
    }
    response.once('close', () => {
      preview.remove(watcher)
      this.#forgetPreview(entry, parameters)
      stream.ask(false)
      this.#leave(id)
    })
    const end = () => response.destroy()
    this.#join({
      id,
      tokenId,
      output,
      report: () => {
        const bytesPerSecond = this.#bytesPerSecond.get(id) ?? 0
        return { id, output, address, agent, since, canPlay: false, framesShown, framesBehind: null, bytesPerSecond }
      },
      takeBytes: () => {
        const taken = bytes
        bytes = 0
        return taken
      },
      refresh: end,
      drop: end,
      revoke: end,
    })
    response.writeHead(200, PREVIEW_HEADERS)
    stream.ask(true)
    preview.add(watcher)
  }

  #previewOf(entry: Entry, parameters: PreviewParameters): Preview {
    const key = JSON.stringify(parameters)
    const present = entry.previews.get(key)
    if (present) return present
    const preview = new Preview({
      stream: entry.stream,
      parameters,
      pool: this.#pool,
      clock: this.#options.clock,
      onError: (error) => this.#log('warn', `a preview of "${entry.stream.id}" failed: ${errorMessage(error)}`),
    })
    entry.previews.set(key, preview)
    return preview
  }

  #forgetPreview(entry: Entry, parameters: PreviewParameters): void {
    const key = JSON.stringify(parameters)
    const preview = entry.previews.get(key)
    if (!preview || preview.watcherCount > 0) return
    entry.previews.delete(key)
    preview.dispose()
  }

  #join(guest: Guest): void {
    this.#guests.set(guest.id, guest)
    this.#options.tell({ kind: 'joined', viewer: guest.report() })
    if (this.#guests.size === 1) {
      this.#pingTimer.set(this.#options.clock.setInterval(() => this.#pingAll(), PING_MS))
    }
  }

  #leave(id: string): void {
    if (!this.#guests.delete(id)) return
    this.#bytesPerSecond.delete(id)
    this.#options.tell({ kind: 'left', viewer: id })
    if (this.#guests.size > 0) return
    this.#pingTimer.set(undefined)
    this.#lastLeft?.()
  }

  /** Each of them has a deadline for its goodbye. */
  #allLeft(): Promise<void> {
    if (this.#guests.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#lastLeft = resolve
    })
  }

  #pingAll(): void {
    for (const viewer of this.#sockets.values()) {
      if (viewer.silentMs() > SILENCE_MS) viewer.terminate()
      else viewer.ping()
    }
  }

  #ask(secret: string): Promise<Verdict> {
    if (this.#questions.size >= MAX_WAITING_QUESTIONS) return Promise.reject(new Error('too many are waiting'))
    const question = this.#nextQuestion++
    return new Promise((resolve, reject) => {
      const deadline = this.#owned.add(this.#options.clock.setTimeout(() => settle(null), ANSWER_MS))
      const settle = (verdict: Verdict | null) => {
        this.#questions.delete(question)
        this.#owned.delete(deadline)
        if (verdict) resolve(verdict)
        else reject(new Error('no answer'))
      }
      this.#questions.set(question, settle)
      this.#options.tell({ kind: 'verify', question, secret })
    })
  }

  #loadCompressor(): void {
    if (this.#isLoadingCompressor) return
    this.#isLoadingCompressor = true
    import('lz4-napi').then(
      ({ compressSync }) => {
        this.#compress = compressSync
      },
      (error: unknown) => {
        this.#log(
          'warn',
          `pixels go to other machines uncompressed: lz4-napi has no binary here (${errorMessage(error)})`,
        )
      },
    )
  }

  // Stills

  async #answerStill({ request, output, waitMs, ...options }: StillRequest): Promise<void> {
    const { tell } = this.#options
    try {
      const picture = await this.#pictureFor(output, waitMs)
      if (!picture) {
        tell({ kind: 'still', request, answer: { data: null } })
        return
      }
      const { pixels, width, height } = picture
      const encoded = await encodeStill({ pixels, width, height }, options).finally(() => this.#pool.giveBack(pixels))
      const data = new Uint8Array(encoded)
      tell({ kind: 'still', request, answer: { data } }, [data.buffer])
    } catch (error) {
      tell({ kind: 'still', request, answer: { error: errorMessage(error) } })
    }
  }

  async #pictureFor(output: string, waitMs: number) {
    const stream = this.#entries.get(output)?.stream
    if (!stream || this.#stills.size >= MAX_WAITING_STILLS) return null
    if (!stream.hasPicture) await this.#firstPicture(stream, waitMs)
    const pixels = stream.copyPicture()
    return pixels && { pixels, width: stream.shape.width, height: stream.shape.height }
  }

  /** Resolves when there is a picture, or when there is none after `waitMs`, or no output any more. */
  #firstPicture(stream: OutputStream, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waits = new DisposableStore()
      const still = { output: stream.id, giveUp: () => done() }
      const done = () => {
        if (!this.#stills.delete(still)) return
        this.#owned.delete(waits)
        stream.ask(false)
        resolve()
      }
      this.#stills.add(still)
      this.#owned.add(waits)
      waits.add(stream.onDidPaint(() => stream.hasPicture && done()))
      waits.add(this.#options.clock.setTimeout(done, waitMs))
      stream.ask(true)
    })
  }

  // Figures

  #tellFiguresSoon(): void {
    if (this.#willTellFigures) return
    this.#willTellFigures = true
    const tellFigures = () => {
      this.#willTellFigures = false
      const outputs = [...this.#entries.values()].map(({ stream }) => stream.counts)
      const figures = { outputs, captureToSend: this.#captureToSend, sendToDraw: this.#sendToDraw }
      this.#options.tell({ kind: 'figures', figures })
    }
    this.#figuresTimer.set(this.#options.clock.setTimeout(tellFigures, FIGURES_MS))
  }

  #reportSoon(): void {
    this.#tellFiguresSoon()
    if (this.#willReport) return
    this.#willReport = true
    this.#reportTimer.set(this.#options.clock.setTimeout(() => this.#report(), REPORT_MS))
  }

  #report(): void {
    this.#willReport = false
    let total = 0
    for (const guest of this.#guests.values()) {
      const bytes = guest.takeBytes()
      this.#bytesPerSecond.set(guest.id, bytes)
      total += bytes
    }
    this.#options.tell({ kind: 'viewers', viewers: [...this.#guests.values()].map((guest) => guest.report()) })
    // Once more, to say that nothing flows any longer.
    if (total > 0) this.#reportSoon()
  }

  #log(level: 'info' | 'warn', message: string): void {
    this.#options.tell({ kind: 'log', level, message })
  }
}

function isSame(secret: Buffer, shown: string): boolean {
  const bytes = Buffer.from(shown)
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}
