/**
 * Runs on disk: profiles, seeds keyed by profile and attempt, and what became of each checkpoint. Knows how a run is
 * written and read and what can be counted over all of them; decides nothing.
 */
import { z } from 'zod'
import {
  type IronmonCheckpoint,
  type IronmonEndReason,
  type IronmonProof,
  ironmonCheckpoints,
  ironmonGameSchema,
  ironmonPokemonSchema,
} from '../../../contracts/ironmon.ts'
import type { IronmonProfile } from '../../../contracts/state/ironmon.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'
import type { Run } from './run.ts'

export const ironmonMigrations: readonly Migration[] = [
  {
    id: 'ironmon/1',
    sql: `
      CREATE TABLE ironmon_profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT;
      INSERT INTO ironmon_profiles (id, name) VALUES (1, 'Kaizo IronMON');
      CREATE TABLE ironmon_seeds (
        profile_id INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        outcome TEXT CHECK (outcome IN ('lost', 'won')),
        end_reason TEXT CHECK (end_reason IN ('defeat', 'next-seed', 'manual', 'champion')),
        PRIMARY KEY (profile_id, attempt)
      ) STRICT;
      CREATE TABLE ironmon_results (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        profile_id INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        checkpoint TEXT NOT NULL,
        cleared INTEGER NOT NULL CHECK (cleared IN (0, 1)),
        at INTEGER NOT NULL,
        proof TEXT CHECK (proof IN ('trainer', 'plugin', 'manual')),
        UNIQUE (profile_id, attempt, checkpoint)
      ) STRICT;
      CREATE INDEX ironmon_results_by_checkpoint ON ironmon_results (profile_id, checkpoint, cleared, attempt);
      CREATE TABLE ironmon_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    `,
  },
]

/** The first profile, there from the start. */
export const FIRST_PROFILE: IronmonProfile = { id: 1, name: 'Kaizo IronMON' }

/** The small things beside the tables, each one JSON value. */
const valueSchemas = {
  /** The last event taken in. */
  cursor: z.number().int(),
  profile: z.number().int(),
  /** Of the run that is played. */
  attempt: z.number().int().nullable(),
  game: ironmonGameSchema,
  team: z.array(ironmonPokemonSchema.nullable()).length(6),
  location: z.object({ mapId: z.number().int(), name: z.string().nullable() }).nullable(),
} as const

export type IronmonValues = { -readonly [K in keyof typeof valueSchemas]?: z.output<(typeof valueSchemas)[K]> }

const valueTable = new ValueTable<keyof IronmonValues>('ironmon_values')

type Reading = Pick<Store, 'all'>

export async function loadValues(store: Reading): Promise<IronmonValues> {
  const read = await valueTable.load(store)
  const names = Object.keys(valueSchemas) as (keyof IronmonValues)[]
  const values = names.map((name) => [name, read<unknown>(name, valueSchemas[name])])
  // Each was parsed with the schema of its own name; the compiler can't follow that through the loop.
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as IronmonValues
}

export function putValues(values: IronmonValues): Statement[] {
  return Object.entries(values).map(([name, value]) => valueTable.put(name as keyof IronmonValues, value))
}

export function loadProfiles(store: Reading): Promise<IronmonProfile[]> {
  return store.all<IronmonProfile>('SELECT id, name FROM ironmon_profiles ORDER BY id')
}

export function putProfile({ id, name }: IronmonProfile): Statement {
  return { sql: 'INSERT INTO ironmon_profiles (id, name) VALUES (?, ?)', params: [id, name] }
}

interface SeedRow {
  started_at: number
  ended_at: number | null
  outcome: 'lost' | 'won' | null
  end_reason: IronmonEndReason | null
}

interface ResultRow {
  checkpoint: IronmonCheckpoint
  cleared: 0 | 1
  at: number
  proof: IronmonProof | null
}

/** null when no such attempt is known. */
export async function loadRun(store: Reading, profileId: number, attempt: number): Promise<Run | null> {
  const key = [profileId, attempt]
  const [seed] = await store.all<SeedRow>('SELECT * FROM ironmon_seeds WHERE profile_id = ? AND attempt = ?', key)
  if (!seed) return null
  const sql = 'SELECT checkpoint, cleared, at, proof FROM ironmon_results WHERE profile_id = ? AND attempt = ?'
  const rows = await store.all<ResultRow>(sql, key)
  const results = rows.map(({ checkpoint, cleared, at, proof }) => {
    return [checkpoint, { cleared: cleared === 1, at, proof }] as const
  })
  const { started_at: startedAt, ended_at: endedAt, outcome, end_reason: endReason } = seed
  return { profileId, attempt, startedAt, endedAt, outcome, endReason, results: new Map(results) }
}

/** Writes the run as it is; of `before` (as it was on disk, null: not there) only what differs. */
export function putRun(before: Run | null, run: Run): Statement[] {
  const { profileId, attempt, startedAt, endedAt, outcome, endReason } = run
  const statements: Statement[] = [
    {
      sql: `INSERT INTO ironmon_seeds (profile_id, attempt, started_at, ended_at, outcome, end_reason)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (profile_id, attempt) DO UPDATE
        SET ended_at = excluded.ended_at, outcome = excluded.outcome, end_reason = excluded.end_reason`,
      params: [profileId, attempt, startedAt, endedAt, outcome, endReason],
    },
  ]
  for (const checkpoint of before?.results.keys() ?? []) {
    if (run.results.has(checkpoint)) continue
    statements.push({
      sql: 'DELETE FROM ironmon_results WHERE profile_id = ? AND attempt = ? AND checkpoint = ?',
      params: [profileId, attempt, checkpoint],
    })
  }
  for (const [checkpoint, { cleared, at, proof }] of run.results) {
    const old = before?.results.get(checkpoint)
    if (old && old.cleared === cleared && old.at === at && old.proof === proof) continue
    statements.push({
      sql: `REPLACE INTO ironmon_results (profile_id, attempt, checkpoint, cleared, at, proof) VALUES (?, ?, ?, ?, ?, ?)`,
      params: [profileId, attempt, checkpoint, cleared ? 1 : 0, at, proof],
    })
  }
  return statements
}

/** Gives a run another number or profile; none may be there. */
export function moveRun(from: Run, to: Pick<Run, 'profileId' | 'attempt'>): Statement[] {
  const params = [to.profileId, to.attempt, from.profileId, from.attempt]
  return ['ironmon_seeds', 'ironmon_results'].map((table) => ({
    sql: `UPDATE ${table} SET profile_id = ?, attempt = ? WHERE profile_id = ? AND attempt = ?`,
    params,
  }))
}

interface CheckpointCounts {
  clears: number
  losses: number
  /** The highest attempt that cleared it. */
  lastCleared: number | null
}

export interface Statistics {
  runs: number
  lost: number
  won: number
  checkpoints: ReadonlyMap<IronmonCheckpoint, CheckpointCounts>
}

export async function countRuns(store: Reading, profileId: number): Promise<Statistics> {
  const [runs] = await store.all<{ runs: number; lost: number; won: number }>(
    `SELECT COUNT(*) AS runs, COUNT(CASE outcome WHEN 'lost' THEN 1 END) AS lost,
      COUNT(CASE outcome WHEN 'won' THEN 1 END) AS won FROM ironmon_seeds WHERE profile_id = ?`,
    [profileId],
  )
  const rows = await store.all<CheckpointCounts & { checkpoint: IronmonCheckpoint }>(
    `SELECT checkpoint, SUM(cleared) AS clears, SUM(1 - cleared) AS losses,
      MAX(CASE WHEN cleared = 1 THEN attempt END) AS lastCleared
      FROM ironmon_results WHERE profile_id = ? GROUP BY checkpoint`,
    [profileId],
  )
  const counts = rows.map(({ checkpoint, ...rest }) => [checkpoint, rest] as const)
  return { ...(runs ?? { runs: 0, lost: 0, won: 0 }), checkpoints: new Map(counts) }
}

export interface RecentResult {
  id: number
  attempt: number
  profileId: number
  checkpoint: IronmonCheckpoint
  cleared: boolean
  at: number
}

/** Newest first, those with an id below `before`. */
export async function recentResults(store: Reading, limit: number, before: number | null): Promise<RecentResult[]> {
  const rows = await store.all<Omit<RecentResult, 'cleared'> & { cleared: 0 | 1 }>(
    `SELECT id, attempt, profile_id AS profileId, checkpoint, cleared, at FROM ironmon_results
      WHERE id < ? ORDER BY id DESC LIMIT ?`,
    [before ?? Number.MAX_SAFE_INTEGER, limit],
  )
  return rows.map((row) => ({ ...row, cleared: row.cleared === 1 }))
}

/** Clears of all runs in percent with 2 decimals; null while there is no run. */
export function clearRate(clears: number, runs: number): number | null {
  return runs === 0 ? null : Math.round((clears / runs) * 10_000) / 100
}

/** The furthest checkpoint that any run has cleared, and the last that did. */
export function bestOf({ checkpoints }: Statistics): { checkpoint: IronmonCheckpoint; attempt: number } | null {
  const checkpoint = ironmonCheckpoints.findLast((each) => (checkpoints.get(each)?.clears ?? 0) > 0)
  const attempt = checkpoint === undefined ? null : (checkpoints.get(checkpoint)?.lastCleared ?? null)
  return checkpoint === undefined || attempt === null ? null : { checkpoint, attempt }
}
