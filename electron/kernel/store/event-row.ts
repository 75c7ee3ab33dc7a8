/** An envelope as the row it becomes, and back. The payload is turned into JSON once, here, and stays text until read. */
import type { AnyEnvelope } from '../../../contracts/envelope.ts'
import { eventText } from './event-text.ts'

/** Flat and made of primitives: the cheapest thing to post to another thread. A user that is not known is ''. */
export type EventRow = [
  id: string,
  source: string,
  type: string,
  at: number,
  correlationId: string,
  causationId: string | null,
  userId: string,
  userLogin: string,
  payload: string,
  /** What a search looks into; `false` where the writer is to find it in the payload. */
  text: string | null | false,
]

const USER_ID_FIELDS = ['user_id', 'chatter_user_id', 'from_broadcaster_user_id']
const USER_LOGIN_FIELDS = ['user_login', 'chatter_user_login', 'from_broadcaster_user_login']

/**
 * Finding the text to search costs as much as all the rest: `later` leaves it to the writer's thread, which is right for
 * an event that somebody waits for; in bulk, where the writer is what everyone waits for, it is done `now`.
 */
export function toRow(event: AnyEnvelope, findText: 'now' | 'later'): EventRow {
  const { payload } = event
  return [
    event.id,
    event.source,
    event.type,
    event.at,
    event.correlationId,
    event.causationId ?? null,
    firstString(payload, USER_ID_FIELDS),
    firstString(payload, USER_LOGIN_FIELDS).toLowerCase(),
    JSON.stringify(payload),
    findText === 'now' ? eventText(payload) : false,
  ]
}

/** The text of a row, found now where it was not yet. */
export function textOf([, , , , , , , , payload, text]: EventRow): string | null {
  return text === false ? eventText(JSON.parse(payload) as Record<string, unknown>) : text
}

function firstString(payload: Record<string, unknown>, fields: readonly string[]): string {
  for (const field of fields) {
    const value = payload[field]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** A row as it is read: `[seq, id, kind, at, correlation_id, causation_id, payload]`. */
export type StoredRow = [
  seq: number,
  id: string,
  kind: number,
  at: number,
  correlationId: string,
  causationId: string | null,
  payload: string,
]

export const STORED_COLUMNS = 'seq, id, kind, at, correlation_id, causation_id, payload'

export interface Kind {
  source: string
  type: string
}

/** The row as the JSON of its envelope. The payload is passed through unparsed: the main thread parses once. */
export function rowToJson(row: StoredRow, kind: Kind): string {
  const [seq, id, , at, correlationId, causationId, payload] = row
  const head = JSON.stringify({
    seq,
    id,
    type: kind.type,
    source: kind.source,
    at,
    correlationId,
    ...(causationId === null ? {} : { causationId }),
  })
  return `${head.slice(0, -1)},"payload":${payload}}`
}
