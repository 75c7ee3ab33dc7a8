/**
 * A worker that gets stuck outside of JavaScript, as in a long call into SQLite, until the file `release` is there. Notes
 * that it is stuck, as the how-manieth, in a file.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { FromWorker, ToWorker } from '../protocol.ts'

const { dataDir } = workerData as { dataDir: string }
const WAIT = "const fs = require('fs'); setInterval(() => fs.existsSync(process.argv[1]) && process.exit(), 20)"

parentPort?.on('message', ({ requests }: ToWorker<unknown>) => {
  const first = [1, 2, 3].find((n) => !existsSync(join(dataDir, `started-${n}`)))
  writeFileSync(join(dataDir, `started-${first}`), '')
  spawnSync(process.execPath, ['-e', WAIT, join(dataDir, 'release')])
  const message: FromWorker = { replies: requests.map(({ id }) => ({ id, value: 'unstuck' })) }
  parentPort?.postMessage(message)
})
