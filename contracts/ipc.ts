/**
 * What passes between the dashboard's window and the Electron main process. Not a second way to the hub: the dashboard
 * talks to the hub over its socket like any browser; this is only what a browser could not do or must not be told.
 */

/** Channel name to arguments and result. Every channel is answered; a bad sender or bad arguments reject. */
export interface DashboardIpc {
  'dashboard/control-token': { args: []; result: string }
  'dashboard/quit': { args: []; result: undefined }
  /** Answers whether the window is a kiosk now. */
  'dashboard/toggle-kiosk': { args: []; result: boolean }
}

export type DashboardChannel = keyof DashboardIpc

/** `window.landale` in the app's own window; undefined in any other browser. */
export interface LandaleBridge {
  /** Version of the app, as in its package.json. */
  readonly version: string
  /** The hub's control token, for signing in. Never kept in a URL or in storage. */
  getControlToken(): Promise<string>
  /** Quits the app, after the hub has flushed. */
  quit(): Promise<void>
  /** Kiosk on or off; resolves to what it is now. */
  toggleKiosk(): Promise<boolean>
}

declare global {
  interface Window {
    readonly landale?: LandaleBridge
  }
}
