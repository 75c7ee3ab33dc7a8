/** The stand-in inside the process of a test, for parts of the shell that take what they need of Electron as arguments. */
import { app, type StandInApp } from './main/app.ts'
import { StandInBrowserWindow } from './main/browser-window.ts'
import { runtime } from './main/runtime.ts'

export interface InProcessStandIn {
  BrowserWindow: typeof StandInBrowserWindow
  /** Closes what is still open and ends Chromium. */
  stop(): Promise<void>
}

/** Once in a process: Electron does not start twice either. `prepare`: what an app does before it is ready. */
export async function startStandIn(prepare: (app: StandInApp) => void = () => {}): Promise<InProcessStandIn> {
  // Without a listener the app, and with it this process, ends with the last window.
  app.on('window-all-closed', () => {})
  prepare(app)
  await app.start(() => {})
  return {
    BrowserWindow: StandInBrowserWindow,
    async stop() {
      for (const window of StandInBrowserWindow.getAllWindows()) window.destroy()
      await runtime.chromium?.stop()
    },
  }
}
