/** Windows of one Chromium that watch a picture, with a meter in each: how often it drew, and how old what it drew was. */
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { systemClock } from '../base/clock.ts'
import { type ChromiumProcess, startChromium } from '../electron/features/compositor/chromium/chromium-process.ts'
import { findChromium } from '../electron/features/compositor/chromium/find-chromium.ts'

/** Runs before the page's own code: notes the sender's stamp of each packet and the time at which it was on the canvas. */
const METER = `
globalThis.meter = { ages: [], firstAt: null }
let sentAt = 0
const Socket = WebSocket
globalThis.WebSocket = class extends Socket {
  constructor(...parts) {
    super(...parts)
    this.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) sentAt = new DataView(data).getFloat64(24, true)
    })
  }
}
const put = CanvasRenderingContext2D.prototype.putImageData
CanvasRenderingContext2D.prototype.putImageData = function (...parts) {
  put.apply(this, parts)
  meter.firstAt ??= performance.now()
  if (sentAt === 0) return
  meter.ages.push(performance.timeOrigin + performance.now() - sentAt)
  sentAt = 0
}`

export interface Meter {
  /** ms from the sender's stamp until it was on the canvas. */
  ages: number[]
  /** ms from the beginning of the page's loading to its first drawing. */
  firstAt: number | null
}

export class ViewerBrowser {
  readonly #process: ChromiumProcess
  readonly #windows: { targetId: string; sessionId: string }[] = []

  private constructor(process: ChromiumProcess) {
    this.#process = process
  }

  static async start(): Promise<ViewerBrowser> {
    const { executable, missing } = findChromium()
    if (executable === null) throw new Error(missing)
    const options = { executable, tempRoot: tmpdir(), clock: systemClock, extraSwitches: [] }
    return new ViewerBrowser(await startChromium(options, new AbortController().signal))
  }

  /** Opens a window of its own, so that it is visible like an OBS source. */
  async open(url: string): Promise<void> {
    const { browser } = this.#process
    const size = { width: 1920, height: 1080 }
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', newWindow: true, ...size })
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    const session = this.#process.session(sessionId)
    await session.send('Page.enable')
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: METER })
    await session.send('Page.navigate', { url })
    this.#windows.push({ targetId, sessionId })
  }

  /** Closes the window that was opened last. */
  async closeLast(): Promise<void> {
    const { targetId } = this.#windows.pop() ?? {}
    if (targetId !== undefined) await this.#process.browser.send('Target.closeTarget', { targetId })
  }

  /** What each window measured since it was last asked. */
  async take(): Promise<Meter[]> {
    return Promise.all(
      this.#windows.map(async ({ sessionId }) => {
        const expression =
          '(() => { const m = globalThis.meter; const t = { ages: m.ages, firstAt: m.firstAt }; m.ages = []; return t })()'
        const { result } = await this.#process
          .session(sessionId)
          .send('Runtime.evaluate', { expression, returnByValue: true })
        return result.value as Meter
      }),
    )
  }

  /** User and system time of all its processes so far, ms. */
  get cpuMs(): number {
    return cpuOfTree(this.#process.pid)
  }

  /** Proportional memory of all its processes, MiB. */
  get pssMiB(): number {
    return pssOf(treeOf(this.#process.pid))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }
}

/** User and system time so far of a process and all below it, ms. */
export function cpuOfTree(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + cpuOf(each), 0)
}

/** A process and all below it. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]))
    } catch {
      // gone meanwhile
    }
  }
  const tree = [root]
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

export function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

export function pssOf(pids: readonly number[]): number {
  let kib = 0
  for (const pid of pids) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // gone meanwhile
    }
  }
  return kib / 1024
}
