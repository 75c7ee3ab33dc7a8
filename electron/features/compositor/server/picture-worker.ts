/** The thread that all pixels pass through. Wires the host to the main thread and does nothing else. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../../../base/clock.ts'
import { errorMessage } from '../../../../base/result.ts'
import { PictureHost } from './picture-host.ts'
import type { FromPictureWorker, PictureWorkerData, ToPictureWorker } from './protocol.ts'

const port = parentPort
if (!port) throw new Error('picture-worker.ts runs as a worker thread only')

const host = new PictureHost({
  ...(workerData as PictureWorkerData),
  clock: systemClock,
  tell: (message: FromPictureWorker, transfer?: ArrayBuffer[]) => port.postMessage(message, transfer),
})

host.listen().then(
  (listeningOn) => {
    port.on('message', (message: ToPictureWorker) => host.receive(message))
    port.postMessage({ kind: 'listening', port: listeningOn } satisfies FromPictureWorker)
  },
  (error: unknown) => port.postMessage({ kind: 'refused', message: errorMessage(error) } satisfies FromPictureWorker),
)
