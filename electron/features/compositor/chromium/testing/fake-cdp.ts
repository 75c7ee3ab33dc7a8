/** Chromium's debugging protocol in memory, for tests: says what it is told to, remembers what it was asked. */
import type { CdpSession, EventName, EventPayload } from '../cdp.ts'

type Listener = (payload: unknown) => void

export class FakeCdp {
  /** `session method`, in order. */
  readonly asked: string[] = []
  readonly forgotten: string[] = []
  readonly #listeners = new Map<string, Listener[]>()
  readonly #answers = new Map<string, unknown>()
  readonly #silent = new Set<string>()

  session(sessionId = ''): CdpSession {
    const send = async (method: string) => {
      this.asked.push(`${sessionId} ${method}`)
      if (this.#silent.has(sessionId)) await new Promise(() => {})
      return this.#answers.get(`${sessionId} ${method}`) ?? {}
    }
    return {
      send: send as CdpSession['send'],
      on: (event, listener) => {
        const key = `${sessionId} ${event}`
        this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener as Listener])
      },
    }
  }

  forget(sessionId: string): void {
    this.forgotten.push(sessionId)
  }

  answer(sessionId: string, method: string, result: unknown): void {
    this.#answers.set(`${sessionId} ${method}`, result)
  }

  /** It answers nothing more. */
  silence(sessionId: string): void {
    this.#silent.add(sessionId)
  }

  emit<E extends EventName>(sessionId: string, event: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners.get(`${sessionId} ${event}`) ?? []) listener(payload)
  }
}
