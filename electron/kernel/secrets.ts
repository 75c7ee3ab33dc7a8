/** Secrets at rest: sealed by a box, kept in the store, never logged and never sent to a page. */
import type { Store } from './store/store.ts'

/** Seals text so that a copied file is worth nothing elsewhere: safeStorage in the app, a key file headless. */
export interface SecretBox {
  /** Shown by diagnostics: `safe-storage`, `key-file`. */
  readonly kind: string
  seal(plain: string): string
  /** Throws when `sealed` was made by another box or another user. */
  open(sealed: string): string
}

export interface Secrets {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
}

export const secretsMigrations = [
  {
    id: 'secrets/1',
    sql: 'CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed TEXT NOT NULL, box TEXT NOT NULL) STRICT',
  },
]

export function createSecrets(store: Pick<Store, 'all' | 'run'>, box: SecretBox): Secrets {
  return {
    async get(name) {
      const [row] = await store.all<{ sealed: string }>('SELECT sealed FROM secrets WHERE name = ?', [name])
      return row ? box.open(row.sealed) : null
    },
    set: (name, value) =>
      store.run([
        {
          sql: 'INSERT INTO secrets (name, sealed, box) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, box = excluded.box',
          params: [name, box.seal(value), box.kind],
        },
      ]),
    delete: (name) => store.run([{ sql: 'DELETE FROM secrets WHERE name = ?', params: [name] }]),
  }
}
