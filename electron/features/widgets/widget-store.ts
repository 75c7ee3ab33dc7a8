/** Widgets and presets on disk: how they become rows and rows become them. Knows no rule of either. */
import type { Widget, WidgetPreset } from '../../../contracts/state/widgets.ts'
import { isWidgetKind, readSettings } from '../../../contracts/widgets.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'

export const widgetsMigrations: readonly Migration[] = [
  {
    id: 'widgets/1',
    sql: `
      CREATE TABLE widgets (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        added_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE widget_presets (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        added_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
]

type Table = 'widgets' | 'widget_presets'

interface Row {
  id: string
  kind: string
  name: string
  settings: string
}

export interface StoredWidgets {
  widgets: Widget[]
  presets: WidgetPreset[]
}

/**
 * What was last written, oldest first. A kind that this version does not know stays on disk for one that does; a setting
 * that no longer fits is as in a new widget. Both are said in the log.
 */
export async function loadWidgets(store: Pick<Store, 'all'>, log: Pick<Logger, 'warn'>): Promise<StoredWidgets> {
  const read = async (table: Table) => {
    const rows = await store.all<Row>(`SELECT id, kind, name, settings FROM ${table} ORDER BY added_at, id`)
    return rows.map((row) => readRow(row, log)).filter((entry) => entry !== null)
  }
  return { widgets: await read('widgets'), presets: await read('widget_presets') }
}

function readRow({ id, kind, name, settings: json }: Row, log: Pick<Logger, 'warn'>): Widget | null {
  if (!isWidgetKind(kind)) {
    log.warn({ widget: id, kind }, 'a widget is of a kind that this version does not know; it is left out')
    return null
  }
  const { settings, faults } = readSettings(kind, parsed(json))
  if (Object.keys(faults).length > 0) {
    log.warn({ widget: id, faults }, 'settings of a widget no longer fit and are as in a new one')
  }
  return { id, kind, name, settings }
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Written as it is now; `at`: when it was added, ms epoch, kept when it is there already. */
export function keep(table: Table, { id, kind, name, settings }: Widget | WidgetPreset, at: number): Statement {
  return {
    sql: `INSERT INTO ${table} (id, kind, name, settings, added_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings`,
    params: [id, kind, name, JSON.stringify(settings), at],
  }
}

export function forget(table: Table, id: string): Statement {
  return { sql: `DELETE FROM ${table} WHERE id = ?`, params: [id] }
}
