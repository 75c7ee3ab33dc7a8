/**
 * `webContents`: one page's loads, messages, crashes and the vetoes over where it goes. How it is painted when nobody sees
 * it (`webPreferences.offscreen`) is in `offscreen-painter.ts`.
 */
import { EventEmitter } from 'node:events'
import type { OffscreenSharedTexture, Rectangle, Session, WebContents, WebFrameMain, WebPreferences } from 'electron'
import type { CdpSession, EventPayload } from '../browser/cdp.ts'
import { createCodec } from '../page/codec.ts'
import { BINDING, type Downlink, ISOLATED_WORLD, RECEIVER, type Uplink } from '../page/preload-runtime.ts'
import { app } from './app.ts'
import type { StandInBrowserWindow } from './browser-window.ts'
import { createEvent } from './event.ts'
import { FrameTree, type StandInFrame } from './frame-tree.ts'
import { ipcMain } from './ipc-main.ts'
import { OffscreenPainter } from './offscreen-painter.ts'
import { openPage, type PageTarget, resizePage, type Size } from './page-target.ts'
import type { PaintedImage } from './painted-image.ts'
import { chromium, runtime } from './runtime.ts'
import { permissionVerdicts, type StandInSession } from './session.ts'

type ContentsSurface = Pick<
  WebContents,
  | 'id'
  | 'loadURL'
  | 'reload'
  | 'stop'
  | 'getURL'
  | 'isDestroyed'
  | 'isCrashed'
  | 'isLoading'
  | 'isOffscreen'
  | 'startPainting'
  | 'stopPainting'
  | 'isPainting'
  | 'setFrameRate'
  | 'getFrameRate'
  | 'invalidate'
  | 'forcefullyCrashRenderer'
  | 'executeJavaScript'
  | 'send'
  | 'setWindowOpenHandler'
  | 'openDevTools'
  | 'setAudioMuted'
  | 'isAudioMuted'
  | 'setBackgroundThrottling'
  | 'close'
  | 'focus'
>

type WindowOpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0]
type PausedRequest = EventPayload<'Fetch.requestPaused'>

/** Chromium's net error numbers, as far as an app of ours meets them. */
const NET_ERRORS: Record<string, number> = {
  ERR_ABORTED: -3,
  ERR_CONNECTION_REFUSED: -102,
  ERR_NAME_NOT_RESOLVED: -105,
  ERR_EMPTY_RESPONSE: -324,
}
const ERR_FAILED = -2

type MainFrame = Pick<WebFrameMain, 'executeJavaScript' | 'name' | 'osProcessId' | 'url'> & {
  readonly frames: StandInFrame[]
}

/** A load that somebody waits for. */
interface Load extends PromiseWithResolvers<void> {
  loaderId?: string
}

const codec = createCodec()

export interface ContentsOptions {
  window: StandInBrowserWindow
  preferences: WebPreferences
  session: StandInSession
  size: Size
}

export class StandInWebContents extends EventEmitter implements ContentsSurface {
  readonly id: number
  readonly window: StandInBrowserWindow
  readonly #preferences: WebPreferences
  readonly #session: StandInSession
  readonly #page: Promise<PageTarget>
  #targetId: string | undefined
  #preloadContext: string | undefined
  #openHandler: WindowOpenHandler = () => ({ action: 'allow' })
  #load: Load | undefined
  /** The document that is here (Chromium's loader id), and the last one whose load event has fired. */
  #document: string | undefined
  #loadedDocument: string | undefined
  /** Loads we started ourselves are not put to the vote of `will-navigate`. */
  #programmatic = false
  #destroyed = false
  #crashed = false
  #loading = false
  #muted = false
  #url = ''
  /** Of an offscreen window, once its page is open. */
  #painter: OffscreenPainter | undefined
  #frames: FrameTree | undefined
  #frameRate: number | undefined

  constructor({ window, preferences, session, size }: ContentsOptions) {
    super()
    this.id = window.id
    this.window = window
    this.#preferences = preferences
    this.#session = session
    this.#page = this.#open(size)
    this.#page.catch((error: unknown) => this.#destroyed || console.error('electron stand-in: no page', error))
  }

  get session(): Session {
    return this.#session.asSession
  }

  /** Known once the page is open; Playwright finds the window of its page by it. */
  get targetId(): string | undefined {
    return this.#targetId
  }

  /** Its frames are known in offscreen windows only. */
  get mainFrame(): MainFrame {
    return {
      executeJavaScript: (code, userGesture) => this.executeJavaScript(code, userGesture),
      name: '',
      osProcessId: chromium().pid,
      url: this.#url,
      frames: this.#frames?.frames ?? [],
    }
  }

  async loadURL(url: string): Promise<void> {
    const { cdp } = await this.#page
    await this.#settlePermissions(url)
    const load = this.#startLoading()
    const { errorText, loaderId } = await cdp.send('Page.navigate', { url })
    if (errorText) this.#failLoading(errorText.replace('net::', ''), url)
    else if (loaderId === undefined || loaderId === this.#loadedDocument) load.resolve()
    else load.loaderId = loaderId
    await load.promise
  }

  reload(): void {
    this.#startLoading()
    this.#run((cdp) => cdp.send('Page.reload'))
  }

  stop(): void {
    this.#run((cdp) => cdp.send('Page.stopLoading'))
  }

  getURL(): string {
    return this.#url
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  isCrashed(): boolean {
    return this.#crashed
  }

  isLoading(): boolean {
    return this.#loading
  }

  isOffscreen(): boolean {
    return Boolean(this.#preferences.offscreen)
  }

  startPainting(): void {
    this.#painter?.resume()
  }

  stopPainting(): void {
    this.#painter?.pause()
  }

  isPainting(): boolean {
    return this.#painter?.isPainting ?? false
  }

  setFrameRate(perSecond: number): void {
    this.#frameRate = perSecond
    if (this.#painter) this.#painter.frameRate = perSecond
  }

  getFrameRate(): number {
    return this.#painter?.frameRate ?? this.#frameRate ?? 60
  }

  invalidate(): void {
    this.#painter?.invalidate()
  }

  /** Really ends the renderer process. */
  forcefullyCrashRenderer(): void {
    this.#run((cdp) => cdp.send('Page.crash'))
  }

  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    const { cdp } = await this.#page
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** Electron drops a message for a page that is not there yet, and so does this. */
  send(channel: string, ...args: unknown[]): void {
    this.#deliver({ kind: 'message', channel, args }, this.#preloadContext)
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler
  }

  /** Real, but not among Electron's documented methods. */
  getLastWebPreferences(): WebPreferences {
    return { ...this.#preferences }
  }

  openDevTools(): void {}

  setAudioMuted(muted: boolean): void {
    this.#muted = muted
  }

  isAudioMuted(): boolean {
    return this.#muted
  }

  setBackgroundThrottling(): void {}

  close(): void {
    this.window.close()
  }

  focus(): void {
    this.window.focus()
  }

  resize(size: Size): void {
    this.#run(async (cdp) => {
      await resizePage(cdp, size)
      await this.#painter?.resize(size)
    })
  }

  /** Called by the window that owns it. */
  destroy(): void {
    this.#destroyed = true
    this.#painter?.stop()
    this.#load?.reject(new Error('the window was destroyed while it was loading'))
    this.#page.then(({ targetId }) => chromium().browser.send('Target.closeTarget', { targetId })).catch(() => {})
    this.emit('destroyed')
  }

  async #open(size: Size): Promise<PageTarget> {
    const target = await openPage(this.#preferences, size, (target) => {
      this.#listen(target)
      if (this.isOffscreen()) this.#paintOffscreen(target, size)
    })
    await Promise.all([this.#frames?.start(), this.#painter?.start()])
    return target
  }

  #paintOffscreen(target: PageTarget, size: Size): void {
    const { offscreen } = this.#preferences
    const useSharedTexture = typeof offscreen === 'object' && offscreen.useSharedTexture === true
    const onPaint = (texture: OffscreenSharedTexture | undefined, dirty: Rectangle, image: PaintedImage) =>
      this.emit('paint', createEvent(texture && { texture }), dirty, image)
    this.#painter = new OffscreenPainter({ cdp: target.cdp, size, useSharedTexture, onPaint })
    if (this.#frameRate !== undefined) this.#painter.frameRate = this.#frameRate
    this.#frames = new FrameTree(target, ({ processId, routingId }, url) =>
      this.emit('did-fail-load', createEvent(), ERR_FAILED, 'ERR_FAILED', url, false, processId, routingId),
    )
  }

  /** Orders whose failure matters to nobody: the page went away in the meantime. */
  #run(order: (cdp: CdpSession) => Promise<unknown>): void {
    this.#page.then(({ cdp }) => order(cdp)).catch(() => {})
  }

  #listen({ targetId, cdp }: PageTarget): void {
    this.#targetId = targetId
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING) void this.#onMessage(codec.decode(payload) as Uplink, executionContextId)
    })
    cdp.on('Runtime.executionContextCreated', ({ context: { name, auxData, uniqueId } }) => {
      if (name === ISOLATED_WORLD && auxData?.frameId === targetId) this.#preloadContext = uniqueId
    })
    cdp.on('Runtime.consoleAPICalled', ({ type, args }) => {
      const message = args.map((arg) => String(arg.value ?? arg.description ?? '')).join(' ')
      this.emit('console-message', createEvent({ level: type, message, lineNumber: 0, sourceId: '' }))
    })
    cdp.on('Page.frameNavigated', ({ frame }) => frame.id === targetId && this.#onNavigated(frame))
    cdp.on('Page.lifecycleEvent', ({ frameId, loaderId, name }) => {
      if (frameId === targetId && loaderId === this.#document) this.#onLifecycle(name)
    })
    cdp.on('Page.javascriptDialogOpening', () => {
      if (this.#preferences.disableDialogs) cdp.send('Page.handleJavaScriptDialog', { accept: false }).catch(() => {})
    })
    cdp.on('Page.windowOpen', (details) => this.#onWindowOpen(details))
    cdp.on('Fetch.requestPaused', (request) => this.#onDocumentRequest(cdp, request, request.frameId === targetId))
    cdp.on('Inspector.targetCrashed', () => this.#onCrashed())
  }

  #startLoading(): Load {
    this.#programmatic = true
    this.#loading = true
    const load: Load = Promise.withResolvers()
    load.promise.catch(() => {})
    this.#load?.reject(new Error('ERR_ABORTED (-3): another load was started'))
    this.#load = load
    this.emit('did-start-loading', createEvent())
    return load
  }

  #failLoading(description: string, url: string): void {
    const code = NET_ERRORS[description] ?? ERR_FAILED
    this.#loading = false
    this.emit('did-fail-load', createEvent(), code, description, url, true)
    this.#load?.reject(
      Object.assign(new Error(`${description} (${code}) loading '${url}'`), { code: description, url }),
    )
    this.#load = undefined
  }

  #onNavigated({ url, unreachableUrl, loaderId }: EventPayload<'Page.frameNavigated'>['frame']): void {
    if (this.#crashed) this.#painter?.start().catch(() => {})
    this.#crashed = false
    this.#url = unreachableUrl ?? url
    this.#document = unreachableUrl ? undefined : loaderId
    if (!unreachableUrl) this.emit('did-navigate', createEvent(), url, 200, 'OK')
    else if (this.#loading) this.#failLoading('ERR_FAILED', unreachableUrl)
  }

  #onLifecycle(name: string): void {
    if (name === 'DOMContentLoaded') this.emit('dom-ready', createEvent())
    if (name !== 'load') return
    this.#loading = false
    this.#loadedDocument = this.#document
    if (this.#load?.loaderId === this.#document) this.#load?.resolve()
    this.emit('did-stop-loading', createEvent())
    this.emit('did-finish-load', createEvent())
    this.window.onFirstPaint()
  }

  #onCrashed(): void {
    this.#crashed = true
    this.#loading = false
    this.#preloadContext = undefined
    this.#load?.reject(new Error('the renderer crashed while it was loading'))
    this.#load = undefined
    const details = { reason: 'crashed', exitCode: 5 }
    this.emit('render-process-gone', createEvent(), details)
    app.emit('render-process-gone', createEvent(), this, details)
  }

  #onWindowOpen({ url, windowName, windowFeatures }: EventPayload<'Page.windowOpen'>): void {
    const { action } = this.#openHandler({
      url,
      frameName: windowName,
      features: windowFeatures.join(','),
      disposition: 'foreground-tab',
      referrer: { url: this.#url, policy: 'default' },
    })
    if (action === 'allow') console.error(`electron stand-in: a window for ${url} was allowed, but is not built here`)
  }

  #onDocumentRequest(cdp: CdpSession, request: PausedRequest, isMainFrame: boolean): void {
    const { requestId } = request
    const denied = !this.#mayLoad(request, isMainFrame)
    const answer = denied
      ? cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
      : cdp.send('Fetch.continueRequest', { requestId })
    answer.catch(() => {})
  }

  #mayLoad({ request: { url }, redirectedRequestId }: PausedRequest, isMainFrame: boolean): boolean {
    const ask = (name: string) => {
      const event = createEvent({ url, isMainFrame, isSameDocument: false, frame: null, initiator: null })
      this.emit(name, event, url, false, isMainFrame, 1, 1)
      return !event.defaultPrevented
    }
    if (redirectedRequestId) return ask('will-redirect')
    const ours = isMainFrame && this.#programmatic
    if (ours) this.#programmatic = false
    return ours || (ask('will-frame-navigate') && (!isMainFrame || ask('will-navigate')))
  }

  async #onMessage(message: Uplink, contextId: number): Promise<void> {
    const senderFrame = {
      url: this.#url,
      origin: originOf(this.#url),
      parent: null,
      name: '',
      routingId: 1,
      processId: 1,
    }
    const event = createEvent({ sender: this, senderFrame, frameId: 1, processId: 1, type: 'frame' })
    if (message.kind === 'preload-error') {
      console.error(`electron stand-in: the preload failed: ${message.message}`)
      this.emit('preload-error', createEvent(), this.#preferences.preload, new Error(message.message))
      return
    }
    const { channel, args } = message
    if (message.kind === 'send') {
      ipcMain.emit(channel, { ...event, reply: this.send.bind(this) }, ...args)
      return
    }
    this.#deliver(await ipcMain.invoke(message.id, channel, event, args), contextId)
  }

  #deliver(message: Downlink, context: number | string | undefined): void {
    if (context === undefined) return
    const expression = `window.${RECEIVER}(${JSON.stringify(codec.encode(message))})`
    const where = typeof context === 'number' ? { contextId: context } : { uniqueContextId: context }
    this.#run((cdp) => cdp.send('Runtime.evaluate', { expression, ...where }))
  }

  /** Chromium asks nobody over the debugging protocol, so the session's handlers are asked before the page loads. */
  async #settlePermissions(url: string): Promise<void> {
    const origin = originOf(url)
    if (origin === 'null') return
    const verdicts = await permissionVerdicts(this.#session, this as unknown as WebContents, origin)
    for (const { name, setting } of verdicts) {
      await chromium().browser.send('Browser.setPermission', { permission: { name }, setting, origin })
    }
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'null'
}

/** The `webContents` module. */
export const webContents = {
  getAllWebContents: () => [...runtime.windows.values()].map((window) => window.webContents),
  fromId: (id: number) => runtime.windows.get(id)?.webContents,
  fromDevToolsTargetId: (targetId: string) =>
    webContents.getAllWebContents().find((contents) => contents.targetId === targetId),
}
