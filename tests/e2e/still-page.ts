/**
 * A page that stands still, and the picture that is kept of it: over the hub's own servers, at a time that only moves when
 * the test says so, with the same chance every time, drawn the same on every machine as far as a browser can. Knows no page.
 * With LANDALE_UPDATE_PICTURES=1 pictures that show something else than the page does are replaced.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, type Locator, type Page, type PlaywrightTestOptions, type TestInfo } from '@playwright/test'
import { systemClock } from '../../base/clock.ts'
import { paintEmote } from '../../electron/connections/pictures/fake.ts'
import type { StateHandle } from '../../electron/kernel/channels/channels.ts'
import { type Difference, decode, differenceOf, encode, reduce } from '../references/picture-difference.ts'
import { StageHub } from './stage-hub.ts'

const REFERENCES = join(import.meta.dirname, '../references/pictures')

/** Hub time at the beginning, ms epoch: a day in winter, so that no clock is put forward. */
const BEGAN_AT = Date.UTC(2027, 0, 14, 20)
/** Whatever comes in has come to rest. Shorter than the link's heartbeat, so that no answer is waited for in vain. */
export const REST_MS = 3500
/** For what the browser does in its own time: decode a picture, measure a box. */
const PATIENCE_MS = 5000
/** Neither like the plates nor like what stands on them. */
const BACKGROUND = '#7f8fa6'

/** For `test.use`: what letters look like must not come from the machine's own settings. */
export const STILL_BROWSER = {
  viewport: { width: 1920, height: 1080 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-lcd-text'],
  },
} satisfies Partial<PlaywrightTestOptions & { launchOptions: object }>

export class StillPage {
  readonly page: Page
  readonly hub: StageHub
  #now = BEGAN_AT
  /** Topics that were asked for and are not answered yet. */
  #asked = 0
  /** Changes of state that have come. */
  #heard = 0
  #isOpen = false

  private constructor(page: Page) {
    this.page = page
    this.hub = new StageHub(0, undefined, { ...systemClock, now: () => this.#now })
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        if (eventOf(payload) === 'phx_join') this.#asked += 1
      })
      socket.on('framereceived', ({ payload }) => {
        const [joinRef, ref, , event] = JSON.parse(String(payload)) as unknown[]
        if (event === 'phx_reply' && joinRef !== null && joinRef === ref) this.#asked -= 1
        if (event === 'patch') this.#heard += 1
      })
    })
  }

  static async open(page: Page): Promise<StillPage> {
    const still = new StillPage(page)
    await still.hub.start()
    await page.clock.install({ time: BEGAN_AT - 1000 })
    await page.clock.pauseAt(BEGAN_AT)
    await page.addInitScript(sameChance)
    await page.route('**/pictures/**', (route) => {
      const [id = ''] = new URL(route.request().url()).pathname.split('/').slice(-2)
      return route.fulfill({ contentType: 'image/png', body: paintEmote(id) })
    })
    return still
  }

  stop(): Promise<void> {
    return this.hub.stop()
  }

  /** Hub time and the page's, ms epoch. */
  get now(): number {
    return this.#now
  }

  /** Resolves once `ready` is there and the page knows all that it has asked for. */
  async goto(url: string, ready: Locator): Promise<void> {
    await this.page.goto(url)
    await this.page.evaluate((background) => {
      document.documentElement.style.background = background
    }, BACKGROUND)
    await this.page.evaluate(() => document.fonts.ready)
    await expect(ready).toBeAttached()
    await expect.poll(() => this.#asked).toBe(0)
    this.#isOpen = true
  }

  /** Changes a state that the page follows; resolves once the page, if it is open, has heard of it. */
  async say<T extends object>(handle: StateHandle<T>, next: Partial<T>): Promise<void> {
    const before = this.#heard
    const was = handle.value
    handle.update((draft) => void Object.assign(draft, next))
    if (!this.#isOpen || isDeepStrictEqual(was, handle.value)) return
    await expect.poll(() => this.#heard, 'the page hears of what has changed').toBeGreaterThan(before)
  }

  /** Lets time go on, and everything with it that moves. */
  async pass(ms: number): Promise<void> {
    this.#now += ms
    await this.page.clock.runFor(ms)
  }

  /** Compares the page, once it has come to rest and shows `sees`, with the picture of this name. */
  async expectPicture(info: TestInfo, name: string, sees: Locator): Promise<void> {
    await this.pass(REST_MS)
    await expect(sees).toBeVisible()
    await expectReference(this.page, info, name)
  }
}

function eventOf(frame: string | Buffer): unknown {
  return (JSON.parse(String(frame)) as unknown[])[3]
}

/** Which fonts a machine has for other scripts is its own affair, and other tests': the same state with Latin words alone. */
export function inLatin<T>(state: T): T {
  const latin = (_key: string, value: unknown) => {
    if (typeof value !== 'string' || value.search(FOREIGN) < 0) return value
    const plain = value.replace(FOREIGN, '')
    return /[a-z\d]/i.test(plain) ? plain : 'Haru'
  }
  return JSON.parse(JSON.stringify(state, latin)) as T
}

const FOREIGN = /[^\u0020-\u024f\u2010-\u2026€]+/g

const pathOf = (name: string) => join(REFERENCES, `${name}.webp`)
const take = async (page: Page) => reduce(await page.screenshot({ animations: 'disabled' }))

/** How the page differs now from what is kept under this name; undefined: it shows the same. */
export async function differenceFrom(page: Page, name: string): Promise<Difference | undefined> {
  return differenceOf(await decode(readFileSync(pathOf(name))), await take(page))
}

/** What the page looks like now is what is kept under this name. */
export async function expectReference(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = pathOf(name)
  const kept = existsSync(path) ? await decode(readFileSync(path)) : undefined
  let seen = await take(page)
  let difference = kept && (await differenceOf(kept, seen))
  const deadline = Date.now() + PATIENCE_MS
  // A picture that is new is looked at for as long as it changes.
  for (let before = kept ?? seen; (!kept || difference) && Date.now() < deadline; before = kept ?? seen) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    seen = await take(page)
    difference = await differenceOf(before, seen)
    if (!difference) break
  }
  if (kept && !difference) return
  if (process.env.LANDALE_UPDATE_PICTURES === '1') {
    mkdirSync(REFERENCES, { recursive: true })
    writeFileSync(path, await encode(seen))
    return
  }
  const copy = info.outputPath(`${name}.webp`)
  writeFileSync(copy, await encode(seen))
  const why = kept && difference ? inWords(difference) : 'no picture of it is kept'
  expect.soft(why, `${name}: ${why}. Look at ${copy}; LANDALE_UPDATE_PICTURES=1 keeps it if it is right`).toBe('')
}

function inWords({ x, y, width, height, severity }: Difference): string {
  return `it differs from the picture that is kept, ${severity.toFixed(1)} times more than machines do, at ${x},${y} in ${width}x${height} px`
}

/** Numbers that look like chance and are the same every time. Runs inside the page, before its scripts. */
function sameChance(): void {
  let seed = 20_270_114
  Math.random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
}
