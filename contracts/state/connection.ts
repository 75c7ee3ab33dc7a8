/** Where a connection to an outside system stands, with what the streamer needs to read and do. */
export type ConnectionState =
  /** Nothing to connect to yet; `reason` says what is missing. */
  | { status: 'idle'; reason: string }
  | { status: 'connecting'; attempt: number }
  | { status: 'connected'; since: number }
  /** Lost or refused; the next try is at `retryAt` (ms epoch). */
  | { status: 'waiting'; attempt: number; retryAt: number; reason: string }
  /** Waits for the streamer to sign in or correct a password. */
  | { status: 'needs-auth'; reason: string }
  /** Given up until asked. */
  | { status: 'failed'; reason: string }
  | { status: 'closed' }
