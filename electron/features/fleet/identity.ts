/** Who this hub is to its agents: an id and a key pair, made once and kept with the secrets. */
import { z } from 'zod'
import { errorMessage } from '../../../base/result.ts'
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
  const kept = await openKept(secrets)
  if (kept) return kept
  const identity = { hub: newId(), ...newKeyPair() }
  await secrets.set(SECRET, JSON.stringify({ hub: identity.hub, privateKey: identity.privateKey }))
  return identity
}

async function openKept(secrets: Pick<Secrets, 'get'>): Promise<HubIdentity | null> {
  try {
    const kept = await secrets.get(SECRET)
    if (kept === null) return null
    const { hub, privateKey } = storedSchema.parse(JSON.parse(kept))
    return { hub, privateKey, publicKey: publicKeyOf(privateKey) }
  } catch (error) {
    const why = `the key by which agents know this hub can't be opened (${errorMessage(error)})`
    throw new Error(`${why}: it opens only for the user and on the machine that made it; go back to those`, {
      cause: error,
    })
  }
}
