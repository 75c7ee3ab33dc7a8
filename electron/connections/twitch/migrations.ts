/** The tables of the link to Twitch. */
import type { Migration } from '../../kernel/store/store.ts'

export const twitchMigrations: readonly Migration[] = [
  {
    id: 'twitch/1',
    sql: `
      -- What was announced already: message ids, and facts such as "this viewer followed at that second".
      CREATE TABLE twitch_seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      -- Who subscribes, as of the last event or reading: new ones after a gap are told from old ones by it.
      CREATE TABLE twitch_subscribers (user_id TEXT PRIMARY KEY, subscriber TEXT NOT NULL) STRICT, WITHOUT ROWID;
      -- Single values, JSON: when Twitch was last heard, the channel and the stream as last known, the client id.
      CREATE TABLE twitch_memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
]
