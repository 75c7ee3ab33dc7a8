/**
 * Which pages of Chromium are ours. Closes every other one as soon as it appears: a popup has nobody to look at it, and
 * would go on playing and computing.
 */
import type { ChromiumProcess } from './chromium-process.ts'

export interface NewPage {
  browserContextId: string
  /** px */
  width: number
  /** px */
  height: number
}

export class OwnPages {
  readonly #chromium: ChromiumProcess
  readonly #ours = new Set<string>()
  /** Seen while one of ours was being opened, of which we do not know the name until Chromium answers. */
  readonly #unknown = new Set<string>()
  #opening = 0

  constructor(chromium: ChromiumProcess) {
    this.#chromium = chromium
    chromium.browser.on('Target.targetCreated', ({ targetInfo: { targetId, type } }) => {
      if (type !== 'page') return
      this.#unknown.add(targetId)
      this.#closeStrangers()
    })
    chromium.browser.on('Target.targetDestroyed', ({ targetId }) => {
      this.#ours.delete(targetId)
      this.#unknown.delete(targetId)
    })
    chromium.browser.send('Target.setDiscoverTargets', { discover: true }).catch(() => {})
  }

  /** Opens an empty page, awake whatever else is open. Answers its target id. */
  async open({ browserContextId, width, height }: NewPage): Promise<string> {
    this.#opening += 1
    try {
      const page = { url: 'about:blank', newWindow: true, browserContextId, width, height }
      const { targetId } = await this.#chromium.browser.send('Target.createTarget', page)
      this.#ours.add(targetId)
      return targetId
    } finally {
      this.#opening -= 1
      this.#closeStrangers()
    }
  }

  #closeStrangers(): void {
    if (this.#opening > 0) return
    for (const targetId of this.#unknown) {
      this.#unknown.delete(targetId)
      if (this.#ours.has(targetId)) continue
      this.#chromium.browser.send('Target.closeTarget', { targetId }).catch(() => {})
    }
  }
}
