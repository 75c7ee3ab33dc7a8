/**
 * One layer on the stage: a box in its place and the frame in the box. Owns the frame's life: loads it, watches it, takes it
 * away when it is broken, and loads it anew after a backoff. Nothing of a failure is ever to be seen. Knows no other
 * layer and no hub.
 *
 * Our own pages answer a question every second; one that does not, or has not said that it is there, is broken. Of
 * somebody else's page only this can be known here: whether there is a server, and that it went somewhere else by itself.
 */
import { Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../base/lifecycle.ts'
import type { Layer } from '../../contracts/output.ts'
import { isBeat, type LayerQuestion } from '../layer/messages.ts'
import { addressOf, LAYER_SANDBOX, type LayerAddress, permissionsOf } from './layer-address.ts'
import { boxStyle, frameStyle } from './layer-look.ts'

/** `refused`: an address that is not drawn. `waiting`: broken, and loaded anew in a moment. `off`: hidden for long. */
export type LayerState = 'loading' | 'ready' | 'waiting' | 'off' | 'refused'

export interface StageLayerOptions {
  /** The address of the stage's page. */
  stage: URL
  clock: Clock
  /** In [0, 1). */
  random: () => number
  /** See `reachable.ts`. */
  isReachable: (url: string, signal: AbortSignal) => Promise<boolean>
  /** Whether the sound of somebody else's page is wanted here. */
  isHeard: () => boolean
}

/** Rounds are counted instead of time: a page that the browser slowed down itself blames nobody. */
export const ROUND_MS = 1000
/** Questions without an answer. */
const SILENT_ROUNDS = 4
/** From the beginning of its loading until a page of ours must have said that it is there. */
const LOAD_ROUNDS = 8
/** A layer that lived so long after it was loaded anew has proven that it can. */
const HEALTHY_ROUNDS = 30
/** A hidden layer is kept this long, to be there at once when it is shown again. */
const KEPT_HIDDEN_ROUNDS = 30
const RELOAD_INITIAL_MS = 250
const RELOAD_MAX_MS = 30_000
/** Pages that send their visitor on do it at once. */
const FORWARDING_MS = 3000

export class StageLayer implements Disposable {
  readonly box = document.createElement('div')
  readonly #options: StageLayerOptions
  readonly #backoff: Backoff
  readonly #again = new MutableDisposable()
  /** Of the frame that is there. */
  #frame: LayerFrame | undefined
  #layer: Layer
  #index: number
  #state: LayerState = 'off'
  #hiddenRounds = 0
  #healthyRounds = 0

  constructor(layer: Layer, index: number, options: StageLayerOptions) {
    this.#layer = layer
    this.#index = index
    this.#options = options
    const { random } = options
    this.#backoff = new Backoff({
      initialMs: RELOAD_INITIAL_MS,
      maxMs: RELOAD_MAX_MS,
      factor: 2,
      jitter: 0.2,
      random,
    })
    this.box.className = 'layer'
    if (layer.visible) this.#load()
    this.#draw()
  }

  get state(): LayerState {
    return this.#state
  }

  /** Its pixels change by themselves; of somebody else's page nobody knows. */
  get isAnimating(): boolean {
    return this.#layer.visible && this.#state === 'ready' && (this.#frame?.isAnimating ?? false)
  }

  update(layer: Layer, index: number): void {
    const before = this.#layer
    this.#layer = layer
    this.#index = index
    if (JSON.stringify(before.source) !== JSON.stringify(layer.source)) {
      this.#backoff.reset()
      this.#unload('off')
    }
    if (layer.visible) {
      this.#hiddenRounds = 0
      if (this.#state === 'off') this.#load()
    }
    this.#draw()
  }

  /** Loads it anew, now. A layer that is not drawn stays so. */
  reload(): void {
    if (this.#state === 'off' || this.#state === 'refused') return
    this.#load()
  }

  /** Does not wait any longer with what has to be loaded anew. */
  retry(): void {
    if (this.#state === 'waiting') this.#load()
  }

  /** Whether it is heard has changed. A frame is given its permissions when it is loaded. */
  permissionsChanged(): void {
    const given = this.#frame?.permissions
    if (given !== undefined && given !== this.#permissions()) this.reload()
  }

  /** To be called every `ROUND_MS`. */
  round(): void {
    if (!this.#layer.visible && this.#state !== 'off' && ++this.#hiddenRounds > KEPT_HIDDEN_ROUNDS) {
      this.#unload('off')
      return
    }
    this.#frame?.round()
    if (this.#state !== 'ready') this.#healthyRounds = 0
    else if (++this.#healthyRounds === HEALTHY_ROUNDS) this.#backoff.reset()
  }

  dispose(): void {
    this.#unload('off')
    this.#again.dispose()
    this.box.remove()
  }

  #permissions(): string {
    return permissionsOf(this.#options.isHeard())
  }

  #load(): void {
    this.#unload('loading')
    const { stage, clock, isReachable } = this.#options
    const address = addressOf(this.#layer.source, stage)
    if (address.kind === 'none') {
      this.#state = 'refused'
      return
    }
    this.#frame = new LayerFrame({
      address,
      layer: this.#layer,
      box: this.box,
      clock,
      permissions: () => this.#permissions(),
      isReachable,
      onReady: () => {
        this.#state = 'ready'
        this.#draw()
      },
      onBroken: () => this.#broke(),
    })
    this.#draw()
  }

  #broke(): void {
    this.#unload('waiting')
    this.#again.set(this.#options.clock.setTimeout(() => this.#load(), this.#backoff.next()))
  }

  #unload(next: LayerState): void {
    this.#again.set(undefined)
    this.#frame?.dispose()
    this.#frame = undefined
    this.#hiddenRounds = 0
    this.#healthyRounds = 0
    this.#state = next
  }

  #draw(): void {
    const style = boxStyle(this.#layer, this.#index, this.#state === 'ready')
    for (const [name, value] of Object.entries(style)) this.box.style.setProperty(name, value)
    this.#frame?.dress(this.#layer)
  }
}

interface LayerFrameOptions {
  address: Exclude<LayerAddress, { kind: 'none' }>
  layer: Layer
  box: HTMLElement
  clock: Clock
  permissions: () => string
  isReachable: StageLayerOptions['isReachable']
  /** It may be shown. */
  onReady: () => void
  /** It is of no use any more; called once at most. */
  onBroken: () => void
}

/** One loading of the page, from beginning to end. */
class LayerFrame implements Disposable {
  readonly #options: LayerFrameOptions
  readonly #owned = new DisposableStore()
  readonly #element = document.createElement('iframe')
  #style = ''
  #pageCss = ''
  #sheet: CSSStyleSheet | undefined
  #permissions: string | undefined
  #isThere = false
  #isAnimating = false
  /** Since the last sign of life. */
  #silentRounds = 0
  #firstLoadAt: number | undefined
  #wasForwarded = false

  constructor(options: LayerFrameOptions) {
    this.#options = options
    const { address, layer } = options
    this.#element.name = layer.id
    this.dress(layer)
    if (address.kind === 'page') this.#openPage()
    else void this.#openUrl(address.url)
  }

  /** What somebody else's page was given; undefined before it is loaded, and for our own. */
  get permissions(): string | undefined {
    return this.#permissions
  }

  get isAnimating(): boolean {
    return this.#isAnimating
  }

  dress({ name, css, pageCss, transparent }: Layer): void {
    this.#element.title = name
    this.#dressPage(pageCss)
    const style = frameStyle({ css, transparent })
    if (style === this.#style) return
    this.#style = style
    // Not the attribute: our policy forbids that one.
    this.#element.style.cssText = style
  }

  /** Rules of the streamer's in a page of ours, after its own. Nothing is loaded by them: our policy forbids it there too. */
  #dressPage(pageCss: string): void {
    this.#pageCss = pageCss
    const page = this.#options.address.kind === 'page' && this.#isThere ? this.#element.contentWindow : null
    if (!page) return
    const { adoptedStyleSheets: sheets } = page.document
    if (this.#sheet === undefined || !sheets.includes(this.#sheet)) {
      if (pageCss === '') return
      // One of this document would not be taken in that one.
      this.#sheet = new (page as Window & typeof globalThis).CSSStyleSheet()
      page.document.adoptedStyleSheets = [...sheets, this.#sheet]
    }
    this.#sheet.replaceSync(pageCss)
  }

  round(): void {
    if (this.#options.address.kind === 'url') return
    this.#silentRounds += 1
    if (this.#silentRounds > (this.#isThere ? SILENT_ROUNDS : LOAD_ROUNDS)) this.#break()
    else this.#element.contentWindow?.postMessage({ landale: 'question' } satisfies LayerQuestion, location.origin)
  }

  dispose(): void {
    this.#owned.dispose()
    this.#element.remove()
  }

  #break(): void {
    if (this.#owned.isDisposed) return
    this.dispose()
    this.#options.onBroken()
  }

  #openPage(): void {
    const onMessage = ({ source, origin, data }: MessageEvent) => {
      if (source !== this.#element.contentWindow || origin !== location.origin || !isBeat(data)) return
      this.#silentRounds = 0
      this.#isAnimating = data.animating
      if (this.#isThere) return
      this.#isThere = true
      this.#dressPage(this.#pageCss)
      this.#options.onReady()
    }
    addEventListener('message', onMessage)
    this.#owned.defer(() => removeEventListener('message', onMessage))
    this.#onLoad(() => {
      // What Chromium shows where it could load nothing is of no origin.
      if (this.#element.contentDocument === null) this.#break()
      // It may have loaded itself anew.
      else this.#dressPage(this.#pageCss)
    })
    this.#append()
  }

  async #openUrl(url: string): Promise<void> {
    const { permissions, isReachable, onReady } = this.#options
    const given = new AbortController()
    this.#owned.defer(() => given.abort())
    const isThere = await isReachable(url, given.signal)
    if (this.#owned.isDisposed) return
    if (!isThere) {
      this.#break()
      return
    }
    this.#element.referrerPolicy = 'no-referrer'
    this.#permissions = permissions()
    this.#element.setAttribute('allow', this.#permissions)
    // Storage of its own, gone with the stage, where the browser can do that.
    this.#element.setAttribute('credentialless', '')
    this.#onLoad(() => {
      if (!this.#isStillItsOwn()) this.#break()
    })
    this.#append()
    this.#isThere = true
    onReady()
  }

  #append(): void {
    const { address, box } = this.#options
    this.#element.setAttribute('sandbox', LAYER_SANDBOX)
    this.#element.src = address.url
    box.append(this.#element)
  }

  #onLoad(onLoad: () => void): void {
    this.#element.addEventListener('load', onLoad)
    this.#owned.defer(() => this.#element.removeEventListener('load', onLoad))
  }

  /** False once somebody else's page has gone somewhere else by itself, or to a page of ours. */
  #isStillItsOwn(): boolean {
    // Readable: it is of our own origin.
    if ((this.#element.contentDocument?.URL ?? 'about:blank') !== 'about:blank') return false
    const now = this.#options.clock.monotonic()
    if (this.#firstLoadAt === undefined) {
      this.#firstLoadAt = now
      return true
    }
    const isForwarded = !this.#wasForwarded && now - this.#firstLoadAt < FORWARDING_MS
    this.#wasForwarded = true
    return isForwarded
  }
}
