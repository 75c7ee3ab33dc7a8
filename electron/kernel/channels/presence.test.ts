/** Presence topics by their rule in docs/wire.md, on real sockets; and that the fake tells its owners the same. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandError } from '../commands.ts'
import type { Guest, PresenceTopic } from './channels.ts'
import { FakeChannels } from './fake-channels.ts'
import { RawClient, TestHub, type TestHubOptions } from './test-hub.ts'

/** An owner that remembers who came and went. */
class Hall implements PresenceTopic {
  topic = 'overlay:*'
  scopes = ['overlay'] as const
  readonly came: Guest[] = []
  readonly left: Guest[] = []
  refusal: CommandError | null = null
  onCame: (guest: Guest) => void = () => {}

  onJoin(guest: Guest): void {
    if (this.refusal) throw this.refusal
    this.came.push(guest)
    this.onCame(guest)
  }

  onLeave(guest: Guest): void {
    this.left.push(guest)
  }

  get here(): string[] {
    return this.came.filter((guest) => !this.left.includes(guest)).map(({ topic }) => topic)
  }
}

describe('guests of the channel server', () => {
  let hub: TestHub
  const clients: RawClient[] = []
  beforeEach(async () => {
    hub = await new TestHub().start()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await hub.stop()
  })

  async function use(options: TestHubOptions): Promise<void> {
    await hub.stop()
    hub = await new TestHub(options).start()
  }

  async function overlay(headers: Record<string, string> = {}): Promise<RawClient> {
    const client = new RawClient(`${hub.socketUrl}/websocket?vsn=2.0.0&token=overlay-secret`, { headers })
    clients.push(client)
    await client.opened
    return client
  }

  function open(hall = new Hall()): Hall {
    hub.channels.presence(hall)
    return hall
  }

  it('[W15] tells the owner who came, with what, and once that it left', async () => {
    const hall = open()
    const before = Date.now()
    const client = await overlay({ 'user-agent': `OBS/31 ${'x'.repeat(300)}` })
    expect(await client.join('overlay:main', { canPlay: true })).toEqual({ status: 'ok', response: {} })
    const [guest] = hall.came
    expect(guest).toMatchObject({
      topic: 'overlay:main',
      params: { canPlay: true },
      address: '127.0.0.1',
      actor: { name: 'overlay' },
    })
    expect(guest?.agent).toMatch(/^OBS\/31 x{193}$/)
    expect(guest?.since).toBeGreaterThanOrEqual(before)
    await client.request('overlay:main', 'phx_leave')
    client.close()
    await client.closed
    await expect.poll(() => hub.channels.stats.sockets, { timeout: 10_000 }).toBe(0)
    expect(hall.left).toEqual([guest])
  })

  it('[W15] speaks to one alone, after the reply and with its join_ref', async () => {
    const hall = open()
    hall.onCame = (guest) => guest.push('hello', { number: hall.came.length })
    const [one, two] = [await overlay(), await overlay()]
    await one.request('overlay:main', 'phx_join', {}, '1')
    await two.request('overlay:main', 'phx_join', {}, '2')
    const alone = two.next()
    hall.came[1]?.push('only', { you: true })
    expect(await alone).toEqual(['2', null, 'overlay:main', 'only', { you: true }])
    await one.request('phoenix', 'heartbeat')
    expect(one.received.slice(0, -1)).toEqual([
      ['1', '1', 'overlay:main', 'phx_reply', { status: 'ok', response: {} }],
      ['1', null, 'overlay:main', 'hello', { number: 1 }],
    ])
  })

  it('[W15] pushes nothing to one who has left', async () => {
    const hall = open()
    const client = await overlay()
    await client.join('overlay:main')
    await client.request('overlay:main', 'phx_leave')
    hall.came[0]?.push('late', {})
    await client.request('phoenix', 'heartbeat')
    expect(client.pushes('overlay:main')).toEqual([])
  })

  it('[W15] takes each join for another guest', async () => {
    const hall = open()
    const client = await overlay()
    await client.join('overlay:main')
    await client.join('overlay:main')
    await client.join('overlay:second')
    expect(hall.here).toEqual(['overlay:main', 'overlay:second'])
    expect(new Set(hall.came.map(({ id }) => id)).size).toBe(3)
    expect(hall.left).toEqual([hall.came[0]])
  })

  it('[W15] lets the owner refuse, and then nobody has been there', async () => {
    const first = open()
    const second = open()
    const client = await overlay()
    second.refusal = new CommandError('not_found', 'there is no output "x"', { path: 'output' })
    expect(await client.join('overlay:x')).toEqual({
      status: 'error',
      response: { reason: 'not_found', message: 'there is no output "x"', path: 'output' },
    })
    expect(first.left).toEqual(first.came)
    expect([second.came, second.left]).toEqual([[], []])
    second.refusal = null
    expect((await client.join('overlay:x')).status).toBe('ok')
    expect(first.here).toEqual(['overlay:x'])
  })

  it('[W15] is one guest for all owners, and tells each only what its scopes allow', async () => {
    const [all, readers] = [open(), new Hall()]
    hub.channels.presence({ ...bound(readers), scopes: ['read'] })
    const client = await overlay()
    await client.join('overlay:main')
    expect(readers.came).toEqual([])
    const admin = await hub.connect()
    clients.push(admin)
    await admin.join('overlay:main')
    expect(readers.came).toEqual([all.came[1]])
  })

  it('[W15] says who asks', async () => {
    const hall = open()
    const handle = (_: unknown, { guestId }: { guestId?: string | undefined }) => ({ guestId })
    hub.channels.onMessage({ topic: 'overlay:*', event: 'who', scopes: ['overlay'], handle })
    const [one, two] = [await overlay(), await overlay()]
    await one.join('overlay:main')
    await two.join('overlay:main')
    expect((await two.request('overlay:main', 'who')).response).toEqual({ guestId: hall.came[1]?.id })
    expect((await one.request('overlay:main', 'who')).response).toEqual({ guestId: hall.came[0]?.id })
  })

  it('[W15] ends with the token and with the line', async () => {
    const hall = open()
    const [one, two] = [await overlay(), await hub.connect()]
    clients.push(two)
    await one.join('overlay:main')
    await two.join('overlay:main')
    hub.revoke('overlay-secret')
    expect(hall.left).toEqual([hall.came[0]])
    two.socket.terminate()
    await expect.poll(() => hall.left.length, { timeout: 10_000 }).toBe(2)
  })

  it('[W15] bounds what a guest says of itself', async () => {
    const hall = open()
    const client = await overlay()
    const answer = await client.join('overlay:main', { long: 'x'.repeat(5000) })
    expect(answer).toMatchObject({ status: 'error', response: { reason: 'invalid_payload', path: 'payload' } })
    expect(hall.came).toEqual([])
  })

  it('[W15] has every guest join again when an owner comes or goes', async () => {
    const first = open()
    const client = await overlay()
    await client.request('overlay:main', 'phx_join', {}, '1')
    const comes = client.next()
    const second = new Hall()
    const registration = hub.channels.presence(second)
    expect(await comes).toEqual(['1', '1', 'overlay:main', 'phx_error', {}])
    await client.request('overlay:main', 'phx_join', {}, '2')
    expect([first.here, second.here]).toEqual([['overlay:main'], ['overlay:main']])
    const goes = client.next()
    registration.dispose()
    expect(await goes).toEqual(['2', '2', 'overlay:main', 'phx_error', {}])
    expect([first.here, second.here]).toEqual([[], []])
    expect((await client.join('overlay:main')).status).toBe('ok')
  })

  it('[W15] leaves a topic that has a server of its own to it', async () => {
    const hall = open()
    hub.channels.signal({ topic: 'overlay:obs', scopes: ['overlay'] })
    const client = await overlay()
    expect((await client.join('overlay:obs')).status).toBe('ok')
    expect(await client.join('overlay:')).toMatchObject({ response: { reason: 'unmatched topic' } })
    expect(hall.came).toEqual([])
  })

  it('[W15] tells the other owners that a guest left when one of them throws', async () => {
    const lines: string[] = []
    await use({ onLog: (line) => lines.push(line) })
    hub.channels.presence({
      ...bound(new Hall()),
      onLeave: () => {
        throw new Error('a bug of the owner')
      },
    })
    const hall = open()
    const client = await overlay()
    await client.join('overlay:main')
    await client.request('overlay:main', 'phx_leave')
    expect(hall.left.length).toBe(1)
    expect(lines.join()).toContain('a bug of the owner')
  })
})

describe('guests of the fake', () => {
  it('join, hear, ask and leave', async () => {
    const hall = new Hall()
    const channels = new FakeChannels()
    const registration = channels.presence(hall)
    channels.onMessage({ topic: 'overlay:*', event: 'who', scopes: ['overlay'], handle: (_, { guestId }) => guestId })
    const page = channels.join('overlay:main', { params: { canPlay: true }, agent: 'OBS/31' })
    const other = channels.join('overlay:second')
    hall.came[0]?.push('hello', { a: 1 })
    expect([page.told('hello'), other.pushed]).toEqual([[{ a: 1 }], []])
    expect(await other.ask('who')).toBe(hall.came[1]?.id)
    page.leave()
    page.leave()
    expect(hall.left).toEqual([page])
    registration.dispose()
    expect(hall.left).toEqual([page, other])
    hall.refusal = new CommandError('not_found', 'no')
    channels.presence(hall)
    expect(() => channels.join('overlay:x')).toThrow('no')
  })
})

/** A copy whose methods can be replaced one by one. */
function bound(hall: Hall): PresenceTopic {
  const { topic, scopes } = hall
  return { topic, scopes, onJoin: (guest) => hall.onJoin(guest), onLeave: (guest) => hall.onLeave(guest) }
}
