/**
 * The app's source of frames in a process of Electron, real or stood in for, seen from a test as if it were here. Owns the
 * process and the WebSocket to it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'
import { type WebSocket, WebSocketServer } from 'ws'
import type { FrameSources, PaintJob } from '../../../electron/kernel/ports/frame-source.ts'
import type { FromElectron, ToElectron } from './messages.ts'

/** A cold start on a busy machine. */
const START_DEADLINE_MS = 60_000

interface Painting {
  job: PaintJob
  end: (error: string | null) => void
}

/** Builds the app of `main.ts` into `folder`. */
export async function buildRemoteApp(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      ssr: true,
      target: 'node22',
      lib: { entry: join(import.meta.dirname, 'main.ts'), formats: ['cjs'], fileName: () => 'main.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
    ssr: { noExternal: ['ws'], external: ['electron'] },
  })
  const manifest = { name: 'remote-source', version: '1.0.0', main: 'main.cjs' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
}

export class RemoteSources implements FrameSources {
  readonly unavailable = null
  /** Windows that were open when the last painting had ended. */
  windowsLeft = 0
  readonly #server: WebSocketServer
  readonly #process: ChildProcess
  readonly #socket: WebSocket
  readonly #paintings = new Map<number, Painting>()
  #lastId = 0
  #frame: Extract<FromElectron, { kind: 'frame' }> | undefined
  #onDone: () => void = () => {}

  static async start(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<RemoteSources> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    await once(server, 'listening')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const child = spawn(binary, args, {
      env: { ...env, REMOTE_SOURCE_URL: url },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    try {
      const signal = AbortSignal.timeout(START_DEADLINE_MS)
      const [socket] = (await once(server, 'connection', { signal })) as [WebSocket]
      return new RemoteSources(server, child, socket)
    } catch (error) {
      child.kill()
      server.close()
      throw new Error(`${binary} did not start`, { cause: error })
    }
  }

  private constructor(server: WebSocketServer, child: ChildProcess, socket: WebSocket) {
    this.#server = server
    this.#process = child
    this.#socket = socket
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#onPixels(data)
      else this.#onMessage(JSON.parse(String(data)) as FromElectron)
    })
  }

  async paint(job: PaintJob, signal: AbortSignal): Promise<void> {
    const { sink: _sink, onPainting: _onPainting, ...plain } = job
    const id = ++this.#lastId
    const error = await new Promise<string | null>((end) => {
      this.#paintings.set(id, { job, end })
      signal.addEventListener('abort', () => this.#tell({ kind: 'abort', id }), { once: true })
      this.#tell({ kind: 'paint', id, job: plain })
      if (signal.aborted) this.#tell({ kind: 'abort', id })
    })
    this.#paintings.delete(id)
    if (error !== null) throw new Error(error)
  }

  crash(): Promise<void> {
    return this.#ask({ kind: 'crash' })
  }

  freeze(): Promise<void> {
    return this.#ask({ kind: 'freeze' })
  }

  async stop(): Promise<void> {
    const left = once(this.#process, 'exit')
    this.#socket.close()
    await left
    this.#server.close()
  }

  #ask(order: ToElectron): Promise<void> {
    return new Promise((resolve) => {
      this.#onDone = resolve
      this.#tell(order)
    })
  }

  #tell(order: ToElectron): void {
    this.#socket.send(JSON.stringify(order))
  }

  #onMessage(message: FromElectron): void {
    if (message.kind === 'frame') this.#frame = message
    else if (message.kind === 'done') this.#onDone()
    else if (message.kind === 'painting') {
      this.#paintings.get(message.id)?.job.onPainting(message.way, message.reason)
    } else {
      this.windowsLeft = message.windowsLeft
      this.#paintings.get(message.id)?.end(message.error)
    }
  }

  #onPixels(data: Buffer): void {
    if (!this.#frame) throw new Error('pixels came without their frame')
    const { id, frame } = this.#frame
    this.#paintings.get(id)?.job.sink.frame({ ...frame, pixels: new Uint8Array(data) })
  }
}
