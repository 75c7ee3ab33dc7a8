/**
 * The dashboard's bridge: four verbs, no channel, no event object, nothing of Electron. Runs sandboxed, so it is built
 * into one CommonJS file.
 */
import { contextBridge, ipcRenderer } from 'electron'
import type { DashboardChannel, DashboardIpc, LandaleBridge } from '../../contracts/ipc.ts'

const VERSION_ARGUMENT = '--landale-version='

function ask<Channel extends DashboardChannel>(channel: Channel): Promise<DashboardIpc[Channel]['result']> {
  return ipcRenderer.invoke(channel)
}

const bridge: LandaleBridge = {
  version: process.argv.find((arg) => arg.startsWith(VERSION_ARGUMENT))?.slice(VERSION_ARGUMENT.length) ?? '',
  getControlToken: () => ask('dashboard/control-token'),
  quit: () => ask('dashboard/quit'),
  toggleKiosk: () => ask('dashboard/toggle-kiosk'),
}

contextBridge.exposeInMainWorld('landale', bridge)
