/** The rules on disk, and what is under way: one JSON value each. What can't be read gives way to a fresh start. */
import { z } from 'zod'
import { fleetRuleSchema, processStates } from '../../../../contracts/fleet.ts'
import type { Migration, Statement, Store } from '../../../kernel/store/store.ts'
import { ValueTable } from '../../../kernel/store/value-table.ts'
import { defaultFleetRules } from './default-rules.ts'
import { type IncidentsState, NO_INCIDENTS } from './incidents.ts'

export const fleetRuleMigrations: readonly Migration[] = [
  { id: 'fleet-rules/1', sql: 'CREATE TABLE fleet_rule_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;' },
]

export const ruleValues = new ValueTable<'rules' | 'incidents' | 'cursor' | 'was-streaming'>('fleet_rule_values')

const moment = z.number()
const moments = z.array(moment)

export const incidentsSchema = z.object({
  incidents: z.array(
    z.object({
      key: z.string(),
      agent: z.string(),
      machine: z.string(),
      process: z.string().nullable(),
      name: z.string(),
      since: moment,
      what: z.string(),
      state: z.enum([...processStates, 'gone']),
      isUnhealthy: z.boolean(),
      restart: z.enum(['none', 'waiting', 'deciding', 'ordering', 'ordered', 'given-up']),
      restartRule: z.string().nullable(),
      order: z.enum(['start', 'restart']),
      decideAt: moment.nullable(),
      cover: z.object({ id: z.string(), until: moment }).nullable(),
      coverRule: z.string().nullable(),
      tookObs: z.boolean(),
      wellAt: moment.nullable(),
    }),
  ),
  acts: z.record(z.string(), z.object({ starts: moments, covers: moments })),
  away: z.array(
    z.object({
      agent: z.string(),
      machine: z.string(),
      at: moment,
      reason: z.string(),
      event: z.object({ id: z.string(), correlationId: z.string() }),
    }),
  ),
})

export interface LoadedRules {
  rules: readonly z.output<typeof fleetRuleSchema>[]
  incidents: IncidentsState
  cursor: number | null
  wasStreaming: boolean
}

/** `onFault` hears what could not be read. */
export async function loadRules(store: Pick<Store, 'all'>, onFault: (fault: string) => void): Promise<LoadedRules> {
  const read = await ruleValues.load(store, onFault)
  return {
    rules: read('rules', z.array(fleetRuleSchema)) ?? defaultFleetRules,
    incidents: read('incidents', incidentsSchema) ?? NO_INCIDENTS,
    cursor: read('cursor', z.number()) ?? null,
    wasStreaming: read('was-streaming', z.boolean()) ?? false,
  }
}

export function keptStatements(incidents: IncidentsState, cursor: number): Statement[] {
  return [ruleValues.put('incidents', incidents), ruleValues.put('cursor', cursor)]
}
