/** The thread that measures one sound and ends. Wires the mastering to the main thread and does nothing else. */
import { parentPort, workerData } from 'node:worker_threads'
import { masterSound } from './master.ts'

const port = parentPort
if (!port) throw new Error('sound-worker.ts runs as a worker thread only')
port.postMessage(masterSound(workerData as Uint8Array))
