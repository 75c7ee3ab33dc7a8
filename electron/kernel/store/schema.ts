/**
 * The event log's own tables. Features never touch them: they go through `append`, `events` and `eventsAfter`, or read the
 * view `events`, which shows a row as the envelope it was.
 *
 * - `seq` is the key (not the uuid): pages, cursors and full-text hits are all ordered by it. AUTOINCREMENT: never reused.
 * - `(source, type)` is kept once, in `event_kinds`; a row holds its number. That makes rows and indexes smaller, and lets
 *   one index serve type, source and both.
 * - Likewise a user, in `event_users`: an index on their names alone would cost more than all else together, since every
 *   event would change a page of its own somewhere in it. A new login of the same user is another row.
 * - `event_spans` notes the earliest and latest `at` of each block of 1024 rows. `at` runs along with `seq` but for
 *   latecomers, so a time filter looks only into blocks that can hold it, without an index on time and without sorting.
 * - `event_journal` holds the number of the newest journal entry that is in the file: what comes after it in the journal is
 *   taken over at the next opening, once.
 * - `event_text` is an index over `event_log.text` only: no copy of the text, no rank (`columnsize=0`), newest first by rowid.
 */
import type { Migration } from './store.ts'

/** Rows per entry of `event_spans`, as a shift: 1024. */
export const SPAN_BITS = 10

export const STORE_MIGRATIONS: readonly Migration[] = [
  {
    id: 'store/1',
    sql: `
      CREATE TABLE event_kinds (
        kind INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        type TEXT NOT NULL,
        UNIQUE (source, type)
      );
      CREATE TABLE event_users (
        user INTEGER PRIMARY KEY,
        user_id TEXT NOT NULL,
        user_login TEXT NOT NULL,
        UNIQUE (user_id, user_login)
      );
      CREATE INDEX event_users_login ON event_users (user_login);
      CREATE TABLE event_log (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind INTEGER NOT NULL,
        at INTEGER NOT NULL,
        correlation_id TEXT NOT NULL,
        causation_id TEXT,
        user INTEGER,
        payload TEXT NOT NULL,
        text TEXT
      );
      CREATE INDEX event_log_kind ON event_log (kind);
      CREATE INDEX event_log_user ON event_log (user, kind) WHERE user IS NOT NULL;
      CREATE INDEX event_log_correlation ON event_log (correlation_id);
      CREATE TABLE event_spans (
        span INTEGER PRIMARY KEY,
        min_at INTEGER NOT NULL,
        max_at INTEGER NOT NULL
      );
      CREATE VIRTUAL TABLE event_text USING fts5 (
        text,
        content = 'event_log',
        content_rowid = 'seq',
        columnsize = 0,
        tokenize = "unicode61 remove_diacritics 2"
      );
      CREATE TABLE event_journal (applied INTEGER NOT NULL);
      INSERT INTO event_journal VALUES (0);
      CREATE VIEW events AS
        SELECT
          seq, id, type, source, at, correlation_id, causation_id,
          nullif(user_id, '') AS user_id, nullif(user_login, '') AS user_login, payload, text
        FROM event_log JOIN event_kinds USING (kind) LEFT JOIN event_users USING (user);
    `,
  },
]
