/**
 * The frames directly in a page, each in the process where Chromium keeps it. A frame of another site is a target of its
 * own in the debugging protocol, so that one can be asked while the page around it hangs.
 */
import type { WebFrameMain } from 'electron'
import type { CdpSession } from '../browser/cdp.ts'
import type { PageTarget } from './page-target.ts'
import { addRendererPid, removeRendererPid } from './renderer-pids.ts'
import { chromium } from './runtime.ts'

type FrameSurface = Pick<
  WebFrameMain,
  'executeJavaScript' | 'frameTreeNodeId' | 'isDestroyed' | 'name' | 'osProcessId' | 'processId' | 'routingId' | 'url'
>

const PROCESS_ID = 1

export class StandInFrame implements FrameSurface {
  static #lastId = 0

  readonly frameTreeNodeId = ++StandInFrame.#lastId
  readonly processId = PROCESS_ID
  readonly routingId = this.frameTreeNodeId
  /** The page's own, until the frame is given a process. */
  osProcessId = 0
  readonly #session: () => CdpSession
  url = ''
  name = ''
  hasDocument = false
  /** Of the page's own scripts. */
  contextId: string | undefined
  removed = false

  constructor(session: () => CdpSession) {
    this.#session = session
  }

  isDestroyed(): boolean {
    return this.removed
  }

  /** Like the real one it stays unanswered while the frame's process hangs or is dead. */
  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    if (this.removed) throw new Error('Render frame was disposed before WebFrameMain could be accessed')
    const { result, exceptionDetails } = await this.#session().send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture,
      ...(this.contextId && { uniqueContextId: this.contextId }),
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
}

export class FrameTree {
  readonly #page: PageTarget
  readonly #onFailed: (frame: StandInFrame, url: string) => void
  readonly #frames = new Map<string, StandInFrame>()
  /** Of the frames that have a process of their own. */
  readonly #sessions = new Map<string, CdpSession>()

  /** To be made before the page's domains are on. `onFailed`: a page in a frame did not load. */
  constructor(page: PageTarget, onFailed: (frame: StandInFrame, url: string) => void) {
    this.#page = page
    this.#onFailed = onFailed
    this.#follow(page.cdp)
    page.cdp.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason === 'remove') this.#remove(frameId)
    })
    page.cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo: { type, targetId, url } }) => {
      if (type === 'iframe') this.#adopt(targetId, url, chromium().session(sessionId)).catch(() => {})
    })
  }

  /** Those that have a document. */
  get frames(): StandInFrame[] {
    return [...this.#frames.values()].filter(({ hasDocument }) => hasDocument)
  }

  /** Frames with a process of their own are told of from now on. */
  async start(): Promise<void> {
    const options = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }
    await this.#page.cdp.send('Target.setAutoAttach', options)
  }

  #follow(cdp: CdpSession): void {
    cdp.on('Page.frameNavigated', ({ frame }) => this.#onNavigated(frame))
    cdp.on('Runtime.executionContextCreated', ({ context: { uniqueId, auxData } }) => {
      const frame = auxData?.isDefault ? this.#frames.get(auxData.frameId ?? '') : undefined
      if (frame) frame.contextId = uniqueId
    })
    cdp.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      if (parentFrameId === this.#page.targetId) this.#frameOf(frameId)
    })
  }

  async #adopt(frameId: string, url: string, session: CdpSession): Promise<void> {
    const frame = this.#frameOf(frameId)
    frame.contextId = undefined
    removeRendererPid(frame.osProcessId)
    frame.osProcessId = addRendererPid(() => void session.send('Page.crash').catch(() => {}))
    this.#sessions.set(frameId, session)
    this.#follow(session)
    // Of the element, as Electron does: the frame itself may hang from its first moment on.
    frame.name = await this.#nameOf(frameId)
    frame.url = url
    frame.hasDocument = true
    await Promise.all([session.send('Page.enable'), session.send('Runtime.enable')])
  }

  async #nameOf(frameId: string): Promise<string> {
    const { cdp } = this.#page
    await cdp.send('DOM.enable')
    const { backendNodeId } = await cdp.send('DOM.getFrameOwner', { frameId })
    const { attributes = [] } = (await cdp.send('DOM.describeNode', { backendNodeId })).node
    const at = attributes.indexOf('name')
    return attributes[at + 1] ?? ''
  }

  #frameOf(frameId: string): StandInFrame {
    const known = this.#frames.get(frameId)
    if (known) return known
    const frame = new StandInFrame(() => this.#sessions.get(frameId) ?? this.#page.cdp)
    this.#frames.set(frameId, frame)
    return frame
  }

  #onNavigated({ id, parentId, name, url, unreachableUrl }: NavigatedFrame): void {
    // Another document of the page: its frames are other ones.
    if (id === this.#page.targetId) for (const frameId of [...this.#frames.keys()]) this.#remove(frameId)
    if (parentId !== this.#page.targetId) return
    const frame = this.#frameOf(id)
    frame.url = unreachableUrl ?? url
    frame.hasDocument = true
    frame.name = name ?? frame.name
    if (unreachableUrl) this.#onFailed(frame, unreachableUrl)
  }

  #remove(frameId: string): void {
    const frame = this.#frames.get(frameId)
    if (frame) {
      frame.removed = true
      removeRendererPid(frame.osProcessId)
    }
    this.#frames.delete(frameId)
    this.#sessions.delete(frameId)
  }
}

interface NavigatedFrame {
  id: string
  parentId?: string | undefined
  name?: string | undefined
  url: string
  unreachableUrl?: string | undefined
}
