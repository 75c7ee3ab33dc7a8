/**
 * Who may come in. Owns the control token's file and the table of further tokens; knows no door and no route. Only
 * hashes of tokens are kept, so a copied database opens nothing. The secret of an overlay's URL must be shown again,
 * so it is kept sealed.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { Emitter, type Event } from '../../base/emitter.ts'
import { allows, type Scope, scopeSchema } from '../../contracts/scopes.ts'
import type { TokenInfo } from '../../contracts/state/system.ts'
import { type Actor, CommandError } from './commands.ts'
import { newId } from './new-id.ts'
import type { Secrets } from './secrets.ts'
import type { Migration, Store } from './store/store.ts'

/** Someone who showed a valid token. */
export interface TokenActor extends Actor {
  tokenId: string
  /** Set where the token is that of an overlay's URL: it opens this output's picture and no other. */
  output?: string | undefined
}

/** What the token of a widget's address is for: this and the widget's id stand where that of an output has its id. */
export const WIDGET_OWNER_PREFIX = 'widget:'

/** Whether what belongs to `output` alone (its stage, its picture) may be given to `actor`. */
export function mayWatch({ scopes, output: own }: TokenActor, output: string): boolean {
  return own === undefined ? allows(scopes, 'read') : own === output
}

export interface Tokens {
  /** The secret of the control token. Never log it. */
  readonly controlToken: string
  /** Hears the id of a token that has just been revoked; what it opened must close at once. */
  readonly onDidRevoke: Event<string>
  readonly onDidChange: Event<void>
  /** Whose secret it is, or null. One hash and one look-up, however many tokens there are. */
  verify(secret: string): TokenActor | null
  /** The secret is in the answer and nowhere else. */
  create(name: string, scopes: readonly Scope[]): Promise<{ info: TokenInfo; secret: string }>
  /** Rejects with a `CommandError` when there is no such token, or when it is the control token. */
  revoke(tokenId: string): Promise<void>
  list(): TokenInfo[]
  /** The secret in the URL of an overlay output; made on first use. */
  overlayToken(output: string): Promise<string>
  /** Makes a new one; the old one stops working at once. */
  renewOverlayToken(output: string): Promise<string>
  /** Its URL stops working at once. Idempotent. */
  removeOverlayToken(output: string): Promise<void>
  /** The output whose URL carries this token; null where it is another token, or revoked. */
  outputOf(tokenId: string): string | null
}

export interface TokensOptions {
  store: Pick<Store, 'all' | 'run'>
  secrets: Secrets
  clock: Clock
  /** Where `control-token` is kept. */
  dataDir: string
}

export const tokensMigrations: readonly Migration[] = [
  {
    id: 'tokens/1',
    sql: `CREATE TABLE tokens (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      scopes TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER,
      revoked_at INTEGER
    ) STRICT`,
  },
  {
    id: 'tokens/2',
    // Before, the name alone said it.
    sql: `ALTER TABLE tokens ADD COLUMN output TEXT;
      UPDATE tokens SET output = substr(name, 9) WHERE name LIKE 'overlay:_%' AND scopes = '["overlay"]'`,
  },
]

const CONTROL_TOKEN_ID = 'control'

/** 256 bits: not to be guessed, so a plain fast hash is enough to keep it. */
const SECRET_BYTES = 32
/** base64url of that many bytes. */
const SECRET_PATTERN = /^[\w-]{43}$/
/** Longer strings are not tokens and are not worth hashing. */
const MAX_SECRET_LENGTH = 200
/** "Last used" is for people: once a minute is often enough to write it. */
const LAST_USED_PRECISION_MS = 60_000

interface Entry {
  info: TokenInfo
  actor: TokenActor
  hash: Buffer
}

interface TokenRow {
  id: string
  name: string
  output: string | null
  scopes: string
  hash: string
  created_at: number
  last_used_at: number | null
}

export async function createTokens({ store, secrets, clock, dataDir }: TokensOptions): Promise<Tokens> {
  const didRevoke = new Emitter<string>()
  const didChange = new Emitter<void>()
  const byHash = new Map<string, Entry>()
  const byId = new Map<string, Entry>()
  const overlayWork = new Map<string, Promise<unknown>>()

  const controlToken = await readOrMakeControlToken(dataDir)
  remember(
    { tokenId: CONTROL_TOKEN_ID, name: 'control', scopes: ['admin'], createdAt: clock.now(), lastUsedAt: null },
    hashOf(controlToken),
  )
  const rows = await store.all<TokenRow>(
    'SELECT id, name, scopes, hash, created_at, last_used_at, output FROM tokens WHERE revoked_at IS NULL ORDER BY created_at',
  )
  for (const row of rows) {
    const { id: tokenId, name, created_at: createdAt, last_used_at: lastUsedAt } = row
    const info = { tokenId, name, scopes: readScopes(row.scopes), createdAt, lastUsedAt }
    remember(info, Buffer.from(row.hash, 'hex'), row.output ?? undefined)
  }

  function remember(info: TokenInfo, hash: Buffer, output?: string): void {
    const { name, scopes, tokenId } = info
    const actor: TokenActor = output === undefined ? { name, scopes, tokenId } : { name, scopes, tokenId, output }
    const entry: Entry = { info, actor, hash }
    byHash.set(hash.toString('hex'), entry)
    byId.set(info.tokenId, entry)
  }

  function forget(entry: Entry): void {
    byHash.delete(entry.hash.toString('hex'))
    byId.delete(entry.info.tokenId)
  }

  function noteUse(entry: Entry): void {
    const now = clock.now()
    if (entry.info.lastUsedAt !== null && now - entry.info.lastUsedAt < LAST_USED_PRECISION_MS) return
    entry.info.lastUsedAt = now
    if (entry.info.tokenId === CONTROL_TOKEN_ID) return
    // A lost "last used" harms nobody; a store that can't write raises its own alarm.
    store
      .run([{ sql: 'UPDATE tokens SET last_used_at = ? WHERE id = ?', params: [now, entry.info.tokenId] }])
      .catch(() => {})
  }

  async function create(
    name: string,
    scopes: readonly Scope[],
    output?: string,
  ): Promise<{ info: TokenInfo; secret: string }> {
    const secret = newSecret()
    const hash = hashOf(secret)
    const info: TokenInfo = { tokenId: newId(), name, scopes: [...scopes], createdAt: clock.now(), lastUsedAt: null }
    await store.run([
      {
        sql: 'INSERT INTO tokens (id, name, scopes, hash, created_at, output) VALUES (?, ?, ?, ?, ?, ?)',
        params: [info.tokenId, name, JSON.stringify(scopes), hash.toString('hex'), info.createdAt, output ?? null],
      },
    ])
    remember(info, hash, output)
    didChange.fire()
    return { info: { ...info }, secret }
  }

  async function revoke(tokenId: string): Promise<void> {
    const entry = byId.get(tokenId)
    if (!entry) throw new CommandError('not_found', `there is no token "${tokenId}"; it may be revoked already`)
    if (tokenId === CONTROL_TOKEN_ID) {
      const how = 'delete the file control-token in the data directory and start Landale again to get a new one'
      throw new CommandError('conflict', `the control token can't be revoked; ${how}`)
    }
    // Shut first, then written: whoever revokes a token wants it dead now, even if the disk is full.
    forget(entry)
    didRevoke.fire(tokenId)
    didChange.fire()
    await store.run([{ sql: 'UPDATE tokens SET revoked_at = ? WHERE id = ?', params: [clock.now(), tokenId] }])
  }

  async function revokeOf(output: string): Promise<void> {
    const entries = [...byId.values()].filter((entry) => entry.actor.output === output)
    for (const entry of entries) await revoke(entry.info.tokenId)
  }

  async function makeOverlayToken(output: string): Promise<string> {
    const name = overlayName(output)
    await revokeOf(output)
    const { secret } = await create(name, ['overlay'], output)
    await secrets.set(name, secret)
    return secret
  }

  async function removeOverlayToken(output: string): Promise<void> {
    await revokeOf(output)
    await secrets.delete(overlayName(output))
  }

  async function readOverlayToken(output: string): Promise<string> {
    const kept = await secrets.get(overlayName(output)).catch(() => null)
    const usable = kept !== null && byHash.get(hashOf(kept).toString('hex'))?.actor.output === output
    return usable ? kept : makeOverlayToken(output)
  }

  /** One at a time for each output, so that two askers get the same URL. */
  function inTurn<T>(output: string, work: () => Promise<T>): Promise<T> {
    const before = overlayWork.get(output) ?? Promise.resolve()
    const mine = before.then(work, work)
    overlayWork.set(output, mine)
    const done = () => {
      if (overlayWork.get(output) === mine) overlayWork.delete(output)
    }
    mine.then(done, done)
    return mine
  }

  return {
    controlToken,
    onDidRevoke: didRevoke.event,
    onDidChange: didChange.event,
    verify(secret) {
      if (secret.length === 0 || secret.length > MAX_SECRET_LENGTH) return null
      const hash = hashOf(secret)
      const entry = byHash.get(hash.toString('hex'))
      // The look-up is by hash, so its timing says nothing of the secret; the comparison is there all the same.
      if (!entry || !timingSafeEqual(entry.hash, hash)) return null
      noteUse(entry)
      return entry.actor
    },
    create: (name, scopes) => create(name, scopes),
    revoke,
    list: () => [...byId.values()].map(({ info }) => ({ ...info, scopes: [...info.scopes] })),
    overlayToken: (output) => inTurn(output, () => readOverlayToken(output)),
    renewOverlayToken: (output) => inTurn(output, () => makeOverlayToken(output)),
    removeOverlayToken: (output) => inTurn(output, () => removeOverlayToken(output)),
    outputOf: (tokenId) => byId.get(tokenId)?.actor.output ?? null,
  }
}

function overlayName(output: string): string {
  return `overlay:${output}`
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** A scope that this version does not know gives nothing. */
function readScopes(json: string): Scope[] {
  const values: unknown = JSON.parse(json)
  if (!Array.isArray(values)) return []
  return values.filter((value): value is Scope => scopeSchema.safeParse(value).success)
}

/**
 * Reads the control token, or makes one: written to a file of its own and then linked into place, so that nobody ever
 * reads half a token and two hubs that start at once agree on one. A file that holds no token is replaced.
 */
async function readOrMakeControlToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'control-token')
  const existing = await readControlToken(file)
  if (existing !== null) return existing
  await rm(file, { force: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const made = await readControlToken(file)
  if (made === null) throw new Error(`could not write the control token to ${file}: check the folder's permissions`)
  return made
}

async function readControlToken(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    if (!SECRET_PATTERN.test(text)) return null
    await chmod(file, 0o600)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
