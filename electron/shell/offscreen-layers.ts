/**
 * Notices layers that died, hang or did not load, and has the stage load them anew while the others keep moving. Asks each
 * layer's frame for a sign of life, since Electron tells of a dead renderer only when it is the one of the whole page.
 *
 * What it can't see: a layer of the hub's own origin lives in the stage's process, so its hanging is the stage's hanging,
 * and a page inside a layer (an advertisement, say) is that layer's own business.
 */
import type { WebFrameMain } from 'electron'
import { Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import type { OffscreenContents } from './offscreen-window.ts'
import type { ShellLog } from './shell-log.ts'

export interface LayerWatchOptions {
  contents: OffscreenContents
  clock: Clock
  /** In [0, 1). */
  random: () => number
  /** Ends a renderer for good: one that hangs would hang its reload too, which goes to the same process. */
  endProcess: (pid: number) => void
  log: ShellLog
}

export const LAYER_ROUND_MS = 1000
/** A layer is somebody else's page: long tasks are its habit, and its hanging harms nobody but itself. */
export const LAYER_SILENT_ROUNDS = 5
/** A frame may be away for a moment while the stage puts another one in its place. */
const LAYER_MISSING_ROUNDS = 2
/** A layer that lived this long after it was loaded anew has proven that it can. */
const HEALTHY_ROUNDS = 30
const RELOAD_INITIAL_MS = 1000
const RELOAD_MAX_MS = 30_000
/** Chromium's code for a load that was given up in favour of another one. */
const ERR_ABORTED = -3

interface Layer {
  /** As the stage named it at first; the page inside may change the name of its window. */
  readonly name: string
  silentRounds: number
  missingRounds: number
  waiting: boolean
}

interface Repair {
  readonly backoff: Backoff
  /** No reload before this round. */
  notBefore: number
  healthyRounds: number
}

export function watchLayers(options: LayerWatchOptions): Disposable {
  const { contents, clock } = options
  const watch = new LayerWatch(options)
  const owned = new DisposableStore()
  const onFailed = (...[, code, , , isMainFrame, processId, routingId]: FailedLoad) => {
    if (!isMainFrame && code !== ERR_ABORTED) watch.onFailed(processId, routingId)
  }
  contents.on('did-fail-load', onFailed)
  owned.defer(() => contents.off('did-fail-load', onFailed))
  owned.add(clock.setInterval(() => watch.round(), LAYER_ROUND_MS))
  return owned
}

type FailedLoad = [
  event: unknown,
  code: number,
  reason: string,
  url: string,
  isMainFrame: boolean,
  processId: number,
  routingId: number,
]

class LayerWatch {
  readonly #options: LayerWatchOptions
  /** By frame tree node: it stays the same while a frame goes from page to page and from process to process. */
  readonly #layers = new Map<number, Layer>()
  /** By name, for a layer that is loaded anew may get another frame. */
  readonly #repairs = new Map<string, Repair>()
  readonly #failed = new Set<string>()
  #now = 0

  constructor(options: LayerWatchOptions) {
    this.#options = options
  }

  /** A page in a frame did not load. */
  onFailed(processId: number, routingId: number): void {
    const frame = this.#frames()?.find((frame) => frame.processId === processId && frame.routingId === routingId)
    if (frame) this.#failed.add(this.#layers.get(frame.id)?.name ?? frame.name)
  }

  round(): void {
    this.#now += 1
    const frames = this.#frames()
    if (frames === undefined) return
    this.#lookForMissing(frames)
    for (const frame of frames) {
      const layer = this.#layerOf(frame)
      // A layer that is loaded anew starts afresh, in another frame or in the same one.
      if (layer.silentRounds >= LAYER_SILENT_ROUNDS && this.#reload(layer.name, frame)) this.#layers.delete(frame.id)
      else this.#ask(frame, layer)
    }
    for (const name of this.#failed) if (this.#reload(name)) this.#failed.delete(name)
    for (const [name, { notBefore }] of this.#repairs) {
      if (this.#now > notBefore + HEALTHY_ROUNDS) this.#repairs.delete(name)
    }
  }

  #layerOf({ id, name }: Frame): Layer {
    const layer = this.#layers.get(id) ?? { name, silentRounds: 0, missingRounds: 0, waiting: false }
    layer.missingRounds = 0
    this.#layers.set(id, layer)
    return layer
  }

  /** The frame of a dead renderer may be gone from the list. The stage knows which of its layers it took away itself. */
  #lookForMissing(frames: readonly Frame[]): void {
    for (const [id, layer] of this.#layers) {
      if (frames.some((frame) => frame.id === id)) continue
      layer.missingRounds += 1
      const isReplaced = frames.some(({ name }) => name === layer.name)
      if (!isReplaced && layer.missingRounds < LAYER_MISSING_ROUNDS) continue
      if (isReplaced || this.#reload(layer.name)) this.#layers.delete(id)
    }
  }

  #ask({ asked }: Frame, layer: Layer): void {
    layer.silentRounds += 1
    if (layer.waiting) return
    layer.waiting = true
    asked()
      .then(
        () => this.#onAnswer(layer),
        () => {},
      )
      .finally(() => {
        layer.waiting = false
      })
  }

  #onAnswer(layer: Layer): void {
    layer.silentRounds = 0
    const repair = this.#repairs.get(layer.name)
    if (!repair || this.#failed.has(layer.name)) return
    repair.healthyRounds += 1
    if (repair.healthyRounds >= HEALTHY_ROUNDS) this.#repairs.delete(layer.name)
  }

  /** Answers whether it was done: too soon after the last time it is not. `hanging`: its frame, where there is one. */
  #reload(name: string, hanging?: Frame): boolean {
    const { contents, log } = this.#options
    const repair = this.#repairOf(name)
    if (this.#now < repair.notBefore) return false
    repair.notBefore = this.#now + Math.ceil(repair.backoff.next() / LAYER_ROUND_MS)
    repair.healthyRounds = 0
    log.warn({ layer: name }, 'a layer of the picture does not answer; it is loaded anew')
    if (hanging) this.#end(hanging)
    const code = `globalThis.landaleStage?.reloadLayer(${JSON.stringify(name)}), undefined`
    contents.mainFrame.executeJavaScript(code).catch(() => {})
    return true
  }

  #end({ osProcessId }: Frame): void {
    const { contents, endProcess, log } = this.#options
    // Never the stage's own, with all its layers in it.
    if (osProcessId === 0 || osProcessId === contents.mainFrame.osProcessId) return
    try {
      endProcess(osProcessId)
    } catch (error) {
      log.warn({ err: error }, 'the renderer of a layer could not be ended')
    }
  }

  #repairOf(name: string): Repair {
    const known = this.#repairs.get(name)
    if (known) return known
    const { random } = this.#options
    const backoff = new Backoff({ initialMs: RELOAD_INITIAL_MS, maxMs: RELOAD_MAX_MS, factor: 2, jitter: 0.2, random })
    const repair: Repair = { backoff, notBefore: 0, healthyRounds: 0 }
    this.#repairs.set(name, repair)
    return repair
  }

  /** Undefined while the page has no frame of its own to ask. */
  #frames(): Frame[] | undefined {
    try {
      return this.#options.contents.mainFrame.frames.map(frameOf).filter((frame) => frame !== undefined)
    } catch {
      return undefined
    }
  }
}

interface Frame {
  readonly id: number
  readonly name: string
  readonly processId: number
  readonly routingId: number
  readonly osProcessId: number
  /** Resolves when the page in it has answered. */
  readonly asked: () => Promise<unknown>
}

/** Undefined for a frame that can't be read any more: Electron throws for one whose renderer is gone. */
function frameOf(frame: WebFrameMain): Frame | undefined {
  try {
    const { frameTreeNodeId: id, name, processId, routingId, osProcessId } = frame
    return { id, name, processId, routingId, osProcessId, asked: async () => frame.executeJavaScript('0') }
  } catch {
    return undefined
  }
}
