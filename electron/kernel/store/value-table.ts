/**
 * The small things that a feature keeps beside its rows, each one JSON value under a name. The table is the feature's: its
 * migration makes it, with `name TEXT PRIMARY KEY` and `value TEXT NOT NULL`. Knows no value by name.
 */
import { z } from 'zod'
import { parseJson } from '../parse-json.ts'
import type { Statement, Store } from './store.ts'

/** The value with this name, or undefined where there is none that the schema knows. */
export type ReadValue<N extends string> = <T>(name: N, schema: z.ZodType<T>) => T | undefined

export class ValueTable<N extends string> {
  readonly #table: string

  constructor(table: string) {
    this.#table = table
  }

  /** As they are on disk now. `onFault` hears, in words, of each that is there and can't be read. */
  async load(store: Pick<Store, 'all'>, onFault: (fault: string) => void = () => {}): Promise<ReadValue<N>> {
    const rows = await store.all<{ name: string; value: string }>(`SELECT name, value FROM ${this.#table}`)
    const texts = new Map(rows.map(({ name, value }) => [name, value]))
    return (name, schema) => {
      const text = texts.get(name)
      if (text === undefined) return undefined
      const json = parseJson(text)
      const read = json.ok ? schema.safeParse(json.value) : undefined
      if (read?.success) return read.data
      onFault(`"${name}": ${json.ok ? z.prettifyError(read?.error ?? new z.ZodError([])) : json.error}`)
      return undefined
    }
  }

  put(name: N, value: unknown): Statement {
    return {
      sql: `INSERT INTO ${this.#table} (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      params: [name, JSON.stringify(value)],
    }
  }
}
