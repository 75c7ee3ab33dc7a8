import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { until } from '../behaviour-suite.ts'
import { createTwitchRig, type TwitchRig } from './testing.ts'
import { scopesFor, twitchTopics } from './topics.ts'

const INTERVAL_MS = 5000

describe('signing in', () => {
  ensureNoLeaks()
  let rig: TwitchRig

  afterEach(() => rig.dispose())

  async function reach(status: string): Promise<void> {
    await until(
      () => (rig.connection.state.status === status ? true : undefined),
      () => `${status}; it is ${JSON.stringify(rig.connection.state)}`,
    )
  }

  /** The next question for the tokens is asked and answered. */
  async function asked(): Promise<void> {
    const before = tokenCalls()
    await rig.clock.advance(INTERVAL_MS)
    await until(
      () => (tokenCalls() > before ? true : undefined),
      () => 'the next question',
    )
  }
  const tokenCalls = () => rig.fake.id.calls.filter((call) => call === 'token').length

  describe('from nothing', () => {
    beforeEach(async () => {
      rig = await createTwitchRig({ scopes: null, config: { clientId: undefined } })
      rig.start()
      await reach('idle')
    })

    it('a client id, a code, a confirmation: connected with everything', async () => {
      expect(rig.state.configured).toBe(false)
      await expect(rig.ask('twitch.sign-in')).rejects.toThrow(/twitch.configure/)
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await reach('needs-auth')
      expect(rig.state.configured).toBe(true)

      const result = await rig.ask('twitch.sign-in')
      expect(result).toMatchObject({
        userCode: rig.fake.id.userCode,
        verificationUri: expect.stringMatching(/^https:/),
      })
      expect(rig.state.signIn).toMatchObject({ status: 'pending', userCode: rig.fake.id.userCode })
      expect(rig.fake.id.deviceScopes).toEqual(scopesFor())

      await asked()
      rig.fake.id.approveDevice()
      await asked()
      await rig.covered()
      const { id, login, name } = rig.fake.user
      expect(rig.state.signIn).toMatchObject({ status: 'signed-in', userId: id, login, displayName: name })
      expect(rig.state.topics.filter(({ status }) => status.status === 'active')).toHaveLength(twitchTopics.length)
      const [event] = await rig.received('twitch.signed-in')
      expect(event?.payload).toMatchObject({ userId: id, login })
    })

    it('the client id and the sign-in survive a restart', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await reach('needs-auth')
      await rig.ask('twitch.sign-in')
      rig.fake.id.approveDevice()
      await asked()
      await rig.covered()
      await rig.restart()
      await rig.connected()
    })

    it('no token is ever shown or stored in the open', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await rig.ask('twitch.sign-in')
      rig.fake.id.approveDevice()
      await asked()
      await rig.covered()
      const { accessToken, refreshToken } = JSON.parse(rig.secrets.values.get('twitch.tokens') ?? '{}')
      const memory = await rig.store.all('SELECT * FROM twitch_memory')
      const seen = JSON.stringify([rig.state, rig.channels.patches, rig.events(), memory])
      expect(seen).not.toContain(accessToken)
      expect(seen).not.toContain(refreshToken)
    })

    it('too fast: asks less often', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await rig.ask('twitch.sign-in')
      rig.fake.id.slowDown(1)
      await asked()
      await until(
        () => (rig.clock.pendingTimers > 0 ? true : undefined),
        () => 'the next wait',
      )
      const before = tokenCalls()
      await rig.clock.advance(INTERVAL_MS)
      expect(tokenCalls()).toBe(before)
      rig.fake.id.approveDevice()
      await asked()
      await rig.connected()
    })

    it('refused on Twitch: says so', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await rig.ask('twitch.sign-in')
      rig.fake.id.denyDevice()
      await asked()
      await until(
        () => (rig.state.signIn.status === 'failed' ? true : undefined),
        () => 'failed',
      )
      expect(rig.state.signIn).toMatchObject({ reason: expect.stringContaining('refused') })
    })

    it('expired: says so', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await rig.ask('twitch.sign-in')
      rig.fake.id.expireDevice()
      await asked()
      await until(
        () => (rig.state.signIn.status === 'failed' ? true : undefined),
        () => 'failed',
      )
      expect(rig.state.signIn).toMatchObject({ reason: expect.stringContaining('expired') })
    })

    it('cancelled: asks no more', async () => {
      await rig.ask('twitch.configure', { clientId: rig.fake.clientId })
      await rig.ask('twitch.sign-in')
      await rig.ask('twitch.sign-in.cancel')
      expect(rig.state.signIn).toEqual({ status: 'signed-out' })
      const before = tokenCalls()
      await rig.clock.advance(10 * INTERVAL_MS)
      expect(tokenCalls()).toBe(before)
      await expect(rig.ask('twitch.sign-in.cancel')).rejects.toThrow(/no sign-in/)
    })
  })

  it('for a topic that is off: asks for its scope and for those there are, and switches it on', async () => {
    rig = await createTwitchRig({ scopes: ['user:read:chat'] })
    rig.start()
    await rig.covered()
    await rig.ask('twitch.sign-in', { topics: ['channel.follow', 'channel.cheer'] })
    expect(rig.fake.id.deviceScopes).toEqual(['bits:read', 'moderator:read:followers', 'user:read:chat'])
    expect(rig.connection.state.status).toBe('connected')
    rig.fake.id.approveDevice()
    await asked()
    await until(
      () => (rig.topic('channel.follow').status === 'active' ? true : undefined),
      () => 'the topic on',
    )
    expect(rig.topic('channel.poll.begin')).toMatchObject({ status: 'off', scope: 'channel:read:polls' })
    await expect(rig.ask('twitch.sign-in', { topics: ['channel.nonsense'] })).rejects.toThrow(/channel.nonsense/)
  })

  it('out again: tokens are forgotten here and at Twitch', async () => {
    rig = await createTwitchRig()
    rig.start()
    await rig.covered()
    await rig.ask('twitch.sign-out')
    await reach('needs-auth')
    expect(rig.state.signIn).toEqual({ status: 'signed-out' })
    expect(rig.secrets.values.has('twitch.tokens')).toBe(false)
    expect(rig.fake.id.calls).toContain('revoke')
    await rig.received('twitch.signed-out')
  })

  it('a client id of the settings is changed there only', async () => {
    rig = await createTwitchRig()
    rig.start()
    await rig.connected()
    await expect(rig.ask('twitch.configure', { clientId: 'other0client0id' })).rejects.toThrow(/config.json/)
  })

  it('switched off: idle', async () => {
    rig = await createTwitchRig({ config: { enabled: false } })
    rig.start()
    await reach('idle')
    expect(rig.fake.requests).toEqual([])
  })
})
