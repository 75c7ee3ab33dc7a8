/**
 * The rules that hold for every page of the app, whoever opened it: sandboxed, kept inside the hub's origin, no window of
 * its own making, no webview, no permission, no device. Owns Electron's app-wide hooks; knows no window in particular.
 * Must run before the app is ready, so that no page and no session escapes it.
 */
import type { App, Session, WebContents } from 'electron'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { externalAddress, isLayerAddress, isWithin } from './navigation-policy.ts'
import type { ShellLog } from './shell-log.ts'

export interface HardeningOptions {
  app: Pick<App, 'enableSandbox' | 'on' | 'off'>
  /** The hub's origin; undefined until the hub runs, and until then no page may go anywhere. */
  ownOrigin: () => string | undefined
  /** Opens an https address in the user's browser. */
  openExternal: (url: string) => Promise<void>
  log: ShellLog
}

interface NavigationEvent {
  readonly url: string
  readonly isMainFrame: boolean
  preventDefault(): void
}

export function harden({ app, ownOrigin, openExternal, log }: HardeningOptions): Disposable {
  app.enableSandbox()

  const openOutside = (url: string) => {
    const address = externalAddress(url)
    if (address === undefined) log.warn({ url }, 'a page asked for a window that it may not have')
    else openExternal(address).catch((error: unknown) => log.warn({ err: error, url }, 'the browser did not open'))
  }

  const keepInside = (event: NavigationEvent, mayHoldLayers: boolean) => {
    const origin = ownOrigin()
    if (origin !== undefined && isWithin(origin, event.url)) return
    if (mayHoldLayers && !event.isMainFrame && isLayerAddress(event.url)) return
    event.preventDefault()
    log.warn({ url: event.url }, 'a page tried to leave the hub and was held back')
  }

  const onContents = (_event: unknown, contents: WebContents) => {
    // A picture's frames are its layers, from anywhere on the web; nobody sees or clicks them (`offscreen-window.ts`).
    const onNavigate = (event: NavigationEvent) => keepInside(event, contents.isOffscreen())
    contents.on('will-navigate', onNavigate)
    contents.on('will-frame-navigate', onNavigate)
    contents.on('will-redirect', onNavigate)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url)
      return { action: 'deny' }
    })
  }

  app.on('web-contents-created', onContents)
  app.on('session-created', denyEverything)
  return toDisposable(() => {
    app.off('web-contents-created', onContents)
    app.off('session-created', denyEverything)
  })
}

/** No page of ours needs the camera, the place or a device: every request and every check is answered no. */
function denyEverything(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
}
