/**
 * Signing in with a device code: Twitch gives a short code, the streamer confirms it on any device, and we ask until they
 * have. Nothing is copied by hand and no secret is known. One sign-in at a time; a new one replaces the one under way.
 */
import { type Clock, sleep } from '../../../base/clock.ts'
import type { Disposable } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { TwitchSignIn } from '../../../contracts/state/twitch.ts'
import type { TwitchAuth } from './auth.ts'
import { type DeviceCode, type IdService, IdServiceError } from './id-service.ts'

/** Added to the interval each time Twitch says `slow_down`, s (RFC 8628, 3.5). */
const SLOW_DOWN_S = 5

type Pending = Extract<TwitchSignIn, { status: 'pending' }>

export interface DeviceSignInOptions {
  id: IdService
  clock: Clock
  onStatus(status: Pending | { status: 'failed'; reason: string }): void
  /** The tokens are kept and good. */
  onSignedIn(): Promise<void>
}

export class DeviceSignIn implements Disposable {
  readonly #options: DeviceSignInOptions
  #current: AbortController | undefined
  #polling: Promise<void> = Promise.resolve()

  constructor(options: DeviceSignInOptions) {
    this.#options = options
  }

  get isPending(): boolean {
    return this.#current !== undefined
  }

  /** Asks for a code and goes on asking for its tokens. Rejects with `IdServiceError` when there is no code to be had. */
  async start(auth: TwitchAuth, scopes: readonly string[]): Promise<Pending> {
    this.cancel()
    const { id, clock, onStatus } = this.#options
    const current = new AbortController()
    this.#current = current
    let device: DeviceCode
    try {
      device = await id.requestDevice(auth.clientId, scopes, current.signal)
    } catch (error) {
      if (this.#current === current) this.#current = undefined
      throw error
    }
    const expiresAt = clock.now() + device.expiresInSeconds * 1000
    const { userCode, verificationUri } = device
    const pending: Pending = { status: 'pending', userCode, verificationUri, expiresAt }
    onStatus(pending)
    this.#polling = this.#poll(auth, scopes, device, expiresAt, current)
    return pending
  }

  /** Gives up the one under way; true when there was one. */
  cancel(): boolean {
    const wasPending = this.isPending
    this.#current?.abort()
    this.#current = undefined
    return wasPending
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#polling
  }

  async #poll(
    auth: TwitchAuth,
    scopes: readonly string[],
    device: DeviceCode,
    expiresAt: number,
    current: AbortController,
  ): Promise<void> {
    const { signal } = current
    const outcome = await this.#redeem(auth, scopes, device, expiresAt, signal).catch(errorMessage)
    if (signal.aborted) return
    this.#current = undefined
    if (outcome === null) await this.#options.onSignedIn()
    else this.#options.onStatus({ status: 'failed', reason: outcome })
  }

  /** Null when signed in, else why not. */
  async #redeem(
    auth: TwitchAuth,
    scopes: readonly string[],
    { deviceCode, intervalSeconds }: DeviceCode,
    expiresAt: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { id, clock } = this.#options
    let waitSeconds = intervalSeconds
    while (clock.now() + waitSeconds * 1000 < expiresAt) {
      await sleep(clock, waitSeconds * 1000, signal)
      if (signal.aborted) return 'cancelled'
      try {
        const granted = await id.redeemDevice({ clientId: auth.clientId, scopes, deviceCode, signal })
        await auth.adopt(granted)
        return null
      } catch (error) {
        const said = error instanceof IdServiceError ? error.said : ''
        if (said === 'slow_down') waitSeconds += SLOW_DOWN_S
        else if (said !== 'authorization_pending' && !isPassing(error)) return refusalOf(said, error)
      }
    }
    return 'the code expired before it was confirmed; sign in again'
  }

  dispose(): void {
    this.cancel()
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof IdServiceError && error.fault === 'unreachable'
}

function refusalOf(said: string, error: unknown): string {
  if (said === 'access_denied') return 'the sign-in was refused on Twitch'
  if (said === 'expired_token' || said === 'invalid device code') {
    return 'the code expired or was used already; sign in again'
  }
  return `Twitch refused the sign-in: ${errorMessage(error)}`
}
