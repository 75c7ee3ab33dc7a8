/** The hub with a frame source that sends what it is told, measured from within. Spoken to over IPC by `picture.ts`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../base/clock.ts'
import { createHub } from '../electron/hub.ts'
import { loadHubConfig } from '../electron/hub-config.ts'
import { createKeyFileBox } from '../electron/kernel/key-file-box.ts'
import { createLogger } from '../electron/kernel/log.ts'
import type { FrameSources, PaintJob } from '../electron/kernel/ports/frame-source.ts'
import { BitmapMaker, type Load, sixtyTimesASecond } from './picture-packets.ts'

export interface HubFigures {
  loopP99Ms: number
  loopWorstMs: number
  rssMiB: number
}

const [, , dataDir = '', way] = process.argv
let source: ChildProcess | undefined
let load: Load = 'still'

const frameSources: FrameSources = { unavailable: null, paint: way === 'window' ? paintHere : paintElsewhere }

/** A process of its own that sends packets, as Chromium is one. */
function paintElsewhere(job: PaintJob, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'picture-source.ts'), job.sink.uploadUrl], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    source = child
    child.stdin.write(`${load}\n`)
    job.onPainting('chromium-canvas', null)
    signal.addEventListener('abort', () => child.kill())
    child.once('exit', () => resolve())
  })
}

/** Bitmaps in this process, as the app's offscreen windows give them. */
function paintHere({ sink, onPainting }: PaintJob, signal: AbortSignal): Promise<void> {
  const bitmaps = new BitmapMaker()
  let isFirst = true
  onPainting('electron-bitmap', null)
  sixtyTimesASecond(() => {
    if (load === 'still' && !isFirst) return
    sink.frame(bitmaps.next(isFirst ? 'full' : load))
    isFirst = false
  }, signal)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}

const config = await loadHubConfig(dataDir, { LANDALE_OBS_URL: 'ws://127.0.0.1:9' }, { port: 0 })
const hub = await createHub({
  config,
  obsEnvironment: { url: 'ws://127.0.0.1:9', password: undefined },
  dataDir,
  clock: systemClock,
  log: await createLogger({ level: 'silent', seqUrl: null }),
  box: createKeyFileBox(dataDir),
  globalKeys: null,
  frameSources,
  staticRoot: join(import.meta.dirname, '../out/renderer'),
})
const delay = monitorEventLoopDelay({ resolution: 1 })

process.on('message', async (message: { load?: Load; measure?: 'begin' | 'end'; stop?: true }) => {
  if (message.load) {
    load = message.load
    source?.stdin?.write(`${load}\n`)
  }
  if (message.measure === 'begin') {
    delay.reset()
    delay.enable()
  }
  if (message.measure === 'end') delay.disable()
  if (message.measure) {
    // What the timer itself waits, 1 ms, is no delay.
    process.send?.({
      loopP99Ms: delay.percentile(99) / 1e6 - 1,
      loopWorstMs: delay.max / 1e6 - 1,
      rssMiB: process.memoryUsage.rss() / 1024 / 1024,
    } satisfies HubFigures)
  }
  if (message.stop) {
    await hub.stop()
    process.exit(0)
  }
})
process.once('disconnect', () => process.exit(1))
process.send?.({ http: hub.url, token: hub.controlToken })
