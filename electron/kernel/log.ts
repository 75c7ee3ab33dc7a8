/** One JSON line per fact, to standard error; optionally to a Seq server as well. Secrets are redacted by path. */
import pino from 'pino'

export type Logger = pino.Logger

export interface LogOptions {
  level: string
  /** Base URL of a Seq server, e.g. `http://127.0.0.1:5341`; null for none. */
  seqUrl: string | null
}

const REDACTED = [
  'token',
  'password',
  'accessToken',
  'refreshToken',
  '*.token',
  '*.password',
  '*.accessToken',
  '*.refreshToken',
]

/** Without Seq: at hand at once, before any setting is read. */
export function createPlainLogger(level: string): Logger {
  return pino(optionsOf(level), stderr())
}

export async function createLogger({ level, seqUrl }: LogOptions): Promise<Logger> {
  if (seqUrl === null) return createPlainLogger(level)
  const seq = await import('pino-seq')
  // A log server that is away must never hurt the broadcast: what it can't take is on standard error anyway.
  const stream = seq.default.createStream({ serverUrl: seqUrl, onError: () => {} })
  const streams = [
    { level, stream: stderr() },
    { level, stream },
  ]
  return pino(optionsOf(level), pino.multistream(streams as pino.StreamEntry[]))
}

function optionsOf(level: string): pino.LoggerOptions {
  return { level, redact: REDACTED, base: { app: 'landale' }, formatters: { level: (label) => ({ level: label }) } }
}

function stderr(): pino.DestinationStream {
  return pino.destination({ dest: 2, sync: true })
}
