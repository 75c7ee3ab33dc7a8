/** The table that `crash-child.ts` counts in. */
import type { Migration } from '../store.ts'

export const CRASH_MIGRATIONS: readonly Migration[] = [
  { id: 'crash/1', sql: 'CREATE TABLE counter (n INTEGER NOT NULL); INSERT INTO counter VALUES (0)' },
]
