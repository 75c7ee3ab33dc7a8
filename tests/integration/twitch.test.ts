/** The whole hub as a process, against the fake Twitch over real sockets: what a kill must not lose or repeat. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { twitchTopics } from '../../electron/connections/twitch/topics.ts'

const HEADLESS = join(import.meta.dirname, '../../electron/headless.ts')
/** A busy machine is not a failure, ms. */
const PATIENCE_MS = 20_000
/** Two starts of the hub, ms. */
const TEST_DEADLINE_MS = 90_000

class HubProcess {
  readonly #child: ChildProcess
  readonly #dataDir: string
  #http = ''

  constructor(dataDir: string, env: Record<string, string>) {
    this.#dataDir = dataDir
    this.#child = spawn(process.execPath, [HEADLESS, '--port', '0', '--data', dataDir], {
      env: { ...process.env, LANDALE_LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }

  async ready(): Promise<void> {
    const [line] = (await once(this.#child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    this.#http = JSON.parse(line.toString()).http
  }

  async get<T>(path: string): Promise<T> {
    const token = (await readFile(join(this.#dataDir, 'control-token'), 'utf8')).trim()
    const response = await fetch(`${this.#http}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  /** Newest first. */
  async events(type: string): Promise<StoredEnvelope[]> {
    const { events } = await this.get<{ events: StoredEnvelope[] }>(`/api/events?type=${type}&limit=1000`)
    return events
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exited
  }
}

async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`never came to pass: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the hub and Twitch', { timeout: TEST_DEADLINE_MS }, () => {
  let fake: FakeTwitch
  let dataDir: string
  let hub: HubProcess | undefined
  let env: Record<string, string>

  beforeEach(async () => {
    fake = await startFakeTwitch()
    dataDir = await mkdtemp(join(tmpdir(), 'landale-twitch-'))
    const { accessToken, refreshToken } = fake.issueTokens()
    env = {
      LANDALE_TWITCH_CLIENT_ID: fake.clientId,
      LANDALE_TWITCH_ACCESS_TOKEN: accessToken,
      LANDALE_TWITCH_REFRESH_TOKEN: refreshToken,
      LANDALE_TWITCH_MOCK_PORT: String(fake.port),
    }
  })
  afterEach(async () => {
    await hub?.end('SIGKILL')
    hub = undefined
    await fake.dispose()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function start(): Promise<HubProcess> {
    // Known before it is ready: a test that runs out of time must not leave it behind.
    hub = new HubProcess(dataDir, env)
    await hub.ready()
    await eventually(
      () => (fake.subscribedTypes.length === twitchTopics.length ? true : undefined),
      'every subscription',
    )
    return hub
  }

  const has = (running: HubProcess, type: string, count = 1) =>
    eventually(async () => {
      const events = await running.events(type)
      return events.length >= count ? events : undefined
    }, `${count} of ${type}`)

  it('killed in the middle of a burst: everything once, whatever Twitch repeats, and the gap is told', async () => {
    const first = await start()
    // The last thing asked of Twitch at the first reading; from then on it counts as heard.
    await eventually(
      () => (fake.requests.includes('GET mock/hypetrain/status') ? true : undefined),
      'the first reading',
    )
    const sent = Array.from({ length: 200 }, (_, n) => {
      const event = { ...twitchSamples['channel.cheer'], bits: n + 1 }
      return { event, messageId: fake.notify('channel.cheer', event) }
    })
    await has(first, 'twitch.channel.cheer', 20)
    await first.end('SIGKILL')

    const followedAt = `${new Date().toISOString().slice(0, 19)}Z`
    fake.channel.followers.unshift({
      user_id: '4711',
      user_login: 'newcomer',
      user_name: 'Newcomer',
      followed_at: followedAt,
    })
    const second = await start()
    for (const { event, messageId } of sent) fake.notify('channel.cheer', event, { messageId })
    fake.notify('channel.raid')
    await has(second, 'twitch.channel.raid')
    const bits = (await has(second, 'twitch.channel.cheer', sent.length)).map(({ payload }) => payload.bits)
    expect(bits.toSorted((a, b) => Number(a) - Number(b))).toEqual(sent.map(({ event }) => event.bits))
    const [gap] = await has(second, 'twitch.gap')
    expect(gap?.payload.recovered).toContainEqual({ what: 'followers', count: 1 })
    expect(await second.events('twitch.channel.follow')).toMatchObject([
      { payload: { user_id: '4711', recovered: true } },
    ])
  })

  it('stops in order: flushed, and the sign-in is kept for the next time', async () => {
    const first = await start()
    fake.notify('channel.follow')
    await has(first, 'twitch.channel.follow')
    await first.end('SIGTERM')
    delete env.LANDALE_TWITCH_ACCESS_TOKEN
    delete env.LANDALE_TWITCH_REFRESH_TOKEN
    const second = await start()
    expect(await second.events('twitch.channel.follow')).toHaveLength(1)
  })
})

describe('the fake Twitch as a process', () => {
  let child: ReturnType<typeof run>
  const run = () =>
    spawn(process.execPath, [join(import.meta.dirname, 'twitch-fake-process.ts')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })

  afterEach(() => {
    child.kill('SIGKILL')
  })

  it('says what to configure, and takes verbs', async () => {
    child = run()
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async () => JSON.parse(String((await lines.next()).value))
    const { port, clientId, accessToken } = await next()
    const headers = { authorization: `Bearer ${accessToken}`, 'client-id': clientId }
    expect((await fetch(`http://127.0.0.1:${port}/mock/users`, { headers })).status).toBe(200)
    child.stdin.write('["subscribedTypes"]\n["notify","channel.follow"]\n["dance"]\nnonsense\n')
    expect(await next()).toEqual({ ok: [] })
    expect(await next()).toEqual({ error: 'nobody is subscribed to channel.follow' })
    expect(await next()).toEqual({ error: expect.stringContaining('"dance"') })
    expect(await next()).toEqual({ error: expect.any(String) })
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })
})
