/** Masters a sound in a thread that exists for that one sound, so that neither the hub's loop nor its memory notices. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../../base/clock.ts'
import { err, type Result } from '../../../base/result.ts'
import type { Mastered } from './master.ts'

/** Samples lie outside of the JavaScript heap. */
const MAX_HEAP_MB = 64
/** Twenty seconds of sound take two on a slow machine. */
const DEADLINE_MS = 60_000

/** Never rejects: a thread that fails is a sound that can't be imported. */
export function masterInThread(bytes: Uint8Array, clock: Clock): Promise<Result<Mastered, string>> {
  return new Promise((resolve) => {
    const worker = new Worker(locateWorker(), {
      name: 'sound',
      workerData: bytes,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    const settle = (result: Result<Mastered, string>) => {
      deadline.dispose()
      void worker.terminate()
      resolve(result)
    }
    const deadline = clock.setTimeout(
      () => settle(err('measuring this sound took too long; try a shorter one')),
      DEADLINE_MS,
    )
    worker.once('message', settle)
    worker.once('error', (error) => settle(err(`this sound could not be measured: ${String(error)}`)))
    worker.once('exit', () => settle(err('this sound could not be measured: its thread ended')))
  })
}

/** Sources run as they are; in the build this code may have been moved into a chunk one folder below the worker. */
function locateWorker(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./sound-worker.ts', import.meta.url)
  const beside = new URL('./sound-worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../sound-worker.js', import.meta.url)
}
