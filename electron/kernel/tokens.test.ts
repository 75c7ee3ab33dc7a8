import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { createSecrets, type SecretBox, secretsMigrations } from './secrets.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { createTokens, mayWatch, type TokenActor, type Tokens, tokensMigrations } from './tokens.ts'

/** Seals so that plain text would be noticed in the database. */
const box: SecretBox = {
  kind: 'test',
  seal: (plain) => Buffer.from(plain).toString('hex'),
  open: (sealed) => Buffer.from(sealed, 'hex').toString(),
}

let dataDir: string
let store: Store
let clock: FakeClock

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'landale-tokens-'))
  clock = new FakeClock()
  store = await open()
})
afterEach(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true })
})

function open(): Promise<Store> {
  const migrations = [...secretsMigrations, ...tokensMigrations]
  return openStore({ dataDir, migrations, clock, log: pino({ level: 'silent' }) })
}

function make(): Promise<Tokens> {
  return createTokens({ store, secrets: createSecrets(store, box), clock, dataDir })
}

describe('the control token', () => {
  it('is made once, for this user only, and kept', async () => {
    const { controlToken } = await make()
    const file = join(dataDir, 'control-token')
    expect(readFileSync(file, 'utf8').trim()).toBe(controlToken)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = await make()
    expect(again.controlToken).toBe(controlToken)
    expect(again.verify(controlToken)).toMatchObject({ name: 'control', scopes: ['admin'] })
  })

  it('is closed to others again when somebody opened the file', async () => {
    await make()
    const file = join(dataDir, 'control-token')
    chmodSync(file, 0o644)
    await make()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'short', `${'x'.repeat(44)}`, 'not a token at all, but the length of one...'])(
    'replaces a file that holds no token (%j)',
    async (text) => {
      writeFileSync(join(dataDir, 'control-token'), text)
      const tokens = await make()
      expect(tokens.controlToken).toMatch(/^[\w-]{43}$/)
      expect(tokens.verify(text)).toBeNull()
    },
  )

  it('is the same for hubs that start at one moment', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, make))
    expect(new Set(all.map(({ controlToken }) => controlToken)).size).toBe(1)
  })

  it('can not be revoked', async () => {
    const tokens = await make()
    await expect(tokens.revoke('control')).rejects.toThrow('delete the file control-token')
    expect(tokens.verify(tokens.controlToken)).not.toBeNull()
  })
})

describe('tokens', () => {
  it('open what their scopes say, also after a start, and nothing after they are revoked', async () => {
    const { info, secret } = await (await make()).create('stream deck', ['obs'])
    const tokens = await make()
    expect(tokens.verify(secret)).toEqual({ name: 'stream deck', scopes: ['obs'], tokenId: info.tokenId })
    const revoked: string[] = []
    tokens.onDidRevoke((id) => revoked.push(id))
    await tokens.revoke(info.tokenId)
    expect(revoked).toEqual([info.tokenId])
    expect(tokens.verify(secret)).toBeNull()
    expect((await make()).verify(secret)).toBeNull()
    await expect(tokens.revoke(info.tokenId)).rejects.toThrow('no token')
  })

  it('are nowhere in the database', async () => {
    const tokens = await make()
    const { secret } = await tokens.create('one', ['read'])
    const overlay = await tokens.overlayToken('main')
    await store.close()
    const file = readFileSync(join(dataDir, 'landale.db'))
    store = await open()
    for (const text of [secret, overlay, tokens.controlToken]) expect(file.includes(text)).toBe(false)
  })

  it.each(['', 'x', 'x'.repeat(43), 'x'.repeat(1_000_000), '\0', '__proto__'])(
    'do not let %#th rubbish in',
    async (text) => {
      expect((await make()).verify(text)).toBeNull()
    },
  )

  it('are listed without their secrets, and with their last use', async () => {
    const tokens = await make()
    const { info, secret } = await tokens.create('one', ['read'])
    expect(tokens.list().find(({ tokenId }) => tokenId === info.tokenId)?.lastUsedAt).toBeNull()
    await clock.advance(5000)
    tokens.verify(secret)
    const used = clock.now()
    await clock.advance(1000)
    tokens.verify(secret)
    expect(tokens.list().at(-1)).toEqual({ ...info, lastUsedAt: used })
    expect(JSON.stringify(tokens.list())).not.toContain(secret)
    expect((await make()).list().at(-1)?.lastUsedAt).toBe(used)
  })
})

describe('overlay tokens', () => {
  it('can be read again, by all askers alike', async () => {
    const tokens = await make()
    const [one, two] = await Promise.all([tokens.overlayToken('main'), tokens.overlayToken('main')])
    expect(one).toBe(two)
    expect(await (await make()).overlayToken('main')).toBe(one)
    expect(await tokens.overlayToken('second')).not.toBe(one)
    expect(tokens.verify(one)).toMatchObject({ name: 'overlay:main', scopes: ['overlay'], output: 'main' })
    expect(tokens.list().filter(({ name }) => name === 'overlay:main').length).toBe(1)
  })

  it('stop working at once when renewed or revoked', async () => {
    const tokens = await make()
    const revoked: string[] = []
    tokens.onDidRevoke((id) => revoked.push(id))
    const old = await tokens.overlayToken('main')
    const renewed = await tokens.renewOverlayToken('main')
    expect(tokens.verify(old)).toBeNull()
    expect(tokens.verify(renewed)).not.toBeNull()
    expect(revoked.length).toBe(1)
    await tokens.revoke(tokens.verify(renewed)?.tokenId ?? '')
    const next = await tokens.overlayToken('main')
    expect(tokens.verify(renewed)).toBeNull()
    expect(tokens.verify(next)).not.toBeNull()
  })

  it('are made anew where the sealed one can not be opened any more', async () => {
    const old = await (await make()).overlayToken('main')
    const broken: SecretBox = {
      ...box,
      open() {
        throw new Error('another user')
      },
    }
    const tokens = await createTokens({ store, secrets: createSecrets(store, broken), clock, dataDir })
    const made = await tokens.overlayToken('main')
    expect(made).not.toBe(old)
    expect(tokens.verify(old)).toBeNull()
    expect(tokens.verify(made)).not.toBeNull()
  })

  it('open one output and no other', async () => {
    const made = await make()
    const main = await made.overlayToken('main')
    const { secret } = await made.create('overlay:main', ['overlay'])
    const tokens = await make()
    const actor = tokens.verify(main) as TokenActor
    expect([mayWatch(actor, 'main'), mayWatch(actor, 'second')]).toEqual([true, false])
    expect(tokens.outputOf(actor.tokenId)).toBe('main')
    const named = tokens.verify(secret) as TokenActor
    expect(tokens.outputOf(named.tokenId)).toBeNull()
    expect(tokens.outputOf('control')).toBeNull()
    // Made by hand, it is of no output, and renewing the URL leaves it alone.
    await tokens.renewOverlayToken('main')
    expect(tokens.outputOf(actor.tokenId)).toBeNull()
    expect(mayWatch(tokens.verify(secret) as TokenActor, 'main')).toBe(false)
    expect(mayWatch({ name: 'seq', tokenId: 's', scopes: ['read'] }, 'main')).toBe(true)
    expect(mayWatch({ name: 'deck', tokenId: 'd', scopes: ['obs'] }, 'main')).toBe(false)
    expect(mayWatch(tokens.verify(tokens.controlToken) as TokenActor, 'main')).toBe(true)
  })

  it('are gone with their output', async () => {
    const tokens = await make()
    const secret = await tokens.overlayToken('second')
    const revoked: string[] = []
    tokens.onDidRevoke((id) => revoked.push(id))
    await tokens.removeOverlayToken('second')
    await tokens.removeOverlayToken('second')
    expect([tokens.verify(secret), revoked.length]).toEqual([null, 1])
    expect(await tokens.overlayToken('second')).not.toBe(secret)
  })

  it('of a database older than outputs know theirs by their name', async () => {
    const older = mkdtempSync(join(tmpdir(), 'landale-tokens-'))
    const options = { dataDir: older, clock, log: pino({ level: 'silent' }) }
    const first = await openStore({ ...options, migrations: [...secretsMigrations, ...tokensMigrations.slice(0, 1)] })
    const insert = (id: string, name: string, scopes: string) => ({
      sql: 'INSERT INTO tokens (id, name, scopes, hash, created_at) VALUES (?, ?, ?, ?, 1)',
      params: [id, name, scopes, id],
    })
    await first.run([insert('aa', 'overlay:main', '["overlay"]'), insert('bb', 'overlay:main', '["obs"]')])
    await first.close()
    const second = await openStore({ ...options, migrations: [...secretsMigrations, ...tokensMigrations] })
    const tokens = await createTokens({ store: second, secrets: createSecrets(second, box), clock, dataDir: older })
    expect(['aa', 'bb'].map((id) => tokens.outputOf(id))).toEqual(['main', null])
    await second.close()
    rmSync(older, { recursive: true })
  })
})
