/** The event log over HTTP: history and search. Knows neither the timeline nor the socket. */
import type { StoredEnvelope } from '../../contracts/envelope.ts'

export interface EventLogQuery {
  types?: readonly string[] | undefined
  q?: string | undefined
  user?: string | undefined
  /** From an earlier page's `next`. */
  cursor?: string | undefined
  limit: number
}

interface EventLogPage {
  /** Newest first. */
  events: StoredEnvelope[]
  next: string | null
}

export interface EventLog {
  /** Rejects with an `EventLogError` in words for the streamer, or with an `AbortError`. */
  page(query: EventLogQuery, signal: AbortSignal): Promise<EventLogPage>
}

export class EventLogError extends Error {}

export function createHttpEventLog(token: string, request: typeof fetch = fetch.bind(globalThis)): EventLog {
  return {
    async page(query, signal) {
      const headers = { authorization: `Bearer ${token}` }
      let response: Response
      try {
        response = await request(`/api/events?${searchParams(query)}`, { headers, signal })
      } catch (error) {
        if (signal.aborted) throw error
        throw new EventLogError('The hub did not answer. It is tried again when the link is back.')
      }
      if (!response.ok) throw new EventLogError(await reasonOf(response))
      return (await response.json()) as EventLogPage
    },
  }
}

function searchParams({ types, q, user, cursor, limit }: EventLogQuery): URLSearchParams {
  const params = new URLSearchParams({ limit: String(limit) })
  if (types && types.length > 0) params.set('type', types.join(','))
  if (q) params.set('q', q)
  if (user) params.set('user', user)
  if (cursor) params.set('cursor', cursor)
  return params
}

async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const said = typeof error === 'object' && error !== null && 'message' in error ? error.message : null
  return typeof said === 'string' ? said : `The hub answered ${response.status}. Its log has the details.`
}
