import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { until } from '../behaviour-suite.ts'
import { SignedOutError, TwitchAuth, type TwitchSeed } from './auth.ts'
import { twitchEndpoints } from './endpoints.ts'
import { type FakeTwitch, startFakeTwitch } from './fake.ts'
import { createIdService, IdServiceError } from './id-service.ts'
import { FakeSecrets } from './testing.ts'

const HOUR_MS = 60 * 60_000

describe('tokens', () => {
  ensureNoLeaks()
  let fake: FakeTwitch
  let clock: FakeClock
  let secrets: FakeSecrets
  const never = new AbortController().signal

  beforeEach(async () => {
    clock = new FakeClock()
    fake = await startFakeTwitch({ clock })
    secrets = new FakeSecrets()
  })
  afterEach(() => fake.dispose())

  function create(seed: TwitchSeed = {}, clientId = fake.clientId): TwitchAuth {
    const id = createIdService(twitchEndpoints(fake.port), clock)
    return new TwitchAuth({ clientId, seed, id, secrets, clock, onChange: () => {} })
  }

  const seeded = () => {
    const { accessToken, refreshToken } = fake.issueTokens(['user:read:chat'])
    return { accessToken, refreshToken }
  }
  const calls = (path: string) => fake.id.calls.filter((call) => call === path).length
  const kept = () => JSON.parse(secrets.values.get('twitch.tokens') ?? 'null')

  it('without any: says what to do', async () => {
    await expect(create().open(never)).rejects.toThrow(/sign in from the dashboard/)
  })

  it('from the settings: taken on, validated and kept', async () => {
    const seed = seeded()
    const tokens = await create(seed).open(never)
    expect(tokens).toMatchObject({ ...seed, userId: fake.user.id, login: fake.user.login, scopes: ['user:read:chat'] })
    expect(kept()).toEqual(tokens)
  })

  it('from the settings: what they became since counts for more', async () => {
    const seed = seeded()
    const first = create(seed)
    await first.open(never)
    const renewed = await first.refresh()
    const again = await create(seed).open(never)
    expect(again.refreshToken).toBe(renewed.refreshToken)
    expect(calls('token')).toBe(1)
  })

  it('from the settings: new ones replace the old', async () => {
    await create(seeded()).open(never)
    const other = seeded()
    expect(await create(other).open(never)).toMatchObject(other)
  })

  it('from the settings: after signing out they are not taken again', async () => {
    const seed = seeded()
    const auth = create(seed)
    await auth.open(never)
    await auth.forget()
    expect(calls('revoke')).toBe(1)
    await expect(create(seed).open(never)).rejects.toBeInstanceOf(SignedOutError)
  })

  it('from the settings: an expired access token is renewed', async () => {
    const seed = seeded()
    fake.id.expireTokens()
    const tokens = await create(seed).open(never)
    expect(tokens.accessToken).not.toBe(seed.accessToken)
    expect(tokens.userId).toBe(fake.user.id)
  })

  it('from the settings: a refresh token alone is enough', async () => {
    const { refreshToken } = seeded()
    expect(await create({ refreshToken }).open(never)).toMatchObject({ userId: fake.user.id })
  })

  it('from the settings: refused ones say so', async () => {
    await expect(create({ accessToken: 'made-up' }).open(never)).rejects.toThrow(SignedOutError)
    await expect(create({ accessToken: 'made-up', refreshToken: 'too' }).open(never)).rejects.toThrow(SignedOutError)
  })

  it('are renewed five minutes before they expire, and validated each hour', async () => {
    const auth = create(seeded())
    const { expiresAt } = await auth.open(never)
    const stop = new AbortController()
    const keeping = auth.keep(stop.signal)
    const waiting = clock.pendingTimers
    const validations = calls('validate')
    for (let hour = 1; hour <= 3; hour++) {
      await clock.advance(HOUR_MS)
      await until(
        () => (calls('validate') === validations + hour ? true : undefined),
        () => `validation ${hour}`,
      )
      await until(
        () => (clock.pendingTimers === waiting ? true : undefined),
        () => 'the next wait',
      )
    }
    expect(calls('token')).toBe(0)
    await clock.advance((auth.tokens?.expiresAt ?? expiresAt) - 5 * 60_000 - clock.now())
    await until(
      () => (calls('token') === 1 ? true : undefined),
      () => 'the renewal',
    )
    stop.abort()
    expect(await keeping).toBeNull()
  })

  it('are renewed by one caller at a time: the refresh token works once', async () => {
    const auth = create(seeded())
    await auth.open(never)
    const renewed = await Promise.all(Array.from({ length: 10 }, () => auth.refresh()))
    expect(calls('token')).toBe(1)
    expect(new Set(renewed.map(({ accessToken }) => accessToken)).size).toBe(1)
  })

  it('are kept before they are used', async () => {
    const auth = create(seeded())
    const before = await auth.open(never)
    const set = secrets.set.bind(secrets)
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    secrets.set = async (name, value) => {
      reached.resolve()
      await gate.promise
      await set(name, value)
    }
    const refreshing = auth.refresh()
    await reached.promise
    expect(auth.tokens).toEqual(before)
    gate.resolve()
    const after = await refreshing
    expect(kept().refreshToken).toBe(after.refreshToken)
    expect(auth.tokens).toEqual(after)
  })

  it('refused for good: needs a new sign-in, and stay until there is one', async () => {
    const auth = create(seeded())
    await auth.open(never)
    const restore = fake.id.refuseAll()
    await expect(auth.validate()).rejects.toBeInstanceOf(SignedOutError)
    expect(kept()).not.toBeNull()
    restore()
    await auth.validate()
  })

  it('refused while kept: tells', async () => {
    const auth = create(seeded())
    await auth.open(never)
    const keeping = auth.keep(never)
    fake.id.refuseAll()
    await clock.advance(HOUR_MS)
    expect(await keeping).toBeInstanceOf(SignedOutError)
  })

  it('Twitch away: nothing is given up', async () => {
    const auth = create(seeded())
    await auth.open(never)
    fake.freeze()
    const validating = auth.validate()
    validating.catch(() => {})
    await clock.advance(10_000)
    await expect(validating).rejects.toBeInstanceOf(IdServiceError)
    expect(auth.tokens).not.toBeNull()
    fake.thaw()
    await auth.validate()
  })

  it('of another client id: say so', async () => {
    await create(seeded()).open(never)
    await expect(create({}, 'another0client0id').open(never)).rejects.toThrow(/another client id/)
  })

  it('that can not be opened: say so', async () => {
    secrets.get = async () => {
      throw new Error('made by another user')
    }
    await expect(create().open(never)).rejects.toThrow(/made by another user.*sign in to Twitch again/)
  })
})

describe('endpoints', () => {
  it('a hand-over goes to Twitch only', () => {
    const { isReconnectUrl } = twitchEndpoints(undefined)
    expect(isReconnectUrl('wss://cell-a.eventsub.wss.twitch.tv/ws?challenge=x')).toBe(true)
    for (const url of ['ws://eventsub.wss.twitch.tv/ws', 'wss://twitch.tv.example.org/ws', 'wss://nottwitch.tv', 'x']) {
      expect(isReconnectUrl(url), url).toBe(false)
    }
  })

  it('the stand-in is one switch, for the library too', () => {
    twitchEndpoints(4711)
    expect(process.env.TWURPLE_MOCK_API_PORT).toBe('4711')
    twitchEndpoints(undefined)
    expect(process.env.TWURPLE_MOCK_API_PORT).toBe('')
  })
})
