/** The event log over HTTP: filters, full-text search, cursor paging. */
import { z } from 'zod'
import type { Disposable } from '../../../base/lifecycle.ts'
import { envelopeSchema } from '../../../contracts/envelope.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Store } from '../../kernel/store/store.ts'

const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100

/** ms epoch or an ISO 8601 date, as a person would type it into a URL. */
const timeParameter = z.string().transform((text, context) => {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(at)) return at
  context.addIssue({ code: 'custom', message: 'expected ms since the epoch or an ISO 8601 date' })
  return z.NEVER
})

const query = z.strictObject({
  /** One type or several, separated by commas. */
  type: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  /** A user's id or login. */
  user: z.string().min(1).optional(),
  from: timeParameter.optional(),
  to: timeParameter.optional(),
  q: z.string().min(1).max(200).optional(),
  cursor: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
})

export function addEventRoutes(routes: Routes, store: Pick<Store, 'events'>): Disposable {
  return routes.add({
    method: 'GET',
    path: '/api/events',
    scope: 'read',
    summary: 'The event log, newest first',
    query,
    response: z.object({
      events: z.array(envelopeSchema.extend({ seq: z.number().int() })),
      next: z.string().nullable(),
    }),
    handle: ({ query: { type, ...rest } }) => store.events({ ...rest, types: type?.split(',') }),
  })
}
