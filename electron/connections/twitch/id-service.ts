/**
 * Twitch's id service, as a public client uses it: device sign-in, refresh, validation, revocation. No secret is known or
 * sent. Does not keep anything; every call settles, by its deadline at the latest.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { withDeadline } from '../../../base/deadline.ts'
import { errorMessage } from '../../../base/result.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import type { TwitchEndpoints } from './endpoints.ts'

const REQUEST_DEADLINE_MS = 10_000

export interface DeviceCode {
  deviceCode: string
  userCode: string
  verificationUri: string
  /** How long the code is good, s. */
  expiresInSeconds: number
  /** Least time between two questions, s. */
  intervalSeconds: number
}

export interface GrantedTokens {
  accessToken: string
  refreshToken: string | null
  expiresInSeconds: number
  scopes: string[]
}

export interface ValidatedToken {
  clientId: string
  userId: string
  login: string
  scopes: string[]
  expiresInSeconds: number
}

/** `refused`: Twitch understood and says no, asking again can't help. `unreachable`: it may help. */
export type IdFault = 'refused' | 'unreachable'

export class IdServiceError extends Error {
  readonly fault: IdFault
  /** What Twitch said, e.g. `authorization_pending`. */
  readonly said: string

  constructor(fault: IdFault, said: string, message: string) {
    super(message)
    this.fault = fault
    this.said = said
  }
}

const deviceSchema = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1),
  verification_uri: z.url({ protocol: /^https?$/ }),
  expires_in: z.number().positive(),
  interval: z.number().positive(),
})
const scopesSchema = z
  .union([z.array(z.string()), z.string()])
  .nullish()
  .transform((scopes) => (typeof scopes === 'string' ? scopes.split(' ').filter(Boolean) : (scopes ?? [])))
const tokenSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().nonnegative(),
  scope: scopesSchema,
})
const validateSchema = z.object({
  client_id: z.string(),
  user_id: z.string().min(1),
  login: z.string(),
  scopes: scopesSchema,
  expires_in: z.number().nonnegative(),
})

export interface IdService {
  requestDevice(clientId: string, scopes: readonly string[], signal: AbortSignal): Promise<DeviceCode>
  /** Rejects with `said: 'authorization_pending'` until the streamer has confirmed. */
  redeemDevice(options: {
    clientId: string
    scopes: readonly string[]
    deviceCode: string
    signal: AbortSignal
  }): Promise<GrantedTokens>
  refresh(clientId: string, refreshToken: string, signal?: AbortSignal): Promise<GrantedTokens>
  validate(accessToken: string, signal?: AbortSignal): Promise<ValidatedToken>
  revoke(clientId: string, accessToken: string): Promise<void>
}

export function createIdService(endpoints: Pick<TwitchEndpoints, 'id'>, clock: Clock): IdService {
  async function call<S extends z.ZodType>(path: string, init: RequestInit, schema: S, signal?: AbortSignal) {
    const deadline = new AbortController()
    const ends = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal
    const error = new IdServiceError(
      'unreachable',
      'timeout',
      `Twitch did not answer within ${REQUEST_DEADLINE_MS / 1000} s`,
    )
    try {
      const work = ask(endpoints.id(path), { ...init, signal: ends, redirect: 'error' }, schema)
      return await withDeadline(work, { clock, ms: REQUEST_DEADLINE_MS, signal, error })
    } finally {
      deadline.abort()
    }
  }
  const post = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) })

  return {
    async requestDevice(clientId, scopes, signal) {
      const init = post({ client_id: clientId, scopes: scopes.join(' ') })
      const answer = await call('device', init, deviceSchema, signal)
      return {
        deviceCode: answer.device_code,
        userCode: answer.user_code,
        verificationUri: answer.verification_uri,
        expiresInSeconds: answer.expires_in,
        intervalSeconds: answer.interval,
      }
    },
    async redeemDevice({ clientId, scopes, deviceCode, signal }) {
      const init = post({
        client_id: clientId,
        scopes: scopes.join(' '),
        device_code: deviceCode,
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      })
      return granted(await call('token', init, tokenSchema, signal))
    },
    async refresh(clientId, refreshToken, signal) {
      const init = post({ client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken })
      return granted(await call('token', init, tokenSchema, signal))
    },
    async validate(accessToken, signal) {
      const answer = await call(
        'validate',
        { headers: { authorization: `OAuth ${accessToken}` } },
        validateSchema,
        signal,
      )
      return {
        clientId: answer.client_id,
        userId: answer.user_id,
        login: answer.login,
        scopes: answer.scopes,
        expiresInSeconds: answer.expires_in,
      }
    },
    async revoke(clientId, accessToken) {
      await call('revoke', post({ client_id: clientId, token: accessToken }), z.unknown())
    },
  }
}

function granted(answer: z.output<typeof tokenSchema>): GrantedTokens {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresInSeconds: answer.expires_in,
    scopes: answer.scope,
  }
}

async function ask<S extends z.ZodType>(url: string, init: RequestInit, schema: S): Promise<z.output<S>> {
  let status: number
  let text: string
  try {
    const response = await fetch(url, init)
    status = response.status
    text = await response.text()
  } catch (error) {
    throw new IdServiceError('unreachable', '', `Twitch's sign-in service can't be reached: ${errorMessage(error)}`)
  }
  const json = parseJson(text)
  const body = json.ok ? json.value : null
  if (status >= 400) throw refusal(status, body)
  const parsed = schema.safeParse(body)
  if (!parsed.success) {
    throw new IdServiceError('unreachable', '', `Twitch's answer to ${new URL(url).pathname} can't be read`)
  }
  return parsed.data
}

/** 400, 401 and 403 are a no; anything else (429, 5xx) is trouble of the moment. */
function refusal(status: number, body: unknown): IdServiceError {
  const message = z.object({ message: z.string() }).safeParse(body)
  const said = message.success ? message.data.message : ''
  const fault = status === 400 || status === 401 || status === 403 ? 'refused' : 'unreachable'
  return new IdServiceError(fault, said, `Twitch answered ${status}${said ? `: ${said}` : ''}`)
}
