/**
 * Answers the dashboard's few questions. The sender is checked each time, since any page that ever runs in the app can
 * call any channel: only the top frame of the dashboard's own window, still showing the hub's origin, is answered; every
 * other one is rejected, not ignored.
 */
import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import type { DashboardChannel, DashboardIpc } from '../../contracts/ipc.ts'
import type { ShellLog } from './shell-log.ts'

type DashboardHandlers = {
  [Channel in DashboardChannel]: () => DashboardIpc[Channel]['result'] | Promise<DashboardIpc[Channel]['result']>
}

export interface DashboardIpcOptions {
  ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>
  /** The dashboard window's page. */
  contentsId: number
  origin: string
  handlers: DashboardHandlers
  log: ShellLog
}

type Sender = Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>

export function serveDashboard({ ipcMain, contentsId, origin, handlers, log }: DashboardIpcOptions): Disposable {
  const owned = new DisposableStore()
  for (const channel of Object.keys(handlers) as DashboardChannel[]) {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      const fault = faultOf(event, contentsId, origin) ?? (args.length > 0 ? 'it takes no arguments' : undefined)
      if (fault === undefined) return handlers[channel]()
      log.warn({ channel, url: event.senderFrame?.url, fault }, 'a call from a page was rejected')
      throw new Error(`${channel} was rejected: ${fault}`)
    })
    owned.defer(() => ipcMain.removeHandler(channel))
  }
  return owned
}

function faultOf({ sender, senderFrame }: Sender, contentsId: number, origin: string): string | undefined {
  if (sender.id !== contentsId) return 'the sender is not the dashboard'
  if (!senderFrame) return 'the frame that asked is gone'
  if (senderFrame.parent !== null) return 'only the top frame may ask'
  if (senderFrame.origin !== origin) return 'the page does not come from the hub'
  return undefined
}
