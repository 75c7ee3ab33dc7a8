/**
 * Chromium's debugging protocol from inside a page, which the hub exposes to the page that takes the screencast: so the
 * frames go from Chromium to Chromium and never through the hub.
 */

/** What Chromium's `Target.exposeDevToolsProtocol` puts on `globalThis`, under the name the hub chose. */
interface Binding {
  send(message: string): void
  onmessage: ((message: string) => void) | null
}

interface Message {
  id?: number
  method?: string
  sessionId?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
}

export interface Cast {
  /** A PNG in base64. */
  data: string
  /** Names the frame in its acknowledgement. */
  sessionId: number
}

export class BrowserLink {
  readonly #binding: Binding
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  readonly #onEvent: (method: string, params: unknown) => void
  #lastId = 0
  #target: string | undefined

  /** `onEvent` hears of the attached page. */
  constructor(name: string, onEvent: (method: string, params: unknown) => void) {
    const binding = (globalThis as unknown as Record<string, Binding | undefined>)[name]
    if (!binding) throw new Error('this Chromium does not let a page take a screencast')
    this.#binding = binding
    this.#onEvent = onEvent
    binding.onmessage = (text) => this.#receive(JSON.parse(text) as Message)
  }

  /** Everything sent from now on goes to that page. */
  async attach(target: string): Promise<void> {
    const answer = await this.send('Target.attachToTarget', { targetId: target, flatten: true })
    this.#target = (answer as { sessionId: string }).sessionId
  }

  send(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#binding.send(JSON.stringify({ id, method, params, sessionId: this.#target }))
    })
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (id === undefined) {
      if (method !== undefined) this.#onEvent(method, params)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(new Error(error.message))
    else waiting?.resolve(result)
  }
}
