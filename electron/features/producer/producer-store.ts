/**
 * The producer on disk: what is written and what is made of it again. Each part is one JSON value with the event up to
 * which it has heard, so that every event counts exactly once. Something of another age gives way to a fresh start.
 */
import { z } from 'zod'
import { contentLayerSchema, contentSchema, standingContentTypeSchema } from '../../../contracts/content.ts'
import { type Show, takeoverTypeSchema } from '../../../contracts/show.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'
import { changedShows, mergeShows } from './default-shows.ts'
import { type ItemContent, type MachineState, newMachine } from './machine.ts'
import { type Category, chooseShow } from './show-choice.ts'
import { type StoredStats, storedStatsSchema } from './viewer-stats.ts'

export const producerMigrations: readonly Migration[] = [
  {
    id: 'producer/1',
    sql: 'CREATE TABLE producer_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;',
  },
]

const values = new ValueTable<'shows' | 'machine' | 'machine-cursor' | 'stats' | 'stats-cursor'>('producer_values')

const moment = z.number()

/** A standing content by its name, or one that says itself what is drawn. */
const itemContentSchema = z.unknown().transform((value, context): ItemContent => {
  const content = contentSchema.safeParse(value)
  if (content.data?.type === 'message' || content.data?.type === 'sub-train') return content.data
  const standing = z.object({ type: standingContentTypeSchema }).safeParse(value)
  if (standing.success) return standing.data
  context.addIssue({ code: 'custom', message: 'not a content' })
  return z.NEVER
})

const machineSchema = z.object({
  now: moment,
  manual: z.string().nullable(),
  category: z.object({ id: z.string(), name: z.string() }).nullable(),
  show: z.string(),
  why: z.enum(['manual', 'category-id', 'category-name', 'default']),
  items: z.array(
    z.object({
      id: z.string(),
      order: z.number(),
      layer: contentLayerSchema,
      priority: z.number(),
      startedAt: moment,
      endsAt: moment,
      content: itemContentSchema,
    }),
  ),
  orders: z.number(),
  ticker: z.object({
    index: z.number().int().nonnegative(),
    turn: z.number().int().nonnegative(),
    startedAt: moment,
    endsAt: moment.nullable(),
    remainingMs: z.number().nullable(),
  }),
  available: z.array(standingContentTypeSchema),
  takeover: z
    .object({
      id: z.string(),
      type: takeoverTypeSchema,
      message: z.string().nullable(),
      startedAt: moment,
      endsAt: moment.nullable(),
    })
    .nullable(),
})

export interface Loaded {
  machine: MachineState
  /** The last event that the machine has taken in. */
  machineCursor: number
  stats: StoredStats | undefined
  statsCursor: number
  /** Names of values that could not be read. */
  faults: string[]
}

export async function loadProducer(store: Pick<Store, 'all'>, now: number): Promise<Loaded> {
  const faults: string[] = []
  const onFault = (fault: string) => void faults.push(fault)
  const read = await values.load(store, onFault)
  const machine = {
    ...newMachine(mergeShows(read('shows', z.unknown()), onFault), now),
    ...read('machine', machineSchema),
  }
  return {
    // A show may have given way, and with it what was chosen.
    machine: { ...machine, ...chooseShow(machine.shows, machine.category, machine.manual) },
    machineCursor: read('machine-cursor', z.number()) ?? 0,
    stats: read('stats', storedStatsSchema),
    statsCursor: read('stats-cursor', z.number()) ?? 0,
    faults,
  }
}

/** `category`: the true one, where the machine's is made up. */
export function machineStatements(machine: MachineState, category: Category | null, cursor: number): Statement[] {
  const { now, manual, show, why, items, orders, ticker, takeover, available } = machine
  const value = { now, manual, category, show, why, items, orders, ticker, takeover, available }
  return [values.put('machine', value), values.put('machine-cursor', cursor)]
}

export function showsStatement(shows: readonly Show[]): Statement {
  return values.put('shows', changedShows(shows))
}

/** Goes with `cursorStatements`. */
export function statsStatement(stats: StoredStats): Statement {
  return values.put('stats', stats)
}

/** How far events have been taken in. Only with everything that they have changed. */
export function cursorStatements(cursor: number): Statement[] {
  return [values.put('machine-cursor', cursor), values.put('stats-cursor', cursor)]
}
