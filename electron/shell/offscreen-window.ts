/**
 * The window in which an output's stage is painted and which nobody ever sees: its narrow rights, and the fence around
 * the pages in it. Layers come from anywhere, so they are trusted with nothing. Knows no frames.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions, Certificate, Event, WebContents } from 'electron'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { isLayerAddress } from './navigation-policy.ts'
import type { ShellLog } from './shell-log.ts'

export type OffscreenContents = Pick<
  WebContents,
  | 'on'
  | 'off'
  | 'loadURL'
  | 'mainFrame'
  | 'session'
  | 'setAudioMuted'
  | 'setFrameRate'
  | 'setWindowOpenHandler'
  | 'invalidate'
>

export type OffscreenWindow = Pick<BrowserWindow, 'on' | 'off' | 'destroy' | 'isDestroyed'> & {
  readonly webContents: OffscreenContents
}

export interface OffscreenWindowSpec {
  /** Names the session: cookies and storage, in memory only, which no other output and no other page shares. */
  partition: string
  /** Of the canvas, px. */
  width: number
  height: number
  useSharedTexture: boolean
}

/** What the window is made with. Every right is written out: a default that changes must not change ours. */
export function offscreenWindowOptions(spec: OffscreenWindowSpec): BrowserWindowConstructorOptions {
  const { partition, width, height, useSharedTexture } = spec
  return {
    width,
    height,
    useContentSize: true,
    // A canvas may be larger than any display of the machine.
    enableLargerThanScreen: true,
    show: false,
    paintWhenInitiallyHidden: true,
    frame: false,
    transparent: true,
    backgroundColor: '#00000000',
    focusable: false,
    skipTaskbar: true,
    webPreferences: {
      // One CSS pixel is one pixel of the picture, on whatever display the machine has.
      offscreen: { useSharedTexture, deviceScaleFactor: 1 },
      partition,
      // Nobody sees the window, and yet it must not be slowed down like one that is hidden.
      backgroundThrottling: false,
      autoplayPolicy: 'no-user-gesture-required',
      disableDialogs: true,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  }
}

interface NavigationEvent {
  readonly url: string
  readonly isMainFrame: boolean
  preventDefault(): void
}

/**
 * Keeps the stage where it is and its layers on the web, and refuses them windows, downloads and certificates. Sessions
 * and permissions are denied for the whole app (`hardening.ts`).
 */
export function fenceIn(contents: OffscreenContents, stageUrl: string, log: ShellLog): Disposable {
  const refuse = (event: NavigationEvent) => {
    event.preventDefault()
    log.warn({ url: withoutSecrets(event.url) }, 'a page in the picture was held back from going elsewhere')
  }
  const onNavigate = (event: NavigationEvent) => {
    // The stage may load itself anew, which is a navigation to where it is.
    const allowed = event.isMainFrame ? isSamePage(event.url, stageUrl) : isLayerAddress(event.url)
    if (!allowed) refuse(event)
  }
  const onRedirect = (event: NavigationEvent) => {
    if (event.isMainFrame || !isLayerAddress(event.url)) refuse(event)
  }
  const onDownload = (event: { preventDefault(): void }) => {
    event.preventDefault()
    log.warn({}, 'a page in the picture wanted to save a file and was refused')
  }
  /** A page that asks to stay gets no say. */
  const onPreventUnload = (event: { preventDefault(): void }) => event.preventDefault()
  const onClientCertificate = (
    event: Event,
    _url: string,
    _list: Certificate[],
    answer: (one: Certificate) => void,
  ) => {
    event.preventDefault()
    // With none the server gets none; its type is stricter than Electron. Unanswered, the request would wait for ever.
    ;(answer as () => void)()
  }
  const { session } = contents

  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-frame-navigate', onNavigate)
  contents.on('will-redirect', onRedirect)
  contents.on('will-prevent-unload', onPreventUnload)
  contents.on('select-client-certificate', onClientCertificate)
  session.on('will-download', onDownload)
  return toDisposable(() => {
    contents.off('will-frame-navigate', onNavigate)
    contents.off('will-redirect', onRedirect)
    contents.off('will-prevent-unload', onPreventUnload)
    contents.off('select-client-certificate', onClientCertificate)
    session.off('will-download', onDownload)
  })
}

function isSamePage(a: string, b: string): boolean {
  return URL.canParse(a) && withoutHash(a) === withoutHash(b)
}

function withoutHash(text: string): string {
  const url = new URL(text)
  url.hash = ''
  return url.href
}

/** Addresses carry tokens in their query. */
function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return 'not an address'
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`
}
