/**
 * The module that stands in for `electron` in the main process. Each part is checked against Electron's own types where
 * it is written, and the names of the parts here.
 *
 * `standIn` is the one name that Electron does not have: what a test needs to see or do from outside the app.
 */
import type * as Electron from 'electron'
import { app } from './main/app.ts'
import { StandInBrowserWindow } from './main/browser-window.ts'
import {
  clipboard,
  dialog,
  nativeImage,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  record,
  StandInMenu,
  StandInNotification,
  StandInTray,
  screen,
  shell,
} from './main/desktop.ts'
import { globalShortcut, pressShortcut } from './main/global-shortcut.ts'
import { ipcMain } from './main/ipc-main.ts'
import { runtime } from './main/runtime.ts'
import { safeStorage } from './main/safe-storage.ts'
import { session } from './main/session.ts'
import { webContents } from './main/web-contents.ts'

const standIn = {
  /** Presses a global shortcut; false when nobody registered it. */
  press: pressShortcut,
  /** What the app asked of the desktop. */
  record,
  trays: () => [...StandInTray.alive],
  chromiumPid: () => runtime.chromium?.pid ?? 0,
}

export type StandIn = typeof standIn

const parts = {
  app,
  BrowserWindow: StandInBrowserWindow,
  clipboard,
  dialog,
  globalShortcut,
  ipcMain,
  Menu: StandInMenu,
  nativeImage,
  nativeTheme,
  Notification: StandInNotification,
  powerMonitor,
  powerSaveBlocker,
  safeStorage,
  screen,
  session,
  shell,
  Tray: StandInTray,
  webContents,
} satisfies Partial<Record<keyof typeof Electron, unknown>>

export {
  app,
  clipboard,
  dialog,
  globalShortcut,
  ipcMain,
  nativeImage,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  StandInBrowserWindow as BrowserWindow,
  StandInMenu as Menu,
  StandInNotification as Notification,
  StandInTray as Tray,
  safeStorage,
  screen,
  session,
  shell,
  standIn,
  webContents,
}
// biome-ignore lint/style/noDefaultExport: Electron has one too
export default parts
