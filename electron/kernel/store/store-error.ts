/** Why the store could not do what it was asked. */
export type StoreErrorCode =
  /** More waits than the store takes. Nothing was written. */
  | 'busy'
  /** The store is closed, or closing. */
  | 'closed'
  /** A read took too long and was ended. */
  | 'deadline'
  /** An event with this id is there already. */
  | 'duplicate'
  /** The disk is full, or the file can't be written. Nothing of the request was written. */
  | 'disk'
  /** The file is damaged. */
  | 'damaged'
  /** Another Landale has the data directory open. */
  | 'locked'
  /** The file and this version's migrations don't fit. */
  | 'migration'
  /** The cursor or the query is not valid. */
  | 'invalid'
  /** The worker died with the request in hand: whether it was done is unknown. */
  | 'lost'
  /** The statement is wrong, or a constraint refused it. */
  | 'sql'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** SQLite's result code in our terms. */
export function storeErrorCode(code: string | undefined): StoreErrorCode {
  if (code === undefined) return 'sql'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  if (/^SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|PERM|NOMEM|NOLFS)/.test(code)) return 'disk'
  if (isStoreErrorCode(code)) return code
  return 'sql'
}

/** What SQLite threw, with what it means here and what to do about it. Other errors are passed through. */
export function inOurTerms(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError || !('code' in error)) return error
  const { message } = error
  const said = String(error.code)
  if (said === 'SQLITE_CONSTRAINT_UNIQUE' && message.includes('event_log.id')) {
    return new StoreError(
      'duplicate',
      'an event with this id is in the store already; nothing of the request was written',
    )
  }
  switch (storeErrorCode(said)) {
    case 'disk':
      return new StoreError('disk', `the store can't be written (${message}); free some space on its disk`)
    case 'damaged':
      return new StoreError(
        'damaged',
        `the data file is damaged (${message}); restart Landale: it sets the file aside and opens the newest backup`,
      )
    default:
      return error
  }
}

const CODES: ReadonlySet<string> = new Set<StoreErrorCode>([
  'busy',
  'closed',
  'deadline',
  'duplicate',
  'disk',
  'damaged',
  'locked',
  'migration',
  'invalid',
  'lost',
  'sql',
])

function isStoreErrorCode(code: string): code is StoreErrorCode {
  return CODES.has(code)
}
