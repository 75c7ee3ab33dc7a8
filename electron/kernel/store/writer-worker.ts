/**
 * The thread that owns the data file: it opens it, holds the lock on the data directory, and is the only one to write
 * events and the features' tables. Takes requests in order; those that have arrived together share a transaction.
 */
import { statSync } from 'node:fs'
import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { EventWriter } from './event-writer.ts'
import { type OpenedDatabase, openDatabase } from './open-database.ts'
import type { FromWorker, OpenOptions, Reply, ToWorker, WriterRequest } from './protocol.ts'
import { plainError } from './protocol.ts'
import { noteSuspicion } from './soundness.ts'
import { StoreError, storeErrorCode } from './store-error.ts'
import { type Numbered, WriteBatch } from './write-batch.ts'

/** One transaction takes no more requests than this, so that the first of them does not wait for long. */
const MAX_BATCH_REQUESTS = 2000

type Incoming = ToWorker<WriterRequest>['requests'][number]

const port = parentPort
if (!port) throw new Error('writer-worker.ts runs as a worker thread only')

let opened: OpenedDatabase | undefined
let batches: WriteBatch | undefined

port.on('message', ({ requests }: ToWorker<WriterRequest>) => {
  const waiting = [...requests]
  for (;;) {
    if (waiting.length < MAX_BATCH_REQUESTS) {
      const more: { message: ToWorker<WriterRequest> } | undefined = receiveMessageOnPort(port)
      if (more) {
        waiting.push(...more.message.requests)
        continue
      }
    }
    if (waiting.length === 0) return
    answer(takeBatch(waiting))
  }
})

/** The first requests of `waiting` that can share a transaction, or one that needs none. */
function takeBatch(waiting: Incoming[]): Incoming[] {
  const own = waiting.findIndex(({ request }) => !isBatched(request))
  const count = own === -1 ? Math.min(waiting.length, MAX_BATCH_REQUESTS) : Math.max(1, own)
  return waiting.splice(0, count)
}

function isBatched(request: WriterRequest): request is Numbered['request'] {
  return request.kind !== 'open' && request.kind !== 'truncate' && request.kind !== 'close'
}

function answer(items: Incoming[]): void {
  const [first] = items
  if (!first) return
  if (isBatched(first.request)) reply(commit(items as Numbered[]))
  else void perform(first)
}

function commit(items: Numbered[]): Reply[] {
  if (batches && opened) return noteDamage(batches.run(items), opened.file)
  const error = plainError(new StoreError('closed', 'the store is not open'))
  return items.map(({ id }) => ({ id, error }))
}

/** The next opening reads all of a file that showed damage once. */
function noteDamage(replies: Reply[], file: string): Reply[] {
  for (const reply of replies) {
    if ('error' in reply && storeErrorCode(reply.error.code) === 'damaged') noteSuspicion(file, reply.error.message)
  }
  return replies
}

async function perform({ id, request }: Incoming): Promise<void> {
  try {
    if (request.kind === 'open') reply([{ id, value: await open(request.options) }])
    else if (request.kind === 'truncate') reply([{ id, value: opened?.truncateLog() ?? false }])
    else {
      close()
      reply([{ id, value: null }])
    }
  } catch (error) {
    reply([{ id, error: plainError(error) }])
  }
}

async function open(options: OpenOptions) {
  opened = await openDatabase(options)
  batches = new WriteBatch(opened.db, new EventWriter(opened.db))
  return opened.answer
}

function close(): void {
  const closing = opened
  opened = undefined
  batches = undefined
  closing?.close()
}

function reply(replies: Reply[]): void {
  const message: FromWorker = { replies, walBytes: opened ? logSize(opened.file) : 0 }
  port?.postMessage(message)
}

function logSize(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
