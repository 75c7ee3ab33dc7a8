/**
 * The streamer's tokens: kept sealed, refreshed in time and by one caller at a time, validated hourly. A refresh token of
 * a public client works once, so the new one is stored before anyone uses what came with it. Does not know what the
 * tokens are used for.
 */
import { createHash } from 'node:crypto'
import type { AccessTokenWithUserId, AuthProvider } from '@twurple/auth'
import { z } from 'zod'
import { type Clock, sleep } from '../../../base/clock.ts'
import { errorMessage } from '../../../base/result.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { type GrantedTokens, type IdService, IdServiceError, type ValidatedToken } from './id-service.ts'

/** Twitch asks that a token in use is validated each hour. */
const VALIDATE_EVERY_MS = 60 * 60_000
/** Refreshed this long before it expires, so that no call ever meets an expired one. */
const REFRESH_AHEAD_MS = 5 * 60_000
/** After a refresh or validation that did not get through, ms. */
const TRY_AGAIN_MS = 30_000

/** Twitch says 0 of a token that does not expire. */
const NEVER_EXPIRES_MS = 365 * 24 * 60 * 60_000

const SECRET_NAME = 'twitch.tokens'
const OTHER_CLIENT = 'the sign-in belongs to another client id; sign in again, or set the client id it is for'

const tokensSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
  userId: z.string(),
  login: z.string(),
  clientId: z.string(),
  /** Which seed they descend from; null when they came from a sign-in. */
  seed: z.string().nullable(),
})
export type TwitchTokens = z.output<typeof tokensSchema>

/** There are no tokens that Twitch would take: only a new sign-in helps. */
export class SignedOutError extends Error {}

export interface TwitchSeed {
  accessToken?: string | undefined
  refreshToken?: string | undefined
}

export interface TwitchAuthOptions {
  clientId: string
  seed: TwitchSeed
  id: IdService
  secrets: Secrets
  clock: Clock
  /** Hears of new tokens once they are stored, and of their end. */
  onChange(tokens: TwitchTokens | null): void
}

export class TwitchAuth {
  readonly clientId: string
  readonly #seed: TwitchSeed
  readonly #id: IdService
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #onChange: (tokens: TwitchTokens | null) => void
  #tokens: TwitchTokens | null = null
  #refreshing: Promise<TwitchTokens> | undefined
  #validatedAt = Number.NEGATIVE_INFINITY

  constructor({ clientId, seed, id, secrets, clock, onChange }: TwitchAuthOptions) {
    this.clientId = clientId
    this.#seed = seed
    this.#id = id
    this.#secrets = secrets
    this.#clock = clock
    this.#onChange = onChange
  }

  get tokens(): TwitchTokens | null {
    return this.#tokens
  }

  /**
   * Finds tokens (kept, or from the seed) and makes sure Twitch takes them. Rejects with `SignedOutError` when there are
   * none or they are refused, with `IdServiceError` when Twitch can't be asked.
   */
  async open(signal: AbortSignal): Promise<TwitchTokens> {
    this.#tokens ??= await this.#load()
    const seedId = this.#seedId()
    if (seedId !== null && this.#tokens?.seed !== seedId && !(await this.#wasSeededBefore(seedId))) {
      return this.#openSeed(seedId, signal)
    }
    if (!this.#tokens) throw new SignedOutError('not signed in to Twitch; sign in from the dashboard')
    if (this.#tokens.clientId !== this.clientId) throw new SignedOutError(OTHER_CLIENT)
    if (this.#dueMs() <= 0) await this.refresh(signal)
    return this.validate(signal)
  }

  /** Keeps them good until `signal` aborts. Resolves with the reason when Twitch takes them no longer. */
  async keep(signal: AbortSignal): Promise<SignedOutError | null> {
    while (!signal.aborted && this.#tokens) {
      const validateInMs = this.#validatedAt + VALIDATE_EVERY_MS - this.#clock.monotonic()
      await sleep(this.#clock, Math.max(0, Math.min(this.#dueMs(), validateInMs)), signal)
      if (signal.aborted) break
      try {
        if (this.#dueMs() <= 0) await this.refresh(signal)
        else await this.validate(signal)
      } catch (error) {
        if (error instanceof SignedOutError) return error
        await sleep(this.#clock, TRY_AGAIN_MS, signal)
      }
    }
    return null
  }

  /** Asks Twitch whether the token is good; refreshes it when it is not. */
  async validate(signal?: AbortSignal): Promise<TwitchTokens> {
    const tokens = this.#need()
    let valid: ValidatedToken
    try {
      valid = await this.#id.validate(tokens.accessToken, signal)
    } catch (error) {
      if (!(error instanceof IdServiceError) || error.fault !== 'refused') throw error
      const renewed = await this.refresh(signal)
      // Tokens just taken on: whose they are is still to be asked.
      return renewed.userId === '' ? this.validate(signal) : renewed
    }
    this.#validatedAt = this.#clock.monotonic()
    const { clientId, userId, login, scopes } = valid
    if (clientId !== this.clientId) throw new SignedOutError(OTHER_CLIENT)
    // Somebody refreshed meanwhile: what was validated is the token before.
    if (this.#tokens !== tokens) return this.#need()
    const expiresAt = this.#expiryOf(valid.expiresInSeconds)
    return this.#keepTokens({ ...tokens, userId, login, scopes, expiresAt })
  }

  /** New tokens for old. Callers at the same time share one exchange: the refresh token works once. */
  refresh(signal?: AbortSignal): Promise<TwitchTokens> {
    this.#refreshing ??= this.#exchange().finally(() => {
      this.#refreshing = undefined
    })
    if (!signal) return this.#refreshing
    return abortable(this.#refreshing, signal)
  }

  /** Takes on what a sign-in brought. */
  async adopt(granted: GrantedTokens, signal?: AbortSignal): Promise<TwitchTokens> {
    return this.#adopt(granted, null, signal)
  }

  /** Forgets the tokens here, and asks Twitch to forget them too. */
  async forget(): Promise<void> {
    const tokens = this.#tokens
    this.#tokens = null
    await this.#secrets.delete(SECRET_NAME)
    this.#onChange(null)
    // Twitch may be away: what is forgotten here is of no use to anyone, and expires in hours.
    if (tokens) await this.#id.revoke(this.clientId, tokens.accessToken).catch(() => {})
  }

  /** For `@twurple/api`, which asks before each call and refreshes on a 401. */
  get provider(): AuthProvider {
    return {
      clientId: this.clientId,
      getCurrentScopesForUser: () => this.#tokens?.scopes ?? [],
      getAccessTokenForUser: async () => this.#forTwurple(this.#need()),
      getAnyAccessToken: async () => this.#forTwurple(this.#need()),
      refreshAccessTokenForUser: async () => this.#forTwurple(await this.refresh()),
    }
  }

  #forTwurple(tokens: TwitchTokens): AccessTokenWithUserId {
    return {
      accessToken: tokens.accessToken,
      refreshToken: null,
      scope: tokens.scopes,
      // We keep it fresh; a token that Twitch refuses all the same is refreshed on the 401.
      expiresIn: null,
      obtainmentTimestamp: this.#clock.now(),
      userId: tokens.userId,
    }
  }

  #need(): TwitchTokens {
    if (!this.#tokens) throw new SignedOutError('not signed in to Twitch; sign in from the dashboard')
    return this.#tokens
  }

  #dueMs(): number {
    if (!this.#tokens) return Number.POSITIVE_INFINITY
    const { expiresAt, refreshToken } = this.#tokens
    return expiresAt - (refreshToken === null ? 0 : REFRESH_AHEAD_MS) - this.#clock.now()
  }

  async #exchange(): Promise<TwitchTokens> {
    const tokens = this.#need()
    if (tokens.refreshToken === null) throw new SignedOutError('the Twitch token has expired; sign in again')
    let granted: GrantedTokens
    try {
      granted = await this.#id.refresh(this.clientId, tokens.refreshToken)
    } catch (error) {
      if (error instanceof IdServiceError && error.fault === 'refused') {
        throw new SignedOutError(`Twitch refused to renew the sign-in (${error.message}); sign in again`)
      }
      throw error
    }
    if (this.#tokens !== tokens) return this.#need()
    this.#validatedAt = this.#clock.monotonic()
    return this.#keepTokens({
      ...tokens,
      accessToken: granted.accessToken,
      refreshToken: granted.refreshToken,
      expiresAt: this.#expiryOf(granted.expiresInSeconds),
      scopes: granted.scopes.length > 0 ? granted.scopes : tokens.scopes,
    })
  }

  /** Stored before Twitch is asked whose they are: a refresh token that is lost here is lost for good. */
  async #adopt(granted: GrantedTokens, seed: string | null, signal?: AbortSignal): Promise<TwitchTokens> {
    const { accessToken, refreshToken, scopes } = granted
    const expiresAt = this.#expiryOf(granted.expiresInSeconds)
    const clientId = this.clientId
    const tokens = { accessToken, refreshToken, expiresAt, scopes, userId: '', login: '', clientId, seed }
    await this.#store(tokens)
    this.#tokens = tokens
    return this.validate(signal)
  }

  #expiryOf(seconds: number): number {
    return this.#clock.now() + (seconds > 0 ? seconds * 1000 : NEVER_EXPIRES_MS)
  }

  #store(tokens: TwitchTokens): Promise<void> {
    return this.#secrets.set(SECRET_NAME, JSON.stringify(tokens))
  }

  /** Stored first, used after. */
  async #keepTokens(tokens: TwitchTokens): Promise<TwitchTokens> {
    await this.#store(tokens)
    this.#tokens = tokens
    this.#onChange(tokens)
    return tokens
  }

  async #load(): Promise<TwitchTokens | null> {
    let text: string | null
    try {
      text = await this.#secrets.get(SECRET_NAME)
    } catch (error) {
      throw new SignedOutError(`the kept sign-in can't be opened (${errorMessage(error)}); sign in to Twitch again`)
    }
    if (text === null) return null
    const json = parseJson(text)
    const parsed = tokensSchema.safeParse(json.ok ? json.value : null)
    return parsed.success ? parsed.data : null
  }

  /** The seed by its digest, never by itself. */
  #seedId(): string | null {
    const { accessToken, refreshToken } = this.#seed
    if (accessToken === undefined && refreshToken === undefined) return null
    return createHash('sha256')
      .update(`${accessToken ?? ''} ${refreshToken ?? ''}`)
      .digest('hex')
  }

  /** A seed is used once: what it became since, or a sign-in made after it, counts for more. */
  async #wasSeededBefore(seedId: string): Promise<boolean> {
    return (await this.#secrets.get(`${SECRET_NAME}.seed`)) === seedId
  }

  async #openSeed(seedId: string, signal: AbortSignal): Promise<TwitchTokens> {
    const { accessToken, refreshToken = null } = this.#seed
    let tokens: TwitchTokens
    try {
      tokens = await this.#adoptSeed(accessToken, refreshToken, seedId, signal)
    } catch (error) {
      if (!(error instanceof IdServiceError) || error.fault !== 'refused') throw error
      throw new SignedOutError(`Twitch refused the tokens from the settings (${error.message}); sign in again`)
    }
    await this.#secrets.set(`${SECRET_NAME}.seed`, seedId)
    return tokens
  }

  async #adoptSeed(accessToken: string | undefined, refreshToken: string | null, seedId: string, signal: AbortSignal) {
    if (accessToken !== undefined) {
      try {
        return await this.#adopt({ accessToken, refreshToken, expiresInSeconds: 0, scopes: [] }, seedId, signal)
      } catch (error) {
        const isRefused = error instanceof IdServiceError && error.fault === 'refused'
        if (!isRefused || refreshToken === null) throw error
      }
    }
    if (refreshToken === null) throw new SignedOutError('the settings hold no usable Twitch token; sign in')
    // Spends the refresh token: nothing may abort between here and the new one being stored.
    return this.#adopt(await this.#id.refresh(this.clientId, refreshToken), seedId)
  }
}

/** The promise goes on; only this caller stops waiting. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
