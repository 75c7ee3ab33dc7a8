/** The paired machines on disk: who they are, and up to where their events are stored. */
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import type { EventPlace } from './frames.ts'

export const fleetMigrations: readonly Migration[] = [
  {
    id: 'fleet/1',
    sql: `
      CREATE TABLE agents (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        public_key TEXT NOT NULL UNIQUE,
        paired_at INTEGER NOT NULL,
        revoked_at INTEGER,
        epoch TEXT,
        seq INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX agents_name ON agents (name) WHERE revoked_at IS NULL;
    `,
  },
]

export interface AgentRow {
  readonly id: string
  readonly name: string
  readonly publicKey: string
  /** ms epoch */
  readonly pairedAt: number
  readonly revoked: boolean
  readonly stored: EventPlace | null
}

export async function loadAgents(store: Pick<Store, 'all'>): Promise<AgentRow[]> {
  const rows = await store.all<{
    id: string
    name: string
    public_key: string
    paired_at: number
    revoked_at: number | null
    epoch: string | null
    seq: number | null
  }>('SELECT id, name, public_key, paired_at, revoked_at, epoch, seq FROM agents')
  return rows.map(({ id, name, public_key, paired_at, revoked_at, epoch, seq }) => ({
    id,
    name,
    publicKey: public_key,
    pairedAt: paired_at,
    revoked: revoked_at !== null,
    stored: epoch === null || seq === null ? null : { epoch, seq },
  }))
}

export function addAgent({ id, name, publicKey, pairedAt }: AgentRow): Statement {
  return {
    sql: 'INSERT INTO agents (id, name, public_key, paired_at) VALUES (?, ?, ?, ?)',
    params: [id, name, publicKey, pairedAt],
  }
}

export function renameAgent(id: string, name: string): Statement {
  return { sql: 'UPDATE agents SET name = ? WHERE id = ?', params: [name, id] }
}

/** The key stays known, so that who has it hears that it was revoked, and never gets in with it again. */
export function revokeAgent(id: string, at: number): Statement {
  return { sql: 'UPDATE agents SET revoked_at = ? WHERE id = ?', params: [at, id] }
}

/** Only in one transaction with the event of this place. */
export function keepPlace(id: string, { epoch, seq }: EventPlace): Statement {
  return { sql: 'UPDATE agents SET epoch = ?, seq = ? WHERE id = ?', params: [epoch, seq, id] }
}
