/**
 * contextBridge between two worlds of one page. Both ends run this same source: the end in the preload's isolated world
 * exposes an object, the end in the page's world gets copies of its data and stand-ins for its functions. Values cross as
 * details of DOM events, which Chromium clones, so no object of one world is ever seen by the other: what leaks in
 * Electron leaks here, and what does not, does not.
 *
 * Self-contained on purpose: its source runs inside Chromium and may refer to nothing outside itself. The page's end runs
 * before any script of the page and keeps the originals of what it uses.
 */
export interface BridgeEnd {
  /** Puts a frozen copy of `api` into the other world's `window[key]`. Throws when the name is taken there. */
  expose(key: string, api: unknown): void
}

export interface BridgeOptions {
  /** Event name this end listens to; not guessable by the page. */
  inbox: string
  /** Event name the other end listens to. */
  outbox: string
}

export function createBridgeEnd({ inbox, outbox }: BridgeOptions): BridgeEnd {
  type Wire =
    | { is: 'value'; value: unknown }
    | { is: 'function' | 'promise'; id: number }
    | { is: 'list'; items: Wire[] }
    | { is: 'record'; fields: [string, Wire][] }
  type Settled = { ok: true; result: Wire } | { ok: false; message: string }
  type Letter =
    | { kind: 'expose'; key: string; api: Wire; reply: number }
    | { kind: 'call'; id: number; args: Wire[]; reply: number }
    | { kind: 'reply'; reply: number; settled: Settled }
    | { kind: 'settle'; id: number; settled: Settled }

  const EventOfThisWorld = CustomEvent
  const dispatch = window.dispatchEvent.bind(window)
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const promises = new Map<number, (settled: Settled) => void>()
  const replies = new Map<number, Settled>()
  let lastId = 0

  const post = (letter: Letter) => dispatch(new EventOfThisWorld(outbox, { detail: letter }))
  const failed = (error: unknown): Settled => ({
    ok: false,
    message: error instanceof Error ? error.message : String(error),
  })

  function packPromise(promise: Promise<unknown>): Wire {
    const id = ++lastId
    promise.then(
      (value) => post({ kind: 'settle', id, settled: { ok: true, result: pack(value) } }),
      (error) => post({ kind: 'settle', id, settled: failed(error) }),
    )
    return { is: 'promise', id }
  }

  function packFunction(implementation: (...args: unknown[]) => unknown): Wire {
    const id = ++lastId
    functions.set(id, implementation)
    return { is: 'function', id }
  }

  function pack(value: unknown): Wire {
    if (typeof value === 'symbol') throw new Error('a symbol cannot cross the contextBridge')
    if (typeof value === 'function') return packFunction(value as (...args: unknown[]) => unknown)
    if (value instanceof Promise) return packPromise(value)
    if (Array.isArray(value)) return { is: 'list', items: value.map(pack) }
    const prototype = value !== null && typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
    if (prototype !== Object.prototype) return { is: 'value', value }
    return { is: 'record', fields: Object.entries(value as object).map(([key, item]) => [key, pack(item)]) }
  }

  function unpackPromise(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      promises.set(id, (settled) => {
        promises.delete(id)
        if (settled.ok) resolve(unpack(settled.result))
        else reject(new Error(settled.message))
      })
    })
  }

  function unpack(wire: Wire): unknown {
    if (wire.is === 'value') return wire.value
    if (wire.is === 'list') return wire.items.map(unpack)
    if (wire.is === 'record')
      return Object.freeze(Object.fromEntries(wire.fields.map(([key, item]) => [key, unpack(item)])))
    if (wire.is === 'promise') return unpackPromise(wire.id)
    const { id } = wire
    return (...args: unknown[]) => ask((reply) => ({ kind: 'call', id, args: args.map(pack), reply }))
  }

  /** Events are dispatched synchronously: the reply is there when `post` returns. */
  function ask(letter: (reply: number) => Letter): unknown {
    const reply = ++lastId
    post(letter(reply))
    const settled = replies.get(reply)
    replies.delete(reply)
    if (!settled) throw new Error('the other end of the contextBridge did not answer')
    if (!settled.ok) throw new Error(settled.message)
    return unpack(settled.result)
  }

  function attempt(work: () => unknown): Settled {
    try {
      return { ok: true, result: pack(work()) }
    } catch (error) {
      return failed(error)
    }
  }

  function define(key: string, api: Wire): void {
    if (key in window) throw new Error(`Cannot bind an API on top of an existing property on the window object: ${key}`)
    Object.defineProperty(window, key, { value: unpack(api), enumerable: true, configurable: false, writable: false })
  }

  function receive(letter: Letter): void {
    if (letter.kind === 'reply') replies.set(letter.reply, letter.settled)
    else if (letter.kind === 'settle') promises.get(letter.id)?.(letter.settled)
    else if (letter.kind === 'expose') {
      post({ kind: 'reply', reply: letter.reply, settled: attempt(() => define(letter.key, letter.api)) })
    } else {
      const { id, args, reply } = letter
      post({ kind: 'reply', reply, settled: attempt(() => functions.get(id)?.(...args.map(unpack))) })
    }
  }

  window.addEventListener(inbox, (event) => {
    event.stopImmediatePropagation()
    receive((event as CustomEvent<Letter>).detail)
  })

  return { expose: (key, api) => void ask((reply) => ({ kind: 'expose', key, api: pack(api), reply })) }
}
