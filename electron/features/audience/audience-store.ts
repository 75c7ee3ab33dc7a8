/** What viewers did, on disk: totals of each, the newest events, and the event up to which all of it is counted. */
import { z } from 'zod'
import type { AudienceEvent, AudienceRank } from '../../../contracts/state/audience.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'
import { type Count, type Measure, MOST_EVENTS, MOST_RANKED } from './tally.ts'

export const audienceMigrations: readonly Migration[] = [
  {
    id: 'audience/1',
    sql: `
      CREATE TABLE audience_users (
        user_id TEXT PRIMARY KEY,
        user_name TEXT NOT NULL,
        messages INTEGER NOT NULL,
        bits INTEGER NOT NULL,
        gifts INTEGER NOT NULL,
        points INTEGER NOT NULL,
        day INTEGER NOT NULL,
        day_messages INTEGER NOT NULL,
        day_bits INTEGER NOT NULL,
        day_gifts INTEGER NOT NULL,
        day_points INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX audience_messages ON audience_users (messages);
      CREATE INDEX audience_bits ON audience_users (bits) WHERE bits > 0;
      CREATE INDEX audience_gifts ON audience_users (gifts) WHERE gifts > 0;
      CREATE INDEX audience_points ON audience_users (points) WHERE points > 0;
      CREATE INDEX audience_day ON audience_users (day);
      CREATE TABLE audience_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    `,
  },
]

/** The day's figures are those of the newest day that was counted; an older one, heard late, only goes into the totals. */
const ADD = `
  INSERT INTO audience_users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET
    user_name = excluded.user_name,
    messages = messages + excluded.messages,
    bits = bits + excluded.bits,
    gifts = gifts + excluded.gifts,
    points = points + excluded.points,
    day_messages = CASE WHEN excluded.day > day THEN 0 ELSE day_messages END
      + CASE WHEN excluded.day >= day THEN excluded.messages ELSE 0 END,
    day_bits = CASE WHEN excluded.day > day THEN 0 ELSE day_bits END
      + CASE WHEN excluded.day >= day THEN excluded.bits ELSE 0 END,
    day_gifts = CASE WHEN excluded.day > day THEN 0 ELSE day_gifts END
      + CASE WHEN excluded.day >= day THEN excluded.gifts ELSE 0 END,
    day_points = CASE WHEN excluded.day > day THEN 0 ELSE day_points END
      + CASE WHEN excluded.day >= day THEN excluded.points ELSE 0 END,
    day = MAX(day, excluded.day)`

export function addCount({ user_id, user_name, day, counts }: Count): Statement {
  const { messages, bits, gifts, points } = counts
  const all = [messages, bits, gifts, points]
  return { sql: ADD, params: [user_id, user_name, ...all, day, ...all] }
}

export const audienceValues = new ValueTable<'events' | 'cursor'>('audience_values')

/** Most first. `day`: days since 1970; null for all of them. */
export function readRanks(store: Pick<Store, 'all'>, measure: Measure, day: number | null): Promise<AudienceRank[]> {
  const column = day === null ? measure : `day_${measure}`
  const where = day === null ? '' : 'day = ? AND'
  return store.all<AudienceRank>(
    `SELECT user_id, user_name, ${column} AS count FROM audience_users
      WHERE ${where} ${column} > 0 ORDER BY ${column} DESC, user_id LIMIT ${MOST_RANKED}`,
    day === null ? [] : [day],
  )
}

const eventsSchema = z
  .array(z.object({ id: z.string(), at: z.number(), event: z.looseObject({ event: z.string() }) }))
  .max(MOST_EVENTS)

export interface StoredAudience {
  events: AudienceEvent[]
  /** 0 at the very beginning: then all there is in the log is counted. */
  cursor: number
}

export async function loadAudience(store: Pick<Store, 'all'>): Promise<StoredAudience> {
  const read = await audienceValues.load(store)
  // Written by us and only ever shown; a page drops a line it can't read.
  const events = (read('events', eventsSchema) ?? []) as AudienceEvent[]
  return { events, cursor: read('cursor', z.number()) ?? 0 }
}
