import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { type FakeTwitch, startFakeTwitch } from './fake.ts'

/** The fake must be as strict as Twitch, or the tests built on it prove nothing. Driven here by bare `ws` and `fetch`. */
describe('the fake Twitch', () => {
  ensureNoLeaks()
  let fake: FakeTwitch
  let clock: FakeClock
  let token: string
  const sockets: WebSocket[] = []

  beforeEach(async () => {
    clock = new FakeClock()
    fake = await startFakeTwitch({ clock })
    token = fake.issueTokens().accessToken
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate()
    await fake.dispose()
  })

  type Frame = { metadata: { message_type: string; message_id: string }; payload: { session: Record<string, string> } }

  /** A socket and its frames so far. */
  async function connect(url = `ws://127.0.0.1:${fake.port}/ws`, options = {}) {
    const socket = new WebSocket(url, options)
    sockets.push(socket)
    const frames: Frame[] = []
    const waiting: (() => void)[] = []
    socket.on('message', (data) => {
      frames.push(JSON.parse(data.toString()))
      for (const wake of waiting.splice(0)) wake()
    })
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    const frame = async (at: number): Promise<Frame> => {
      while (frames.length <= at) await new Promise<void>((resolve) => waiting.push(resolve))
      return frames[at] as Frame
    }
    return { socket, frame, closed, frames }
  }

  async function subscribe(sessionId: string, change: Record<string, unknown> = {}, accessToken = token) {
    const response = await fetch(`http://127.0.0.1:${fake.port}/eventsub/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'client-id': fake.clientId },
      body: JSON.stringify({
        type: 'channel.follow',
        version: '2',
        condition: { broadcaster_user_id: fake.user.id, moderator_user_id: fake.user.id },
        transport: { method: 'websocket', session_id: sessionId },
        ...change,
      }),
    })
    return response.status
  }

  const welcomed = async () => {
    const client = await connect()
    const { payload } = await client.frame(0)
    return { ...client, sessionId: payload.session.id ?? '', session: payload.session }
  }

  it('welcomes, and ends an unused session after 10 s with 4003', async () => {
    const { closed, session } = await welcomed()
    expect(session).toMatchObject({ status: 'connected', keepalive_timeout_seconds: 10 })
    await clock.advance(9999)
    expect(fake.sessionCount).toBe(1)
    await clock.advance(1)
    expect(await closed).toBe(4003)
  })

  it('keeps a used session, with a keepalive whenever nothing else was said', async () => {
    const { sessionId, frame } = await welcomed()
    expect(await subscribe(sessionId)).toBe(202)
    await clock.advance(10_000)
    expect((await frame(1)).metadata.message_type).toBe('session_keepalive')
    expect(fake.sessionCount).toBe(1)
  })

  it('ends whoever speaks with 4001', async () => {
    const { socket, closed } = await welcomed()
    socket.send('hello')
    expect(await closed).toBe(4001)
  })

  it('ends whoever does not answer a ping with 4002', async () => {
    const client = await connect(undefined, { autoPong: false })
    const { payload } = await client.frame(0)
    await subscribe(payload.session.id ?? '')
    await clock.advance(20_000)
    expect(await client.closed).toBe(4002)
  })

  it('hands over: the old socket stays for 30 s, then 4004; the subscriptions move', async () => {
    const { sessionId, frame, closed } = await welcomed()
    await subscribe(sessionId)
    fake.reconnectSession()
    const { payload } = await frame(1)
    const next = await connect(payload.session.reconnect_url)
    expect((await next.frame(0)).payload.session.id).toBe(sessionId)
    expect(fake.sessionCount).toBe(2)
    expect(fake.subscribedTypes).toEqual(['channel.follow'])
    await clock.advance(30_000)
    expect(await closed).toBe(4004)
    fake.notify('channel.follow')
    let at = 1
    while ((await next.frame(at)).metadata.message_type === 'session_keepalive') at++
    expect((await next.frame(at)).metadata.message_type).toBe('notification')
  })

  it('ends a hand-over to an address it never gave with 4007', async () => {
    const { closed } = await connect(`ws://127.0.0.1:${fake.port}/ws?reconnect=made-up`)
    expect(await closed).toBe(4007)
  })

  it('refuses wrong versions, conditions, scopes, users, sessions, tokens and repetitions', async () => {
    const { sessionId } = await welcomed()
    const poor = fake.issueTokens([]).accessToken
    const other = { broadcaster_user_id: '1', moderator_user_id: '1' }
    expect(await subscribe(sessionId, { version: '1' })).toBe(400)
    expect(await subscribe(sessionId, { condition: { broadcaster_user_id: fake.user.id } })).toBe(400)
    expect(await subscribe(sessionId, { condition: other })).toBe(403)
    expect(await subscribe(sessionId, {}, poor)).toBe(403)
    expect(await subscribe('no-such-session')).toBe(400)
    expect(await subscribe(sessionId, {}, 'made-up')).toBe(401)
    expect(await subscribe(sessionId)).toBe(202)
    expect(await subscribe(sessionId)).toBe(409)
    fake.limitRate(1)
    expect(await subscribe(sessionId)).toBe(429)
    fake.id.expireTokens()
    expect(await subscribe(sessionId)).toBe(401)
  })

  it('takes a refresh token once, and no secret', async () => {
    const { refreshToken } = fake.issueTokens()
    const refresh = async (more = {}) => {
      const fields = { client_id: fake.clientId, grant_type: 'refresh_token', refresh_token: refreshToken, ...more }
      const body = new URLSearchParams(fields)
      return (await fetch(`http://127.0.0.1:${fake.port}/auth/token`, { method: 'POST', body })).status
    }
    expect(await refresh({ client_secret: 'x' })).toBe(400)
    expect(await refresh()).toBe(200)
    expect(await refresh()).toBe(400)
  })

  it('gives lists page by page, and only with the scope', async () => {
    fake.channel.followers = Array.from({ length: 150 }, (_, n) => ({ user_id: String(n) }))
    const read = async (query: string, accessToken = token) => {
      const url = `http://127.0.0.1:${fake.port}/mock/channels/followers?broadcaster_id=${fake.user.id}${query}`
      const headers = { authorization: `Bearer ${accessToken}`, 'client-id': fake.clientId }
      const response = await fetch(url, { headers })
      return {
        status: response.status,
        body: (await response.json()) as { data: unknown[]; pagination: { cursor?: string } },
      }
    }
    const first = await read('&first=100')
    expect(first.body.data).toHaveLength(100)
    const second = await read(`&first=100&after=${first.body.pagination.cursor}`)
    expect(second.body.data).toHaveLength(50)
    expect(second.body.pagination).toEqual({})
    expect((await read('', fake.issueTokens(['bits:read']).accessToken)).status).toBe(401)
  })
})
