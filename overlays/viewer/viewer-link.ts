/**
 * The way to the picture: asks the hub where the picture's port is, connects, and stays connected for as long as the page
 * is there. Asking over HTTP first also keeps Chromium from slowing down the WebSocket of a hub that was away. Knows no
 * pixels.
 */
import { Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../base/lifecycle.ts'
import type { LiveAddress, ToPictureServer, ToViewer } from '../../contracts/picture/messages.ts'

export interface ViewerLinkOptions {
  /** Of the hub, e.g. `location.origin`. */
  hubUrl: string
  output: string
  token: string
  clock: Clock
  /** In [0, 1). */
  random: () => number
  onMessage: (message: ToViewer) => void
  onPacket: (packet: ArrayBuffer) => void
  /** The link is gone; it is tried again without end. */
  onLost: () => void
  /** The hub does not give this picture to this page. It is asked again, though seldom. */
  onRefused: () => void
}

export interface ViewerLink extends Disposable {
  /** Without a link it is not sent, not even later. */
  send(message: ToPictureServer): void
}

/** The first try comes at once, for a hub that only restarted; the last step repeats for ever. */
const RETRY = { initialMs: 10, maxMs: 250, factor: 2, jitter: 0.4 }
/** The token is revoked or the output gone: only somebody at the hub can change that. */
const REFUSED_RETRY_MS = 5000
/** From the question where the picture is to its first word. Longer than any hub near by takes. */
const CONNECT_DEADLINE_MS = 2000
/**
 * A picture that does not change is silent; then the hub is asked whether it is there. On this machine a line does not die
 * without a word, and each question costs a browser more than anything else that an idle viewer does.
 */
const SILENCE_MS = 5000
const SILENCE_HERE_MS = 20_000
const HERE = ['127.0.0.1', 'localhost', '[::1]']
/** For the answer whether the hub is there. */
const ANSWER_DEADLINE_MS = 2500
const REFUSALS = [401, 403, 404]

export function connectViewer(options: ViewerLinkOptions): ViewerLink {
  const { clock, onLost } = options
  const backoff = new Backoff({ ...RETRY, random: options.random })
  const owned = new DisposableStore()
  const waiting = owned.add(new MutableDisposable())
  let attempt: Attempt | undefined

  function connect(): void {
    attempt = new Attempt({
      ...options,
      onMessage(message) {
        // Proof of health; a socket that only opens has proven nothing.
        if (message.type === 'hello') backoff.reset()
        options.onMessage(message)
      },
      onRefused() {
        options.onRefused()
        again(REFUSED_RETRY_MS)
      },
      onLost() {
        onLost()
        again(backoff.next())
      },
    })
  }

  function again(delayMs: number): void {
    attempt = undefined
    waiting.set(clock.setTimeout(connect, delayMs))
  }

  owned.defer(() => attempt?.dispose())
  connect()
  return {
    send: (message) => attempt?.send(message),
    dispose: () => owned.dispose(),
  }
}

/** One connection, from the question to its end. Says one of `onLost` and `onRefused` once, unless it is disposed first. */
class Attempt implements Disposable {
  readonly #options: ViewerLinkOptions
  readonly #owned = new DisposableStore()
  readonly #deadline = this.#owned.add(new MutableDisposable())
  #socket: WebSocket | undefined
  #lastHeardAt = 0

  constructor(options: ViewerLinkOptions) {
    this.#options = options
    this.#deadline.set(options.clock.setTimeout(() => this.#end('onLost'), CONNECT_DEADLINE_MS))
    void this.#connect()
  }

  send(message: ToPictureServer): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  dispose(): void {
    this.#owned.dispose()
  }

  async #connect(): Promise<void> {
    const { hubUrl, output, token } = this.#options
    const search = `?token=${encodeURIComponent(token)}`
    const answer = await this.#get(`${hubUrl}/live/${encodeURIComponent(output)}.json${search}`)
    if (this.#owned.isDisposed) return
    if (answer && REFUSALS.includes(answer.status)) return this.#end('onRefused')
    const address: LiveAddress | null = answer?.ok ? await answer.json().catch(() => null) : null
    if (this.#owned.isDisposed) return
    if (!address) return this.#end('onLost')
    this.#open(address.socket + search)
  }

  /** Null when there was no answer. */
  async #get(url: string): Promise<Response | null> {
    const given = new AbortController()
    this.#owned.defer(() => given.abort())
    return fetch(url, { cache: 'no-store', signal: given.signal }).catch(() => null)
  }

  #open(url: string): void {
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    this.#owned.defer(() => {
      socket.onmessage = null
      socket.onclose = null
      socket.close()
    })
    socket.onclose = () => this.#end('onLost')
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      this.#lastHeardAt = this.#options.clock.monotonic()
      if (typeof data !== 'string') this.#options.onPacket(data)
      else this.#take(JSON.parse(data) as ToViewer)
    }
  }

  #take(message: ToViewer): void {
    if (message.type === 'hello') {
      this.#deadline.set(undefined)
      const { clock, hubUrl } = this.#options
      const silenceMs = HERE.includes(new URL(hubUrl).hostname) ? SILENCE_HERE_MS : SILENCE_MS
      this.#owned.add(clock.setInterval(() => void this.#checkSilence(silenceMs), silenceMs))
    }
    this.#options.onMessage(message)
  }

  /** A line that died without a word (a remote machine that went to sleep, say) is found in twice the silence. */
  async #checkSilence(silenceMs: number): Promise<void> {
    const { clock, hubUrl } = this.#options
    if (clock.monotonic() - this.#lastHeardAt < silenceMs) return
    this.#deadline.set(clock.setTimeout(() => this.#end('onLost'), ANSWER_DEADLINE_MS))
    const answer = await this.#get(`${hubUrl}/ping`)
    if (this.#owned.isDisposed) return
    if (answer) this.#deadline.set(undefined)
    else this.#end('onLost')
  }

  #end(how: 'onLost' | 'onRefused'): void {
    if (this.#owned.isDisposed) return
    this.dispose()
    this.#options[how]()
  }
}
