/** What must be known after a restart to tell what was missed: when Twitch was last heard, and how things stood then. */
import { z } from 'zod'
import { parseJson } from '../../kernel/parse-json.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'

/** From so many bits on these pictures stand for them. */
const cheermoteTierSchema = z.object({ min_bits: z.number(), still: z.string(), moving: z.string() })
export type CheermoteTier = z.output<typeof cheermoteTierSchema>

const schemas = {
  /** Of whom all the rest is, but the client id. */
  userId: z.string(),
  /** ms epoch. */
  heardAt: z.number(),
  channel: z.object({
    title: z.string(),
    language: z.string(),
    category_id: z.string(),
    category_name: z.string(),
    content_classification_labels: z.array(z.string()),
  }),
  stream: z.object({ id: z.string().nullable(), startedAt: z.number().nullable() }),
  /** Set when `twitch_subscribers` has been filled once. */
  subscribersAt: z.number(),
  /** Addresses of pictures, by set and id. */
  badges: z.record(z.string(), z.string()),
  /** By prefix in small letters, fewest bits first. */
  cheermotes: z.record(z.string(), z.array(cheermoteTierSchema)),
  /** Set from the dashboard. */
  clientId: z.string(),
} as const

type Key = keyof typeof schemas
type Value<K extends Key> = z.output<(typeof schemas)[K]>

export interface TwitchMemory {
  get<K extends Key>(key: K): Promise<Value<K> | null>
  set<K extends Key>(key: K, value: Value<K>): Promise<void>
  statement<K extends Key>(key: K, value: Value<K>): Statement
  /** What is known of another account says nothing of this one: forgets it. */
  belongTo(userId: string): Promise<void>
}

export function createTwitchMemory(store: Pick<Store, 'all' | 'run'>): TwitchMemory {
  const statement = <K extends Key>(key: K, value: Value<K>): Statement => ({
    sql: 'INSERT INTO twitch_memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    params: [key, JSON.stringify(value)],
  })
  async function get<K extends Key>(key: K): Promise<Value<K> | null> {
    const [row] = await store.all<{ value: string }>('SELECT value FROM twitch_memory WHERE key = ?', [key])
    if (!row) return null
    const json = parseJson(row.value)
    const parsed = schemas[key].safeParse(json.ok ? json.value : undefined)
    // The schema is the key's own; the compiler can't follow that through the index.
    return parsed.success ? (parsed.data as Value<K>) : null
  }

  return {
    get,
    async belongTo(userId) {
      if ((await get('userId')) === userId) return
      await store.run([
        { sql: "DELETE FROM twitch_memory WHERE key <> 'clientId'" },
        { sql: 'DELETE FROM twitch_subscribers' },
        statement('userId', userId),
      ])
    },
    set: (key, value) => store.run([statement(key, value)]),
    statement,
  }
}
