/**
 * Moving previews (MJPEG): one encoding for everybody who asked for the same size, rate and background, made elsewhere than
 * on this thread, only when the picture has changed, and never while the one before is not done. A watcher that stops
 * reading misses pictures; nothing waits for it.
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../../base/lifecycle.ts'
import type { BufferPool } from './buffer-pool.ts'
import type { OutputStream } from './output-stream.ts'
import { encodeStill } from './stills.ts'

export interface PreviewParameters {
  /** Six hex digits. */
  background: string
  /** px */
  width: number
  framesPerSecond: number
}

export interface PreviewWatcher {
  readonly response: ServerResponse
  /** Called after each picture that it was sent. */
  onSent(bytes: number): void
}

const BOUNDARY = 'landale-picture'

export const PREVIEW_HEADERS = {
  'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
  'cache-control': 'no-store',
}

export interface PreviewOptions {
  stream: OutputStream
  parameters: PreviewParameters
  pool: BufferPool
  clock: Clock
  onError(error: unknown): void
}

export class Preview {
  readonly #options: PreviewOptions
  readonly #owned = new DisposableStore()
  readonly #pause = this.#owned.add(new MutableDisposable())
  readonly #watchers = new Set<PreviewWatcher>()
  /** Those that have not been sent the newest picture. */
  readonly #behind = new Set<PreviewWatcher>()
  #part: Buffer | null = null
  #isEncoding = false
  #isPausing = false
  /** The picture has changed since the last encoding began. */
  #isStale = true

  constructor(options: PreviewOptions) {
    this.#options = options
    this.#owned.add(options.stream.onDidPaint(() => this.#changed()))
  }

  get watcherCount(): number {
    return this.#watchers.size
  }

  add(watcher: PreviewWatcher): void {
    this.#watchers.add(watcher)
    this.#behind.add(watcher)
    watcher.response.on('drain', () => this.#catchUp(watcher))
    watcher.response.write(`--${BOUNDARY}\r\n`)
    if (!this.#isStale) this.#catchUp(watcher)
    else this.#encode()
  }

  remove(watcher: PreviewWatcher): void {
    this.#watchers.delete(watcher)
    this.#behind.delete(watcher)
  }

  dispose(): void {
    this.#owned.dispose()
    for (const { response } of this.#watchers) response.end()
    this.#watchers.clear()
  }

  #changed(): void {
    this.#isStale = true
    this.#encode()
  }

  #encode(): void {
    if (!this.#isStale || this.#isEncoding || this.#isPausing || this.#watchers.size === 0) return
    const { stream, pool, parameters, clock, onError } = this.#options
    const pixels = stream.copyPicture() ?? clearPicture(stream, pool)
    const { width, height } = stream.shape
    this.#isStale = false
    this.#isEncoding = true
    this.#isPausing = true
    const { background, width: maxWidth, framesPerSecond } = parameters
    this.#pause.set(
      clock.setTimeout(() => {
        this.#isPausing = false
        this.#encode()
      }, 1000 / framesPerSecond),
    )
    encodeStill({ pixels, width, height }, { type: 'jpeg', background, maxWidth })
      .then((jpeg) => this.#send(jpeg), onError)
      .finally(() => {
        pool.giveBack(pixels)
        this.#isEncoding = false
        this.#encode()
      })
  }

  #send(jpeg: Buffer): void {
    // The boundary comes at once behind the picture: browsers show a part when they have seen where it ends.
    this.#part = Buffer.concat([
      Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
      jpeg,
      Buffer.from(`\r\n--${BOUNDARY}\r\n`),
    ])
    for (const watcher of this.#watchers) {
      this.#behind.add(watcher)
      this.#catchUp(watcher)
    }
  }

  #catchUp(watcher: PreviewWatcher): void {
    if (!this.#part || !this.#behind.has(watcher) || watcher.response.writableNeedDrain) return
    this.#behind.delete(watcher)
    watcher.response.write(this.#part)
    watcher.onSent(this.#part.length)
  }
}

function clearPicture(stream: OutputStream, pool: BufferPool): Buffer {
  const { width, height } = stream.shape
  return pool.lend(width * height * 4).fill(0)
}
