/** The fake's id service: device codes, tokens and their rotation, as strict as Twitch's. Time is the fake's clock. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../base/clock.ts'

export interface FakeAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface FakeToken {
  accessToken: string
  refreshToken: string
  scopes: string[]
  /** ms epoch. */
  expiresAt: number
}

interface Device {
  code: string
  userCode: string
  scopes: string[]
  expiresAt: number
  outcome: 'pending' | 'approved' | 'denied'
  lastAskedAt: number
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const DEVICE_LIFE_S = 1800

export interface FakeIdOptions {
  clientId: string
  user: { id: string; login: string }
  clock: Clock
  /** What `expires_in` says of new tokens, s. */
  tokenLifeSeconds: number
  /** Least time between two questions for a device's tokens, s. */
  deviceIntervalSeconds: number
}

export class FakeId {
  readonly #options: FakeIdOptions
  readonly #access = new Map<string, FakeToken>()
  readonly #refresh = new Map<string, FakeToken>()
  #device: Device | undefined
  #slowDowns = 0
  /** By path, e.g. `token`. */
  readonly calls: string[] = []

  constructor(options: FakeIdOptions) {
    this.#options = options
  }

  issue(scopes: readonly string[]): FakeToken {
    const token: FakeToken = {
      accessToken: randomBytes(15).toString('hex'),
      refreshToken: randomBytes(25).toString('hex'),
      scopes: [...scopes],
      expiresAt: this.#options.clock.now() + this.#options.tokenLifeSeconds * 1000,
    }
    this.#access.set(token.accessToken, token)
    this.#refresh.set(token.refreshToken, token)
    return token
  }

  /** The streamer confirms the code. */
  approveDevice(): void {
    this.#settleDevice('approved')
  }

  denyDevice(): void {
    this.#settleDevice('denied')
  }

  expireDevice(): void {
    if (this.#device) this.#device.expiresAt = 0
  }

  /** The next `times` questions are answered with `slow_down`. */
  slowDown(times: number): void {
    this.#slowDowns = times
  }

  /** Access tokens are taken no longer; refresh tokens are. */
  expireTokens(): void {
    this.#access.clear()
  }

  /** No token is taken any more; answers how to take it back. */
  refuseAll(): () => void {
    const access = [...this.#access]
    const refresh = [...this.#refresh]
    this.#access.clear()
    this.#refresh.clear()
    return () => {
      for (const [key, token] of access) this.#access.set(key, token)
      for (const [key, token] of refresh) this.#refresh.set(key, token)
    }
  }

  /** The token of an `Authorization` header, or null when Twitch would not take it. */
  tokenOf(authorization: string | undefined, scheme: 'Bearer' | 'OAuth'): FakeToken | null {
    const [given, value] = (authorization ?? '').split(' ')
    if (given !== scheme || value === undefined) return null
    return this.#access.get(value) ?? null
  }

  get userCode(): string | undefined {
    return this.#device?.userCode
  }

  get deviceScopes(): string[] | undefined {
    return this.#device?.scopes
  }

  handle(method: string, path: string, form: URLSearchParams, authorization: string | undefined): FakeAnswer {
    this.calls.push(path)
    if (path === 'validate' && method === 'GET') return this.#validate(authorization)
    if (method !== 'POST') return refused(404, 'not found')
    if (form.get('client_id') !== this.#options.clientId) return refused(400, 'invalid client')
    switch (path) {
      case 'device':
        return this.#startDevice(form)
      case 'token':
        return form.get('grant_type') === DEVICE_GRANT ? this.#redeem(form) : this.#rotate(form)
      case 'revoke':
        return this.#revoke(form)
      default:
        return refused(404, 'not found')
    }
  }

  #validate(authorization: string | undefined): FakeAnswer {
    const token = this.tokenOf(authorization, 'OAuth')
    if (!token) return refused(401, 'invalid access token')
    const { clientId, user } = this.#options
    const body = { client_id: clientId, login: user.login, scopes: token.scopes, user_id: user.id }
    return { status: 200, body: { ...body, expires_in: this.#secondsLeft(token) } }
  }

  #secondsLeft({ expiresAt }: FakeToken): number {
    return Math.max(1, Math.round((expiresAt - this.#options.clock.now()) / 1000))
  }

  #startDevice(form: URLSearchParams): FakeAnswer {
    const { clock, deviceIntervalSeconds } = this.#options
    const code = randomBytes(20).toString('hex')
    const userCode = randomBytes(4).toString('hex').toUpperCase()
    const scopes = (form.get('scopes') ?? '').split(' ').filter(Boolean)
    const expiresAt = clock.now() + DEVICE_LIFE_S * 1000
    this.#device = { code, userCode, scopes, expiresAt, outcome: 'pending', lastAskedAt: 0 }
    return {
      status: 200,
      body: {
        device_code: code,
        expires_in: DEVICE_LIFE_S,
        interval: deviceIntervalSeconds,
        user_code: userCode,
        verification_uri: `https://www.twitch.tv/activate?public=true&device-code=${userCode}`,
      },
    }
  }

  #redeem(form: URLSearchParams): FakeAnswer {
    const device = this.#device
    if (!device || form.get('device_code') !== device.code) return refused(400, 'invalid device code')
    if (this.#options.clock.now() >= device.expiresAt) return refused(400, 'expired_token')
    if (this.#slowDowns > 0) {
      this.#slowDowns -= 1
      return refused(400, 'slow_down')
    }
    if (device.outcome === 'denied') return refused(400, 'access_denied')
    if (device.outcome === 'pending') return refused(400, 'authorization_pending')
    this.#device = undefined
    return this.#granted(this.issue(device.scopes))
  }

  /** A public client's refresh token works once. */
  #rotate(form: URLSearchParams): FakeAnswer {
    if (form.get('grant_type') !== 'refresh_token') return refused(400, 'unsupported grant type')
    if (form.has('client_secret')) return refused(400, 'a public client has no secret')
    const token = this.#refresh.get(form.get('refresh_token') ?? '')
    if (!token) return refused(400, 'Invalid refresh token')
    this.#refresh.delete(token.refreshToken)
    this.#access.delete(token.accessToken)
    return this.#granted(this.issue(token.scopes))
  }

  #revoke(form: URLSearchParams): FakeAnswer {
    const token = this.#access.get(form.get('token') ?? '')
    if (!token) return refused(400, 'Invalid token')
    this.#access.delete(token.accessToken)
    this.#refresh.delete(token.refreshToken)
    return { status: 200, body: {} }
  }

  #granted(token: FakeToken): FakeAnswer {
    const { accessToken, refreshToken, scopes } = token
    const body = { access_token: accessToken, refresh_token: refreshToken, scope: scopes, token_type: 'bearer' }
    return { status: 200, body: { ...body, expires_in: this.#options.tokenLifeSeconds } }
  }

  #settleDevice(outcome: Device['outcome']): void {
    if (!this.#device) throw new Error('no sign-in is under way')
    this.#device.outcome = outcome
  }
}

function refused(status: number, message: string): FakeAnswer {
  return { status, body: { status, message } }
}
