/**
 * A hub for tests of frame sources: the real HTTP server with its real policies, and a stage that does what it is told.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket, WebSocketServer } from 'ws'
import { TestHub } from '../../../kernel/channels/test-hub.ts'

export interface Box {
  x: number
  y: number
  width: number
  height: number
  /** As in CSS. */
  color: string
}

export type StageOrder =
  | { verb: 'boxes'; boxes: Box[] }
  | { verb: 'spin'; on: boolean }
  | { verb: 'claim'; animating: boolean }
  | ({ verb: 'layer'; id: string; url: string } & Omit<Box, 'color'>)
  | { verb: 'removeLayer'; id: string }
  | { verb: 'element'; name: string; style: string }
  | { verb: 'removeElements' }
  | { verb: 'hang' }
  | { verb: 'leave'; url: string }
  | { verb: 'annoy'; url: string }
  | { verb: 'eatMemory' }
  | { verb: 'inline' }

const PAGE = `<!doctype html><meta charset="utf-8"><title>Test stage</title>
<body style="margin:0;background:transparent;overflow:hidden"><script src="/assets/test-stage.js"></script>`

/** Puts the test's stage where the hub looks for the real one. `root`: the folder of the built pages. */
export function installTestStage(root: string): void {
  for (const folder of ['overlays/stage', 'assets']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'overlays/stage/index.html'), PAGE)
  writeFileSync(join(root, 'assets/test-stage.js'), readFileSync(join(import.meta.dirname, 'test-stage.js')))
}

export class StagedHub {
  /** What stages have said, e.g. `here` whenever one was loaded. */
  readonly said: string[] = []
  readonly #hub: TestHub
  readonly #sockets = new WebSocketServer({ noServer: true })
  #orders: StageOrder[] = []
  url = ''

  /** `root`: see `installTestStage`. */
  constructor(root: string) {
    this.#hub = new TestHub({ staticRoot: root })
    this.#hub.http.upgrade('/test-stage', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (stage) => {
        stage.on('message', (data) => this.said.push(String(data)))
        stage.on('error', () => {})
        for (const order of this.#orders) stage.send(JSON.stringify(order))
      })
    })
  }

  async listen(): Promise<void> {
    this.url = (await this.#hub.http.listen()).url
  }

  stageUrl(output: string): string {
    return `${this.url}/overlay/${output}?token=overlay-secret&picture=1`
  }

  /** Every stage that is loaded now does it, and none that is loaded later. */
  tell(order: StageOrder): void {
    for (const stage of this.#sockets.clients) {
      if (stage.readyState === WebSocket.OPEN) stage.send(JSON.stringify(order))
    }
  }

  /** As `tell`, to one of them alone. */
  tellOne(order: StageOrder): void {
    const [stage] = this.#sockets.clients
    stage?.send(JSON.stringify(order))
  }

  /** As `tell`, and stages that are loaded later do it too. */
  keepTelling(order: StageOrder): void {
    this.#orders.push(order)
    this.tell(order)
  }

  /** Stages that are loaded later add no elements. */
  forgetElements(): void {
    this.#orders = this.#orders.filter(({ verb }) => verb !== 'element')
  }

  /** How often a stage has said so. */
  count(what: string): number {
    return this.said.filter((said) => said === what).length
  }

  /** Forgets what was told and said. */
  reset(): void {
    this.said.length = 0
    this.#orders = []
  }

  async close(): Promise<void> {
    for (const stage of this.#sockets.clients) stage.terminate()
    this.#sockets.close()
    await this.#hub.http.close()
  }
}
