/**
 * Keeps the layers of a page alive that are processes of their own: one that crashed or hangs is ended and loaded anew by
 * the stage, later each time, while the others go on. A layer in the stage's own process hangs the stage: that is the
 * watch of the page itself.
 */
import { Backoff } from '../../../../base/backoff.ts'
import type { Clock } from '../../../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../../base/lifecycle.ts'
import type { CdpSession } from './cdp.ts'

export interface LayerKeeperOptions {
  /** Of the page. */
  cdp: CdpSession
  /** The conversation with an attached frame. */
  session(sessionId: string): CdpSession
  forget(sessionId: string): void
  clock: Clock
  /** In [0, 1). */
  random: () => number
  reload(layerId: string): void
  onTrouble(layerId: string, what: string): void
}

/** How often each layer is asked whether it still answers. */
export const PING_MS = 1000
/** Somebody else's page may be busy for a while when it loads. */
export const HANG_MS = 5000
/** A layer that has lived for so long since it was loaded anew has proven its health. */
const PROVEN_MS = 30_000

interface Layer {
  /** Null until the stage has told. */
  id: string | null
}

interface Frame {
  cdp: CdpSession
  /** The layer's own frame; a layer may frame others. */
  layer: Layer
  /** Monotonic ms; undefined while nothing is asked. */
  askedAt: number | undefined
}

interface Repair {
  backoff: Backoff
  /** Until the next reload. */
  timer: MutableDisposable
  pending: boolean
  /** Monotonic ms of the last reload. */
  at: number
}

export class LayerKeeper implements Disposable {
  readonly #options: LayerKeeperOptions
  readonly #owned = new DisposableStore()
  /** By session id. */
  readonly #frames = new Map<string, Frame>()
  readonly #repairs = new Map<string, Repair>()

  constructor(options: LayerKeeperOptions) {
    this.#options = options
    this.#owned.add(options.clock.setInterval(() => this.#ask(), PING_MS))
    this.#follow(options.cdp, null)
  }

  /** Begins; rejects where Chromium can't tell of frames. */
  async start(): Promise<void> {
    await attachFramesOf(this.#options.cdp)
  }

  dispose(): void {
    this.#owned.dispose()
    for (const sessionId of this.#frames.keys()) this.#options.forget(sessionId)
    this.#frames.clear()
  }

  /** `within`: the layer that the frames of this session belong to; null for the page itself. */
  #follow(cdp: CdpSession, within: Layer | null): void {
    cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'iframe') this.#adopt(sessionId, within ?? this.#layerOf(cdp, targetInfo.targetId))
    })
    cdp.on('Target.detachedFromTarget', ({ sessionId }) => {
      if (this.#frames.delete(sessionId)) this.#options.forget(sessionId)
    })
  }

  /** The stage is asked, not the layer, which may hang from the start or call itself something else. */
  #layerOf(page: CdpSession, frameId: string): Layer {
    const layer: Layer = { id: null }
    const find = async () => {
      const { backendNodeId } = await page.send('DOM.getFrameOwner', { frameId })
      const { node } = await page.send('DOM.describeNode', { backendNodeId })
      layer.id = attribute(node.attributes ?? [], 'name')
    }
    // The frame may be gone by now.
    find().catch(() => {})
    return layer
  }

  #adopt(sessionId: string, layer: Layer): void {
    const cdp = this.#options.session(sessionId)
    const frame: Frame = { cdp, layer, askedAt: undefined }
    this.#frames.set(sessionId, frame)
    cdp.on('Inspector.targetCrashed', () => this.#repair(layer, 'crashed'))
    this.#follow(cdp, layer)
    attachFramesOf(cdp).catch(() => {})
  }

  #ask(): void {
    const now = this.#options.clock.monotonic()
    for (const frame of this.#frames.values()) {
      if (frame.askedAt === undefined) this.#askOne(frame, now)
      else if (now - frame.askedAt > HANG_MS) this.#endHanging(frame)
    }
  }

  #askOne(frame: Frame, now: number): void {
    frame.askedAt = now
    const answered = () => {
      frame.askedAt = undefined
    }
    // An error is an answer too.
    frame.cdp.send('Runtime.evaluate', { expression: '0' }).then(answered, answered)
  }

  /** Loading it anew alone would wait for the process that hangs. Its crash is told like any other. */
  #endHanging(frame: Frame): void {
    frame.askedAt = undefined
    frame.cdp.send('Page.crash').catch(() => {})
  }

  #repair({ id: layerId }: Layer, what: string): void {
    if (layerId === null || layerId === '') return
    const { clock, reload, onTrouble } = this.#options
    const repair = this.#repairOf(layerId)
    // One process may hold several frames of a layer.
    if (repair.pending) return
    if (clock.monotonic() - repair.at > PROVEN_MS) repair.backoff.reset()
    repair.pending = true
    onTrouble(layerId, what)
    const reloadNow = () => {
      repair.pending = false
      repair.at = clock.monotonic()
      reload(layerId)
    }
    repair.timer.set(clock.setTimeout(reloadNow, repair.backoff.next()))
  }

  #repairOf(layerId: string): Repair {
    const known = this.#repairs.get(layerId)
    if (known) return known
    const { random } = this.#options
    const backoff = new Backoff({ initialMs: 250, maxMs: 30_000, factor: 2, jitter: 0.2, random })
    const timer = this.#owned.add(new MutableDisposable())
    const repair = { backoff, timer, pending: false, at: Number.NEGATIVE_INFINITY }
    this.#repairs.set(layerId, repair)
    return repair
  }
}

/** `attributes`: names and values in turn, as the protocol gives them. */
function attribute(attributes: readonly string[], name: string): string | null {
  const at = attributes.findIndex((text, index) => index % 2 === 0 && text === name)
  return at === -1 ? null : (attributes[at + 1] ?? null)
}

function attachFramesOf(cdp: CdpSession): Promise<unknown> {
  return cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true })
}
