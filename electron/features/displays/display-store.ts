/** The displays on disk: one JSON value each. One that can't be read gives way to a fresh one. */
import type { z } from 'zod'
import { codingSchema, statusBarSchema, statusTextSchema, trackSchema } from '../../../contracts/display.ts'
import type { CodingState, NowPlayingState, StatusState } from '../../../contracts/state/displays.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'

export const displaysMigrations: readonly Migration[] = [
  { id: 'displays/1', sql: 'CREATE TABLE displays (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;' },
]

export interface Displays {
  status: StatusState
  nowPlaying: NowPlayingState
  coding: CodingState
}

const FRESH: Displays = {
  status: {
    bar: { mode: 'game', text: null, isVisible: false, position: 'bottom', hasClock: true },
    text: { text: '', isVisible: false, position: 'bottom', fontSize: 'medium', animation: 'fade' },
  },
  nowPlaying: { track: null },
  coding: { task: null, topic: null, status: null, startedAt: null },
}

/** `onFault` hears what could not be read. */
export async function loadDisplays(store: Pick<Store, 'all'>, onFault: (fault: string) => void): Promise<Displays> {
  const rows = await store.all<{ name: string; value: string }>('SELECT name, value FROM displays')
  const stored = new Map(rows.map(({ name, value }) => [name, value]))
  function read<T>(name: string, schema: z.ZodType<T>, fresh: T): T {
    const text = stored.get(name)
    if (text === undefined) return fresh
    try {
      return schema.parse(JSON.parse(text))
    } catch (error) {
      onFault(`"${name}": ${error instanceof Error ? error.message : String(error)}`)
      return fresh
    }
  }
  const { bar, text } = FRESH.status
  return {
    status: {
      bar: read('status-bar', statusBarSchema, bar),
      text: read('status-text', statusTextSchema, text),
    },
    nowPlaying: { track: read('track', trackSchema.nullable(), null) },
    coding: read('coding', codingSchema, FRESH.coding),
  }
}

export type DisplayName = 'status-bar' | 'status-text' | 'track' | 'coding'

export function putDisplay(name: DisplayName, value: unknown): Statement {
  return { sql: 'REPLACE INTO displays (name, value) VALUES (?, ?)', params: [name, JSON.stringify(value)] }
}
