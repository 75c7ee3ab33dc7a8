/**
 * The emote rain as it is seen: one element for each that falls, moved by `transform` alone. Asks for frames only while
 * something moves or waits to fall; when all lie still it sleeps until the first one goes, and when nothing is there it does
 * nothing at all.
 */
import type { Disposable } from '../../../base/lifecycle.ts'
import type { NamedEmote } from '../../../contracts/state/emote-rain.ts'
import { emoteAddress } from '../../pictures/picture-address.ts'
import { type Drop, type RainSettings, RainWorld } from './rain-world.ts'

/** Waiting to fall; more are not worth the wait. */
export const WAITING_MAX = 300
/** The longest step that is taken at once, ms: after a pause the rain goes on where it was. */
const FRAME_MAX_MS = 100
/** While all lie still, how much later than its time one may go, ms. */
const SLEEP_SLACK_MS = 1

export interface RainViewSettings extends RainSettings {
  maxEmotes: number
  /** ms */
  spawnDelay: number
}

export interface RainViewOptions {
  root: HTMLElement
  size: { width: number; height: number }
  settings: RainViewSettings
  onAnimating: (animating: boolean) => void
  random?: () => number
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export class RainView implements Disposable {
  readonly #options: RainViewOptions
  readonly #world: RainWorld
  readonly #elements = new Map<number, HTMLElement>()
  readonly #drops = new Map<number, Drop>()
  #settings: RainViewSettings
  #waiting: NamedEmote[] = []
  #frame: number | undefined
  #sleep: ReturnType<typeof setTimeout> | undefined
  /** By the page's own clock, ms; counts while it sleeps. */
  #sleptAt = 0
  /** Of the last frame; null while it sleeps. */
  #lastAt: number | null = null
  #spawnInMs = 0
  #isAnimating = false

  constructor(options: RainViewOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#world = new RainWorld(options.size, options.settings, options.random ?? Math.random)
  }

  /** In the box, those that are on their way out included. */
  get count(): number {
    return this.#elements.size
  }

  get waiting(): number {
    return this.#waiting.length
  }

  configure(settings: RainViewSettings): void {
    this.#settings = settings
    this.#world.configure(settings)
    if (this.#elements.size > 0) this.#wake()
  }

  /** `count` emotes, one after the other and again. */
  rain(emotes: readonly NamedEmote[], count: number): void {
    const room = WAITING_MAX - this.#waiting.length
    for (let n = 0; n < Math.min(count, room); n++) {
      const emote = emotes[n % emotes.length]
      if (emote) this.#waiting.push(emote)
    }
    if (this.#waiting.length > 0) this.#wake()
  }

  clear(): void {
    this.#waiting = []
    this.#world.clear()
    if (this.#elements.size > 0) this.#wake()
  }

  dispose(): void {
    this.#stop()
    this.#waiting = []
    this.#world.dispose()
    for (const element of this.#elements.values()) element.remove()
    this.#elements.clear()
    this.#drops.clear()
  }

  #wake(): void {
    if (this.#frame !== undefined) return
    if (this.#sleep !== undefined) {
      clearTimeout(this.#sleep)
      this.#sleep = undefined
      // Else each rain would begin the wait for the first one to go anew, and a full box would stay as it is.
      this.#pass(performance.now() - this.#sleptAt)
    }
    this.#setAnimating(true)
    this.#frame = requestAnimationFrame((at) => this.#draw(at))
  }

  #stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    clearTimeout(this.#sleep)
    this.#frame = undefined
    this.#sleep = undefined
    this.#lastAt = null
    this.#setAnimating(false)
  }

  #draw(at: number): void {
    this.#frame = undefined
    const ms = this.#lastAt === null ? 0 : Math.min(FRAME_MAX_MS, Math.max(0, at - this.#lastAt))
    this.#lastAt = at
    this.#spawn(ms)
    this.#pass(ms)
    if (this.#world.isMoving || this.#canSpawn) this.#wake()
    else this.#rest()
  }

  #pass(ms: number): void {
    for (const { id } of this.#world.pass(ms)) {
      this.#elements.get(id)?.remove()
      this.#elements.delete(id)
      this.#drops.delete(id)
    }
    for (const drop of this.#drops.values()) {
      const element = this.#elements.get(drop.id)
      if (element && drop.isMoving) place(element, drop)
    }
  }

  get #canSpawn(): boolean {
    return this.#waiting.length > 0 && this.#world.size < this.#settings.maxEmotes
  }

  #spawn(ms: number): void {
    this.#spawnInMs -= ms
    while (this.#spawnInMs <= 0 && this.#canSpawn) {
      const emote = this.#waiting.shift()
      if (!emote) break
      const drop = this.#world.add()
      const element = elementOf(emote, drop.size)
      place(element, drop)
      this.#drops.set(drop.id, drop)
      this.#elements.set(drop.id, element)
      this.#options.root.append(element)
      this.#spawnInMs += this.#settings.spawnDelay
    }
    this.#spawnInMs = Math.max(0, this.#spawnInMs)
  }

  /** All lie still: nothing is painted until the first one goes. */
  #rest(): void {
    this.#stop()
    const waitMs = this.#world.nextEndMs
    if (waitMs === null) return
    this.#sleptAt = performance.now()
    this.#sleep = setTimeout(() => this.#wake(), waitMs + SLEEP_SLACK_MS)
  }

  #setAnimating(animating: boolean): void {
    if (animating === this.#isAnimating) return
    this.#isAnimating = animating
    this.#options.onAnimating(animating)
  }
}

function place(element: HTMLElement, { x, y, angle, size }: Drop): void {
  const half = size / 2
  element.style.transform = `translate3d(${(x - half).toFixed(1)}px, ${(y - half).toFixed(1)}px, 0) rotate(${angle.toFixed(3)}rad)`
}

/** Its letters on a disc, until its picture is there; for good where that can't be had. */
function elementOf(emote: NamedEmote, size: number): HTMLElement {
  const element = document.createElement('div')
  element.className = 'rain-drop'
  element.style.width = `${size}px`
  element.style.height = `${size}px`
  const address = emoteAddress(emote, 'still')
  const letters = document.createElement('span')
  letters.className = 'rain-letters'
  letters.style.fontSize = `${Math.round(size * 0.4)}px`
  letters.style.background = `hsl(${hueOf(emote.name)} 45% 34%)`
  letters.textContent = lettersOf(emote.name)
  element.append(letters)
  if (address === '') return element
  const image = document.createElement('img')
  image.alt = ''
  image.decoding = 'async'
  image.draggable = false
  image.onload = () => letters.replaceWith(image)
  image.src = address
  return element
}

function lettersOf(name: string): string {
  return [...segmenter.segment(name)]
    .slice(0, 2)
    .map(({ segment }) => segment)
    .join('')
    .slice(0, 16)
}

function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 0)
}
