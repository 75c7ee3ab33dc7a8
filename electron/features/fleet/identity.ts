/** Who this hub is to its agents: an id and a key pair, made once and kept with the secrets. */
import { z } from 'zod'
import { newId } from '../../kernel/new-id.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { newKeyPair, publicKeyOf } from './proof.ts'

export interface HubIdentity {
  readonly hub: string
  readonly publicKey: string
  readonly privateKey: string
}

const SECRET = 'fleet-identity'

const storedSchema = z.object({ hub: z.string().min(1).max(128), privateKey: z.string().length(43) })

/**
 * Rejects when the kept one can't be opened, e.g. because the data came from another user or machine: a new one made
 * in silence would be foreign to every machine that is paired.
 */
export async function loadIdentity(secrets: Pick<Secrets, 'get' | 'set'>): Promise<HubIdentity> {
  const kept = await secrets.get(SECRET)
  if (kept !== null) {
    const { hub, privateKey } = storedSchema.parse(JSON.parse(kept))
    return { hub, privateKey, publicKey: publicKeyOf(privateKey) }
  }
  const identity = { hub: newId(), ...newKeyPair() }
  await secrets.set(SECRET, JSON.stringify({ hub: identity.hub, privateKey: identity.privateKey }))
  return identity
}
