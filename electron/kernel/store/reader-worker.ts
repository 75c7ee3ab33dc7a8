/**
 * A thread beside the writer's, of one of two roles. `read`: heavy reads, on committed data, from a connection that can't
 * write. `keep`: checkpoints, backups and checks, so that neither the writer nor a reader waits for them.
 */
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { errorMessage } from '../../../base/result.ts'
import { makeBackup } from './backup.ts'
import { EventPages } from './event-pages.ts'
import {
  DATA_FILE,
  type FromWorker,
  plainError,
  type ReaderData,
  type ReaderRequest,
  type Reply,
  type ToWorker,
} from './protocol.ts'
import { isDamage, noteSuspicion } from './soundness.ts'
import { inOurTerms, StoreError } from './store-error.ts'
import { goBehindMain } from './thread-priority.ts'

/** Page cache, KiB: a page of events touches a few hundred pages. */
const CACHE_KIB = 8000
const BUSY_TIMEOUT_MS = 1000

const port = parentPort
if (!port) throw new Error('reader-worker.ts runs as a worker thread only')
goBehindMain()

const { dataDir, role } = workerData as ReaderData
const db = new Database(join(dataDir, DATA_FILE), {
  readonly: role === 'read',
  fileMustExist: true,
  timeout: BUSY_TIMEOUT_MS,
})
db.pragma(`cache_size = -${CACHE_KIB}`)
if (role === 'read') db.pragma('query_only = ON')
else db.pragma('wal_autocheckpoint = 0')
const pages = new EventPages(db)

port.on('message', async ({ requests }: ToWorker<ReaderRequest>) => {
  for (const { id, request } of requests) reply(await answer(id, request))
})

async function answer(id: number, request: ReaderRequest): Promise<Reply> {
  try {
    return { id, value: await perform(request) }
  } catch (error) {
    if (isDamage(error)) noteSuspicion(db.name, errorMessage(error))
    return { id, error: plainError(inOurTerms(error)) }
  }
}

function perform(request: ReaderRequest): unknown {
  switch (request.kind) {
    case 'read':
      return read(request.sql, request.params)
    case 'events':
      return pages.page(request.query)
    case 'checkpoint':
      db.pragma('wal_checkpoint(PASSIVE)')
      return null
    case 'backup':
      return makeBackup(db, { dataDir, now: request.now, gently: true })
  }
}

function read(sql: string, params: readonly unknown[]): unknown[] {
  const statement = db.prepare<unknown[]>(sql)
  if (!statement.reader) throw new StoreError('sql', `this statement reads nothing; use run() for it: ${sql}`)
  // Row by row, so that the thread can be ended between two of them.
  return [...statement.iterate(...params)]
}

function reply(answered: Reply): void {
  const message: FromWorker = { replies: [answered] }
  port?.postMessage(message)
}
