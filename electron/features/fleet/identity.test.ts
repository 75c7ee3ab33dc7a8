import { expect, it } from 'vitest'
import { loadIdentity } from './identity.ts'
import { publicKeyOf } from './proof.ts'

class FakeSecrets {
  readonly kept = new Map<string, string>()

  async get(name: string): Promise<string | null> {
    return this.kept.get(name) ?? null
  }

  async set(name: string, value: string): Promise<void> {
    this.kept.set(name, value)
  }
}

it('is made once and kept', async () => {
  const secrets = new FakeSecrets()
  const made = await loadIdentity(secrets)
  expect(publicKeyOf(made.privateKey)).toBe(made.publicKey)
  expect(await loadIdentity(secrets)).toEqual(made)
  expect((await loadIdentity(new FakeSecrets())).hub).not.toBe(made.hub)
})

it('is not made anew where it can’t be opened: all machines would have to be paired again', async () => {
  const secrets = new FakeSecrets()
  await loadIdentity(secrets)
  const before = [...secrets.kept]
  const sealed = {
    ...secrets,
    get: () => Promise.reject(new Error('sealed by another user')),
    set: (name: string, value: string) => secrets.set(name, value),
  }
  await expect(loadIdentity(sealed)).rejects.toThrow("can't be opened (sealed by another user)")
  expect([...secrets.kept]).toEqual(before)
  secrets.kept.set('fleet-identity', '{"hub":1}')
  await expect(loadIdentity(secrets)).rejects.toThrow("can't be opened")
})
