/** The displays on disk: one JSON value each. One that can't be read gives way to a fresh one. */
import { codingSchema, statusBarSchema, statusTextSchema, trackSchema } from '../../../contracts/display.ts'
import type { CodingState, NowPlayingState, StatusState } from '../../../contracts/state/displays.ts'
import type { Migration, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'

export const displaysMigrations: readonly Migration[] = [
  { id: 'displays/1', sql: 'CREATE TABLE displays (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;' },
]

export type DisplayName = 'status-bar' | 'status-text' | 'track' | 'coding'

export const displayTable = new ValueTable<DisplayName>('displays')

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
  const read = await displayTable.load(store, onFault)
  const { bar, text } = FRESH.status
  return {
    status: {
      bar: read('status-bar', statusBarSchema) ?? bar,
      text: read('status-text', statusTextSchema) ?? text,
    },
    nowPlaying: { track: read('track', trackSchema.nullable()) ?? null },
    coding: read('coding', codingSchema) ?? FRESH.coding,
  }
}
