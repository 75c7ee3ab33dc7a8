import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { ioTurn, until } from '../behaviour-suite.ts'
import { twitchSamples } from './samples.ts'
import { createTwitchRig, type TwitchRig, type TwitchRigOptions } from './testing.ts'
import { twitchTopics } from './topics.ts'
import { toCanonical } from './wire.ts'

describe('the link to Twitch', () => {
  ensureNoLeaks()
  let rig: TwitchRig

  const arrange = async (options?: TwitchRigOptions) => {
    rig = await createTwitchRig(options)
    rig.start()
  }

  beforeEach(() => {
    rig = undefined as unknown as TwitchRig
  })
  afterEach(() => rig.dispose())

  describe('subscribes', () => {
    it('to every topic, in the right version and with the right condition, critical ones first', async () => {
      await arrange()
      await rig.covered()
      expect(rig.fake.subscribedTypes.slice().sort()).toEqual(twitchTopics.map(({ type }) => type).sort())
      const critical = twitchTopics.filter((topic) => topic.critical).map(({ type }) => type)
      expect(rig.fake.subscribedTypes.slice(0, critical.length).sort()).toEqual(critical.sort())
      expect(rig.state.topics.every(({ status }) => status.status === 'active')).toBe(true)
    })

    it('without a scope: those topics are off and name it, the others are on', async () => {
      await arrange({ scopes: ['user:read:chat'] })
      await rig.covered()
      expect(rig.topic('channel.follow')).toEqual({
        status: 'off',
        reason: 'missing-scope',
        scope: 'moderator:read:followers',
      })
      expect(rig.topic('channel.chat.message')).toEqual({ status: 'active' })
      expect(rig.topic('channel.raid')).toEqual({ status: 'active' })
      expect(rig.fake.subscribedTypes).not.toContain('channel.follow')
    })

    it('again and again where it fails, with longer waits, until it is there', async () => {
      rig = await createTwitchRig()
      rig.fake.failCreation('channel.cheer', 4)
      rig.start()
      await rig.covered()
      const waits: number[] = []
      for (let attempt = 1; attempt <= 4; attempt++) {
        const status = await until(
          () => {
            const found = rig.topic('channel.cheer')
            return found.status === 'retrying' && found.attempt === attempt ? found : undefined
          },
          () => `try ${attempt}`,
        )
        expect(status.reason).toContain('as asked')
        waits.push(status.retryAt - rig.clock.now())
        await rig.clock.advance(status.retryAt - rig.clock.now())
      }
      await becomes('channel.cheer', 'active')
      expect([...waits].sort((a, b) => a - b)).toEqual(waits)
      rig.fake.notify('channel.cheer')
      await rig.received('twitch.channel.cheer')
    })

    it('a subscription that exists already counts as made', async () => {
      rig = await createTwitchRig()
      rig.fake.failCreation('channel.raid', 1, 409)
      rig.start()
      await rig.covered()
      expect(rig.topic('channel.raid')).toEqual({ status: 'active' })
    })

    it('at the rate limit: waits as long as Twitch says', async () => {
      rig = await createTwitchRig()
      rig.fake.limitRate(1)
      rig.start()
      await rig.covered()
      expect(rig.fake.subscribedTypes).toHaveLength(twitchTopics.length)
    })

    it('with a token that expired meanwhile: renews it, once', async () => {
      await arrange()
      await rig.covered()
      rig.fake.id.expireTokens()
      rig.fake.close(4000)
      await becomesNot('connected')
      await rig.reconnected()
      await rig.received('twitch.gap')
      expect(rig.fake.id.calls.filter((call) => call === 'token')).toHaveLength(1)
    })

    it('a revocation is shown and told, and the next session subscribes again', async () => {
      await arrange()
      await rig.covered()
      rig.fake.revoke('channel.cheer', 'version_removed')
      await becomes('channel.cheer', 'revoked')
      const [event] = await rig.received('twitch.subscription.revoked')
      expect(event?.payload).toMatchObject({
        type: 'channel.cheer',
        version: '1',
        reason: expect.stringContaining('withdrew'),
      })
      rig.fake.drop()
      await becomesNot('connected')
      await rig.reconnected()
      await becomes('channel.cheer', 'active')
    })
  })

  describe('announces', () => {
    it('every topic, with every field', async () => {
      await arrange()
      await rig.covered()
      for (const [type, sample] of Object.entries(twitchSamples)) {
        rig.fake.notify(type)
        const [event] = await rig.received(`twitch.${type}`)
        expect(event).toMatchObject({ source: 'twitch', ...toCanonical(type, sample) })
      }
      expect(rig.events('twitch.unknown')).toEqual([])
    })

    it('at the time Twitch says, however old, and under whatever subscription id', async () => {
      await arrange()
      await rig.covered()
      const sentAt = rig.clock.now() - 60 * 60_000
      const timestamp = new Date(sentAt).toISOString()
      rig.fake.notify('channel.raid', twitchSamples['channel.raid'], { timestamp, subscriptionId: 'never-heard-of' })
      const [event] = await rig.received('twitch.channel.raid')
      expect(event?.at).toBe(sentAt)
    })

    it('a notification that overtakes the answer to its own creation', async () => {
      rig = await createTwitchRig()
      rig.fake.failCreation('channel.raid', 1000)
      rig.start()
      await rig.connected()
      rig.fake.notify('channel.raid', twitchSamples['channel.raid'], { subscriptionId: 'in-flight' })
      await rig.received('twitch.channel.raid')
    })

    it('every event of a batch, once', async () => {
      await arrange()
      await rig.covered()
      const sample = twitchSamples['channel.vip.add'] ?? {}
      rig.fake.notifyBatch('channel.vip.add', [sample, { ...sample, user_id: '1' }])
      rig.fake.repeat()
      rig.fake.notify('channel.raid')
      await rig.received('twitch.channel.raid')
      expect(rig.events('twitch.channel.vip.add').map(({ payload }) => payload.user_id)).toEqual(['540120377', '1'])
    })

    it('what is repeated: once, also after a restart', async () => {
      await arrange()
      await rig.covered()
      const messageId = rig.fake.notify('channel.cheer')
      rig.fake.repeat()
      rig.fake.repeat()
      rig.fake.notify('channel.raid')
      await rig.received('twitch.channel.raid')
      await rig.restart()
      await rig.covered()
      rig.fake.notify('channel.cheer', twitchSamples['channel.cheer'], { messageId })
      rig.fake.notify('channel.vip.add')
      await rig.received('twitch.channel.vip.add')
      expect(rig.events('twitch.channel.cheer')).toHaveLength(1)
    })

    it('the same deed done twice: twice', async () => {
      await arrange()
      await rig.covered()
      rig.fake.notify('channel.follow')
      rig.fake.notify('channel.follow')
      await rig.received('twitch.channel.follow', 2)
    })

    it('what it does not know, and what can not be read, as it came', async () => {
      await arrange()
      await rig.covered()
      rig.fake.notify('channel.brand_new', { a: 1 }, { subscriptionId: 'new' })
      rig.fake.sendText('not even JSON')
      const events = await rig.received('twitch.unknown', 2)
      expect(events.map(({ payload }) => payload)).toMatchObject([
        { rawType: 'channel.brand_new', body: { a: 1 } },
        { rawType: 'unreadable', body: { text: 'not even JSON' } },
      ])
      rig.fake.notify('channel.raid')
      await rig.received('twitch.channel.raid')
      expect(rig.connection.state.status).toBe('connected')
    })

    it('what the store refused, when Twitch sends it again', async () => {
      await arrange()
      await rig.covered()
      rig.store.refuse('disk full')
      rig.fake.notify('channel.cheer')
      await ioTurn()
      await ioTurn()
      rig.store.refuse(null)
      rig.fake.repeat()
      await rig.received('twitch.channel.cheer')
    })
  })

  describe('is cut off', () => {
    it.each([4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007])(
      'by %i: says so, comes back by itself with every topic, and tells of the gap',
      async (code) => {
        await arrange()
        await rig.covered()
        rig.fake.close(code)
        const [event] = await rig.received('twitch.disconnected')
        expect(event?.payload).toMatchObject({ code, willRetry: true, reason: expect.stringContaining(String(code)) })
        await rig.reconnected()
        await rig.received('twitch.gap')
        expect(rig.fake.subscribedTypes).toHaveLength(twitchTopics.length)
        rig.fake.notify('channel.raid')
        await rig.received('twitch.channel.raid')
      },
    )

    it('by silence: notices within 1.2 x keepalive, says since when, and clears it when back', async () => {
      await arrange()
      await rig.covered()
      rig.fake.silence()
      await ioTurn()
      const since = rig.clock.now()
      await rig.clock.advance(11_900)
      expect(rig.connection.state.status).toBe('connected')
      await rig.clock.advance(100)
      await becomesNot('connected')
      expect(rig.state.silentSince).toBe(since)
      const [event] = await rig.received('twitch.silent')
      expect(event?.payload).toEqual({ since, keepaliveSeconds: 10 })
      expect(rig.alarms.list).toMatchObject([{ id: 'twitch.silent', level: 'critical' }])
      rig.fake.speak()
      await rig.reconnected()
      expect(rig.state.silentSince).toBeNull()
      expect(rig.alarms.list).toEqual([])
    })

    it('any frame is proof of life', async () => {
      await arrange()
      await rig.covered()
      rig.fake.silence()
      for (let round = 0; round < 4; round++) {
        await rig.clock.advance(9000)
        rig.fake.sendText(`noise ${round}`)
        await rig.received('twitch.unknown', round + 1)
      }
      expect(rig.connection.state.status).toBe('connected')
    })
  })

  describe('is handed over', () => {
    it('to a new socket: nothing is lost, nothing comes twice, nothing is subscribed again', async () => {
      await arrange()
      await rig.covered()
      const created = rig.fake.requests.filter((request) => request === 'POST eventsub/subscriptions').length
      rig.fake.notify('channel.chat.message', said('before'))
      rig.fake.reconnectSession()
      rig.fake.notify('channel.chat.message', said('during'))
      await until(
        () => (rig.events('twitch.connected').length === 2 ? true : undefined),
        () => 'the second welcome',
      )
      rig.fake.notify('channel.chat.message', said('after'))
      const events = await rig.received('twitch.channel.chat.message', 3)
      expect(events.map(({ payload }) => payload.message)).toEqual(['before', 'during', 'after'])
      expect(rig.events('twitch.connected')[1]?.payload).toMatchObject({ resumed: true })
      expect(rig.events('twitch.gap', 'twitch.disconnected')).toEqual([])
      expect(rig.fake.requests.filter((request) => request === 'POST eventsub/subscriptions')).toHaveLength(created)
      await until(
        () => (rig.fake.sessionCount === 1 ? true : undefined),
        () => 'the old socket closed',
      )
    })

    it('to a socket that is never welcomed: the old one goes on, and it is tried again', async () => {
      await arrange()
      await rig.covered()
      rig.fake.withholdWelcome(1)
      rig.fake.reconnectSession()
      await until(
        () => (rig.fake.attempts === 2 ? true : undefined),
        () => 'the second socket',
      )
      rig.fake.notify('channel.raid')
      await rig.received('twitch.channel.raid')
      await beat(10_000)
      await beat(2000)
      await until(
        () => (rig.events('twitch.connected').length === 2 ? true : undefined),
        () => 'the second welcome',
      )
      expect(rig.events('twitch.gap', 'twitch.disconnected')).toEqual([])
    })

    it('to an address that is not of Twitch: stays, and keeps what was said', async () => {
      await arrange()
      await rig.covered()
      rig.fake.reconnectSession('ws://198.51.100.7/ws')
      const [event] = await rig.received('twitch.unknown')
      expect(event?.payload).toMatchObject({ rawType: 'session_reconnect' })
      expect(rig.fake.attempts).toBe(1)
    })

    it('too late: a gap, and a new session', async () => {
      await arrange()
      await rig.covered()
      rig.fake.withholdWelcome(1)
      rig.fake.reconnectSession()
      await until(
        () => (rig.fake.attempts === 2 ? true : undefined),
        () => 'the second socket',
      )
      rig.fake.close(4004)
      await beat(10_000)
      await rig.reconnected()
      await rig.received('twitch.gap')
    })
  })

  /** Time passes, with keepalives far more often than they are needed. */
  async function beat(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1000) {
      await rig.clock.advance(1000)
      rig.fake.sendText(
        JSON.stringify({ metadata: { message_id: 'k', message_type: 'session_keepalive' }, payload: {} }),
      )
      await ioTurn()
    }
  }

  async function becomes(type: string, status: string): Promise<void> {
    await until(
      () => (rig.topic(type).status === status ? true : undefined),
      () => `${type} ${status}; it is ${JSON.stringify(rig.topic(type))}`,
    )
  }

  async function becomesNot(status: string): Promise<void> {
    await until(
      () => (rig.connection.state.status === status ? undefined : true),
      () => `no longer ${status}`,
    )
  }
})

function said(text: string): Record<string, unknown> {
  return { ...twitchSamples['channel.chat.message'], message_id: crypto.randomUUID(), message: { text, fragments: [] } }
}
