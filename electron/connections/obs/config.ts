/**
 * Where OBS is and how to get in. Three sources: the environment beats what was set from the dashboard, which beats the
 * settings file. What is set from the dashboard is kept among the secrets as a whole, because the password is one.
 */
import { z } from 'zod'
import type { Secrets } from '../../kernel/secrets.ts'

const url = z.url({ protocol: /^wss?$/, error: 'expected a WebSocket address, e.g. ws://127.0.0.1:4455' }).max(300)
const password = z.string().max(300)

export const obsConfigSchema = z.strictObject({
  /** False: Landale leaves OBS alone. */
  enabled: z.boolean().default(true),
  url: url.default('ws://127.0.0.1:4455'),
  /** Shown in OBS under Tools > WebSocket Server Settings. Without one, OBS must ask for none. */
  password: password.optional(),
})

export type ObsConfig = z.output<typeof obsConfigSchema>

interface ObsAddress {
  url: string
  password: string | null
}

/** What the environment set; it can't be changed from the dashboard. */
export interface ObsEnvironment {
  url?: string | undefined
  password?: string | undefined
}

const SECRET_NAME = 'obs'
const storedSchema = z.object({ url, password: password.nullable() })

export interface ObsAddressBook {
  /** The address in force. Rejects when the secrets can't be read. */
  read(): Promise<ObsAddress>
  /** Keeps an address set by the streamer. Without a password the one in force stays, if the address is the same. */
  save(url: string, password: string | undefined): Promise<void>
}

export function createObsAddressBook(secrets: Secrets, config: ObsConfig, environment: ObsEnvironment): ObsAddressBook {
  async function read(): Promise<ObsAddress> {
    const stored = await readStored(secrets)
    const base = stored ?? { url: config.url, password: config.password ?? null }
    return { url: environment.url || base.url, password: environment.password || base.password }
  }
  return {
    read,
    async save(nextUrl, nextPassword) {
      // What can't be read any more is replaced all the same.
      const current = await read().catch(() => null)
      const kept = current?.url === nextUrl ? current.password : null
      const next: ObsAddress = { url: nextUrl, password: nextPassword ?? kept }
      await secrets.set(SECRET_NAME, JSON.stringify(next))
    },
  }
}

async function readStored(secrets: Secrets): Promise<ObsAddress | null> {
  const text = await secrets.get(SECRET_NAME)
  if (text === null) return null
  const parsed = storedSchema.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : null
}

/** The address as it may be shown: without what may stand in it as user and password. */
export function publicUrl(address: string): string {
  if (!URL.canParse(address)) return address
  const shown = new URL(address)
  shown.username = ''
  shown.password = ''
  return shown.pathname === '/' && shown.search === '' ? `${shown.protocol}//${shown.host}` : shown.href
}
