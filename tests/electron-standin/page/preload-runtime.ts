/**
 * The renderer half of Electron, as a sandboxed preload sees it: `require('electron')` with ipcRenderer and contextBridge,
 * a thin `process`, and nothing of Node. Runs in an isolated world of the page, before any script of the page.
 *
 * `runPreload` is self-contained on purpose: its source runs inside Chromium and may refer to nothing outside itself.
 */
import { type BridgeEnd, type BridgeOptions, createBridgeEnd } from './bridge.ts'
import { type Codec, createCodec } from './codec.ts'

/** Name of the function through which the isolated world, and only it, reaches the main process. */
export const BINDING = '__electronStandinSend'
/** Name of the function the main process calls in the isolated world. */
export const RECEIVER = '__electronStandinReceive'
/** Name of the isolated world; the one Electron itself uses. */
export const ISOLATED_WORLD = 'Electron Isolated Context'

/** From the page to the main process. */
export type Uplink =
  | { kind: 'send'; channel: string; args: unknown[] }
  | { kind: 'invoke'; id: number; channel: string; args: unknown[] }
  | { kind: 'preload-error'; message: string }

/** From the main process to the page. */
export type Downlink =
  | { kind: 'message'; channel: string; args: unknown[] }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'failure'; id: number; message: string }

export interface PreloadEnvironment {
  argv: string[]
  platform: string
  versions: Record<string, string | undefined>
}

/** A preload, wrapped as CommonJS wraps a module. */
type PreloadModule = (require: unknown, module: object, exports: object, process: object) => void

interface RunOptions {
  codec: Codec
  bridge: BridgeEnd
  preload: PreloadModule
  environment: PreloadEnvironment
  binding: string
  receiver: string
}

function runPreload({ codec, bridge, preload, environment, binding, receiver }: RunOptions): void {
  type Listener = (event: object, ...args: unknown[]) => void
  const scope = window as unknown as Record<string, unknown>
  const uplink = scope[binding] as (text: string) => void
  const listeners = new Map<string, Listener[]>()
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0

  const post = (message: Uplink) => uplink(codec.encode(message))
  const listenersOf = (channel: string) => listeners.get(channel) ?? []

  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => post({ kind: 'send', channel, args }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        post({ kind: 'invoke', id, channel, args })
        waiting.set(id, { resolve, reject })
      }),
    on(channel: string, listener: Listener) {
      listeners.set(channel, [...listenersOf(channel), listener])
      return ipcRenderer
    },
    off(channel: string, listener: Listener) {
      listeners.set(
        channel,
        listenersOf(channel).filter((other) => other !== listener),
      )
      return ipcRenderer
    },
    once(channel: string, listener: Listener) {
      const first: Listener = (event, ...args) => {
        ipcRenderer.off(channel, first)
        listener(event, ...args)
      }
      return ipcRenderer.on(channel, first)
    },
  }

  scope[receiver] = (text: string) => {
    const message = codec.decode(text) as Downlink
    if (message.kind === 'message') {
      for (const listener of listenersOf(message.channel)) listener({ sender: ipcRenderer, ports: [] }, ...message.args)
      return
    }
    const waiter = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'result') waiter?.resolve(message.result)
    else waiter?.reject(new Error(message.message))
  }

  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (key: string, api: unknown) => bridge.expose(key, api) },
  }
  const require = (name: string) => {
    if (name === 'electron' || name === 'electron/renderer') return electron
    throw new Error(`module not found: ${name}`)
  }
  const { argv, platform, versions } = environment
  const process = { argv, platform, versions, env: {}, type: 'renderer', sandboxed: true, contextIsolated: true }
  try {
    const module = { exports: {} }
    preload(require, module, module.exports, process)
  } catch (error) {
    post({ kind: 'preload-error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

/** Electron runs a preload in the top frame only. */
const TOP_FRAME_ONLY = 'if (window !== window.top) return;'

export interface PreloadScript {
  /** Text of the preload file. */
  source: string
  /** Shown by developer tools and in stacks. */
  url: string
}

/**
 * The two scripts, one per world, to be run before any document of a window. The preload is part of its script, not
 * evaluated by it: a page's content security policy would forbid that. `secret` joins the two worlds.
 */
export function pageScripts(
  { source, url }: PreloadScript,
  environment: PreloadEnvironment,
  secret: string,
): { page: string; isolated: string } {
  const inPage: BridgeOptions = { inbox: `${secret}-page`, outbox: `${secret}-preload` }
  const inPreload: BridgeOptions = { inbox: inPage.outbox, outbox: inPage.inbox }
  const json = (value: unknown) => JSON.stringify(value)
  return {
    page: `(() => { ${TOP_FRAME_ONLY} (${createBridgeEnd})(${json(inPage)}) })()`,
    isolated: `(() => {
      ${TOP_FRAME_ONLY}
      (${runPreload})({
        codec: (${createCodec})(),
        bridge: (${createBridgeEnd})(${json(inPreload)}),
        preload: (require, module, exports, process) => { ${source}
        },
        environment: ${json(environment)},
        binding: ${json(BINDING)},
        receiver: ${json(RECEIVER)},
      })
    })()
    //# sourceURL=${url}`,
  }
}
