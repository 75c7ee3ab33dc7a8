/** `ipcMain`: listeners and one handler per channel. */
import { EventEmitter } from 'node:events'
import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import type { Downlink } from '../page/preload-runtime.ts'

type Handler = Parameters<IpcMain['handle']>[1]

export class StandInIpcMain extends EventEmitter implements Pick<IpcMain, 'handle' | 'handleOnce' | 'removeHandler'> {
  readonly #handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#handlers.set(channel, handler)
  }

  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel)
      return handler(event, ...args)
    })
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** Runs the handler for a page's `invoke` and answers what goes back to the page. Never rejects. */
  async invoke(id: number, channel: string, event: object, args: unknown[]): Promise<Downlink> {
    try {
      const handler = this.#handlers.get(channel)
      if (!handler) throw new Error(`No handler registered for '${channel}'`)
      return { kind: 'result', id, result: await handler(event as IpcMainInvokeEvent, ...args) }
    } catch (error) {
      return { kind: 'failure', id, message: `Error invoking remote method '${channel}': ${error}` }
    }
  }
}

export const ipcMain = new StandInIpcMain()
