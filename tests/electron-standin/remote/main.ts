/** The app's source of frames alone in a process of Electron, driven from a test; see `remote-sources.ts`. */
import { app, BrowserWindow } from 'electron'
import { WebSocket } from 'ws'
import { systemClock } from '../../../base/clock.ts'
import type { BitmapFrame, PaintJob } from '../../../electron/kernel/ports/frame-source.ts'
import { harden } from '../../../electron/shell/hardening.ts'
import { createOffscreenSource } from '../../../electron/shell/offscreen-source.ts'
import { PAINTING_SWITCHES } from '../../../electron/shell/painting-switches.ts'
import type { FromElectron, ToElectron } from './messages.ts'

const write = (fields: object, message: string) => console.error(message, fields)
const log = { info: write, warn: write, error: write }

for (const [name, value] of PAINTING_SWITCHES) app.commandLine.appendSwitch(name, value)
app.on('window-all-closed', () => {})
harden({ app, ownOrigin: () => undefined, openExternal: async () => {}, log })

const sources = createOffscreenSource({
  createWindow: (options) => new BrowserWindow(options),
  clock: systemClock,
  random: Math.random,
  endProcess: (pid) => process.kill(pid, 'SIGKILL'),
  log,
})
const aborts = new Map<number, AbortController>()
let socket: WebSocket | undefined
const tell = (message: FromElectron) => socket?.send(JSON.stringify(message))

function paint(id: number, job: Extract<ToElectron, { kind: 'paint' }>['job']): void {
  const abort = new AbortController()
  aborts.set(id, abort)
  let painted = 0
  const sink = {
    uploadUrl: '',
    painted: () => painted,
    frame({ pixels, ...frame }: BitmapFrame) {
      painted += 1
      tell({ kind: 'frame', id, frame })
      socket?.send(pixels)
    },
  }
  const onPainting: PaintJob['onPainting'] = (way, reason) => tell({ kind: 'painting', id, way, reason })
  const end = (error: string | null) =>
    tell({ kind: 'ended', id, error, windowsLeft: BrowserWindow.getAllWindows().length })
  sources.paint({ ...job, sink, onPainting }, abort.signal).then(
    () => end(null),
    (error: Error) => end(error.message),
  )
}

function obey(order: ToElectron): void {
  const contents = BrowserWindow.getAllWindows().map(({ webContents }) => webContents)
  if (order.kind === 'paint') paint(order.id, order.job)
  else if (order.kind === 'abort') aborts.get(order.id)?.abort()
  else {
    for (const each of contents) order.kind === 'crash' ? each.forcefullyCrashRenderer() : each.stopPainting()
    tell({ kind: 'done' })
  }
}

// Orders come as soon as somebody listens, so not before windows can be made.
void app.whenReady().then(() => {
  socket = new WebSocket(process.env.REMOTE_SOURCE_URL ?? '', { perMessageDeflate: false })
  socket.on('message', (data) => obey(JSON.parse(String(data)) as ToElectron))
  socket.on('close', () => app.exit(0))
})
