/** The headless hub as a process: what it says, what it keeps, how it ends, and how it refuses what it can't do. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { HeadlessProcess } from './headless-process.ts'
import { buildOnce, connectPage, follow, getJson, readEvents, twitchEnvironment, until } from './main-job-rig.ts'

let data: string
let started: HeadlessProcess[]

beforeAll(buildOnce, 120_000)
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'landale-headless-'))
  started = []
})
afterEach(async () => {
  await Promise.all(started.map((process) => process.stop('SIGKILL')))
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

/** On the test's data folder and a free port, unless `args` say otherwise. */
function start(args: readonly string[] = ['--data', data, '--port', '0'], env: Record<string, string> = {}) {
  const process = new HeadlessProcess(args, env)
  started.push(process)
  return process
}

function config(text: string): void {
  writeFileSync(join(data, 'config.json'), text)
}

type Place = { http: string; controlToken: string }

async function command({ http, controlToken }: Place, name: string, args: object = {}) {
  const response = await fetch(`${http}/api/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  return (await response.json()) as { status: string; result: Record<string, unknown> }
}

const simulate = (hub: Place, type = 'twitch.channel.chat.message') => command(hub, 'simulator.event', { type })

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

describe('when it is ready', () => {
  it('says so in exactly one line of JSON, and nothing else on standard output', async () => {
    const hub = start()
    await hub.ready()
    await hub.stop()
    const [line, rest] = hub.stdout.split('\n')
    expect(rest).toBe('')
    const said = JSON.parse(line ?? '')
    const { port } = new URL(said.http)
    const http = `http://127.0.0.1:${port}`
    expect(said).toEqual({
      ready: true,
      http,
      dashboard: expect.stringMatching(new RegExp(`^${http}/dashboard#token=[\\w-]{43}$`)),
      overlay: expect.stringMatching(new RegExp(`^${http}/overlay/main\\?token=[\\w-]{43}$`)),
      data,
    })
  })

  it('answers at once at every address that it printed', async () => {
    const { http, dashboard, overlay } = await start().ready()
    for (const address of [`${http}/health`, `${http}/ready`, dashboard, overlay]) {
      expect((await fetch(address)).status, address).toBe(200)
    }
  })

  it('says it in words for a person, when asked', async () => {
    const hub = start(['--data', data, '--port', '0', '--human'])
    await until('its words', () => hub.stdout.includes('Ctrl+C'))
    expect(hub.stdout).toMatch(/Dashboard {2}http:.*\n {2}Overlay {4}http:.*\n {2}Data {7}\//)
  })

  it('plays the demo where told to, marked as simulated', async () => {
    const hub = await start(['--data', data, '--port', '0', '--demo']).ready()
    const events = await until('events of the demo', async () => {
      const simulated = (await readEvents(hub)).filter(({ source }) => source === 'simulator')
      return simulated.length > 3 && simulated
    })
    expect(events.every(({ type }) => /^(twitch|obs|simulator)\./.test(type))).toBe(true)
  })
})

describe('the control token', () => {
  it('is kept for its owner only, opens /api, and nothing else does', async () => {
    const { http, controlToken } = await start().ready()
    expect(statSync(join(data, 'control-token')).mode & 0o777).toBe(0o600)
    const ask = (authorization?: string) =>
      fetch(`${http}/api/events`, { headers: authorization === undefined ? {} : { authorization } })
    expect((await ask(`Bearer ${controlToken}`)).status).toBe(200)
    expect((await ask()).status).toBe(401)
    expect((await ask('Bearer wrong')).status).toBe(401)
    expect((await ask(`Bearer ${controlToken.toLowerCase()}`)).status).toBe(401)
  })

  it('survives a restart, and no secret is ever logged', async () => {
    const env = { LANDALE_LOG_LEVEL: 'trace', LANDALE_OBS_PASSWORD: 'hunter-two' }
    const before = start(undefined, env)
    const { controlToken, overlay } = await before.ready()
    await before.stop()
    const after = start(undefined, env)
    expect(await after.ready()).toMatchObject({ controlToken })
    await after.stop()
    const overlayToken = new URL(overlay).searchParams.get('token') ?? ''
    for (const secret of [controlToken, overlayToken, 'hunter-two']) {
      expect(before.stderr + after.stderr).not.toContain(secret)
    }
  })
})

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s: quick, exit code 0, nothing acknowledged is lost', async (signal) => {
    const first = start()
    const place = await first.ready()
    await command(place, 'simulator.burst', { type: 'twitch.channel.cheer', count: 10_000, perSecond: 1000 })
    const answers = await Promise.all(Array.from({ length: 60 }, () => simulate(place)))
    const { code, tookMs } = await first.stop(signal)
    expect({ code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(tookMs).toBeLessThan(5000)
    const left = readdirSync(data).filter((name) => name.endsWith('-wal'))
    for (const name of left) expect(statSync(join(data, name)).size, name).toBe(0)

    const again = await start().ready()
    const kept = new Set((await readEvents(again, 'twitch.channel.chat.message')).map(({ id }) => id))
    for (const { status, result } of answers) {
      expect(status).toBe('committed')
      expect(kept).toContain(result.eventId)
    }
  })

  it('kill -9: the next start finds everything acknowledged and no stale lock', async () => {
    const first = start()
    const place = await first.ready()
    const answers = await Promise.all(Array.from({ length: 60 }, () => simulate(place)))
    expect(await first.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    const again = await start().ready()
    const kept = new Set((await readEvents(again, 'twitch.channel.chat.message')).map(({ id }) => id))
    for (const { result } of answers) expect(kept).toContain(result.eventId)
    expect(await simulate(again)).toMatchObject({ status: 'committed' })
  })
})

describe('a mistake of the user’s is named, with exit code 2', () => {
  const WRONG: readonly {
    name: string
    args?: string[]
    file?: string
    env?: Record<string, string>
    says: RegExp[]
  }[] = [
    { name: '--port abc', args: ['--port', 'abc'], says: [/--port/, /"abc"/, /expected number/] },
    { name: '--port 70000', args: ['--port', '70000'], says: [/--port/, /70000/, /65535/] },
    { name: 'an unknown flag', args: ['--prot', '7175'], says: [/--prot/] },
    { name: 'a word too many', args: ['now'], says: [/now/] },
    { name: 'a wrong field', file: '{"port": "seven"}', says: [/config\.json: port is "seven"/, /expected number/] },
    {
      name: 'a wrong inner field',
      file: '{"obs": {"enabled": 5}}',
      says: [/config\.json: obs\.enabled is 5/, /expected/],
    },
    { name: 'an unknown field', file: '{"colour": "red"}', says: [/config\.json: colour is "red"/, /no such setting/] },
    { name: 'broken JSON', file: '{\n  "port": ]\n}', says: [/config\.json, line 2, column 11/] },
    { name: 'no object', file: '[1]', says: [/config\.json is \[1\]/, /expected an object/] },
    { name: 'LANDALE_PORT', env: { LANDALE_PORT: 'lots' }, says: [/LANDALE_PORT is "lots"/, /expected number/] },
    { name: 'LANDALE_LOG_LEVEL', env: { LANDALE_LOG_LEVEL: 'loud' }, says: [/LANDALE_LOG_LEVEL is "loud"/, /"debug"/] },
    { name: 'LANDALE_OBS_URL', env: { LANDALE_OBS_URL: 'obs' }, says: [/LANDALE_OBS_URL is "obs"/, /ws:\/\//] },
    { name: 'LANDALE_IRONMON_PORT', env: { LANDALE_IRONMON_PORT: '-1' }, says: [/LANDALE_IRONMON_PORT is -1/] },
    { name: 'LANDALE_TWITCH_MOCK_PORT', env: { LANDALE_TWITCH_MOCK_PORT: 'x' }, says: [/LANDALE_TWITCH_MOCK_PORT/] },
    {
      name: 'LANDALE_TWITCH_CLIENT_ID',
      env: { LANDALE_TWITCH_CLIENT_ID: '?' },
      says: [/CLIENT_ID is "\?"/, /client id/],
    },
  ]

  it.each(WRONG)('$name', async ({ args = [], file, env = {}, says }) => {
    if (file !== undefined) config(file)
    const port = args.includes('--port') || env.LANDALE_PORT || file ? [] : ['--port', '0']
    const hub = start(['--data', data, ...port, ...args], env)
    const { code } = await hub.ended
    expect({ code, stdout: hub.stdout }).toEqual({ code: 2, stdout: '' })
    for (const part of says) expect(hub.stderr).toMatch(part)
    expect(hub.stderr).not.toMatch(/\n\s+at /)
  })

  it('a wrong password is never printed', async () => {
    config('{"obs": {"password": 123456}}')
    const hub = start()
    expect((await hub.ended).code).toBe(2)
    expect(hub.stderr).toContain('obs.password')
    expect(hub.stderr).not.toContain('123456')
  })
})

describe('what stands in its way is named, with exit code 1', () => {
  it('a port that is taken', async () => {
    const { http } = await start().ready()
    const { port } = new URL(http)
    const other = mkdtempSync(join(tmpdir(), 'landale-headless-'))
    const second = start(['--data', other, '--port', port])
    expect((await second.ended).code).toBe(1)
    rmSync(other, { recursive: true })
    expect(second.stdout).toBe('')
    expect(second.stderr).toMatch(new RegExp(`${port}.*in use|in use.*${port}`))
    expect(second.stderr).toMatch(/--port|LANDALE_PORT/)
    expect(second.stderr).not.toMatch(/\n\s+at /)
  })

  it('another hub on the same data folder, which goes on unharmed', async () => {
    const first = await start().ready()
    const second = start()
    expect((await second.ended).code).toBe(1)
    expect(second.stdout).toBe('')
    expect(second.stderr).toContain(`${data} is in use by another Landale`)
    expect(second.stderr).not.toMatch(/\n\s+at /)
    expect(await simulate(first)).toMatchObject({ status: 'committed' })
  })
})

describe('settings', () => {
  it('comments and trailing commas are allowed in config.json', async () => {
    const port = await freePort()
    config(`// the streaming PC\n{\n  /* ours */ "port": ${port},\n  "logLevel": "warn", // quiet\n}\n`)
    const { http } = await start(['--data', data]).ready()
    expect(http).toBe(`http://127.0.0.1:${port}`)
  })

  it('LANDALE_PORT beats the file, --port beats both', async () => {
    const [file, environment, flag] = [await freePort(), await freePort(), await freePort()]
    config(`{"port": ${file}}`)
    const env = { LANDALE_PORT: String(environment) }
    const first = start(['--data', data], env)
    expect(new URL((await first.ready()).http).port).toBe(String(environment))
    await first.stop()
    const second = start(['--data', data, '--port', String(flag)], env)
    expect(new URL((await second.ready()).http).port).toBe(String(flag))
  })

  it('LANDALE_DATA_DIR is where everything is kept, where --data says nothing', async () => {
    const hub = await start(['--port', '0'], { LANDALE_DATA_DIR: join(data, 'deep', 'down') }).ready()
    expect(hub.data).toBe(join(data, 'deep', 'down'))
    expect(readdirSync(hub.data)).toEqual(expect.arrayContaining(['landale.db', 'control-token']))
    expect(statSync(hub.data).mode & 0o077).toBe(0)
  })

  it('LANDALE_LOG_LEVEL beats the file', async () => {
    config('{"logLevel": "silent"}')
    const loud = start(undefined, { LANDALE_LOG_LEVEL: 'info' })
    await loud.ready()
    await loud.stop()
    expect(loud.stderr).toMatch(/"level":"info".*"msg":"ready"/)
    const quiet = start(undefined, { LANDALE_LOG_LEVEL: '' })
    await quiet.ready()
    await quiet.stop()
    expect(quiet.stderr).toBe('')
  })

  it('LANDALE_OBS_URL and LANDALE_OBS_PASSWORD beat the file', async () => {
    const obs = new FakeObs({ password: 'right' })
    await obs.start()
    config('{"obs": {"url": "ws://127.0.0.1:9", "password": "wrong"}}')
    const place = await start(undefined, { LANDALE_OBS_URL: obs.url, LANDALE_OBS_PASSWORD: 'right' }).ready()
    const page = connectPage(place)
    const state = follow(page, 'state:obs')
    await until('OBS connected', () => state().connection.status === 'connected')
    expect(state()).toMatchObject({ url: obs.url, scenes: { current: 'Scene A' } })
    page.dispose()
    await obs.stop()
  })

  it('LANDALE_TWITCH_*: client id, access token and mock port sign in; they beat the file', async () => {
    const twitch = await startFakeTwitch()
    config('{"twitch": {"clientId": "someotherclientid0000", "accessToken": "old", "mockPort": 9}}')
    const { LANDALE_TWITCH_REFRESH_TOKEN: _, ...env } = twitchEnvironment(twitch)
    const page = connectPage(await start(undefined, env).ready())
    const state = follow(page, 'state:twitch')
    await until('Twitch connected', () => state().connection.status === 'connected')
    expect(state()).toMatchObject({ configured: true, signIn: { status: 'signed-in', login: twitch.user.login } })
    page.dispose()
    await twitch.dispose()
  })

  it('LANDALE_TWITCH_REFRESH_TOKEN signs in where the access token is no good any more', async () => {
    const twitch = await startFakeTwitch()
    const env = { ...twitchEnvironment(twitch), LANDALE_TWITCH_ACCESS_TOKEN: 'expired' }
    const page = connectPage(await start(undefined, env).ready())
    const state = follow(page, 'state:twitch')
    await until('Twitch connected', () => state().connection.status === 'connected')
    expect(twitch.requests.filter((request) => request === 'POST auth/token')).toHaveLength(1)
    page.dispose()
    await twitch.dispose()
  })
})

describe('a damaged landale.db', () => {
  /** Something in the middle of the file, as a failing disk leaves it. */
  function damage(): void {
    const file = join(data, 'landale.db')
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 0, Math.floor(bytes.length / 2))
    writeFileSync(file, bytes)
  }

  it('is set aside, the newest backup is opened, and everybody is told', async () => {
    const first = start()
    const before = await first.ready()
    const { result } = await simulate(before, 'twitch.channel.follow')
    expect(await command(before, 'system.store.backup')).toMatchObject({ status: 'committed' })
    await first.stop()
    damage()
    const place = await start().ready()
    expect(readdirSync(data).filter((name) => name.startsWith('landale.db.corrupt-'))).not.toEqual([])
    const [told] = await readEvents(place, 'system.store.recovered')
    expect(told?.payload).toMatchObject({
      setAside: expect.stringMatching(/^landale\.db\.corrupt-/),
      restoredFrom: expect.any(String),
      reason: expect.any(String),
    })
    expect((await readEvents(place, 'twitch.channel.follow')).map(({ id }) => id)).toEqual([result.eventId])
    const page = connectPage(place)
    const state = follow(page, 'state:system')
    await until('an alarm on the dashboard', () =>
      state().alarms.some(({ message }) => /damaged|set aside/.test(message)),
    )
    page.dispose()
  })

  it('without a backup the hub starts empty, and works', async () => {
    const first = start()
    await first.ready()
    await first.stop()
    rmSync(join(data, 'backups'), { recursive: true, force: true })
    damage()
    const place = await start().ready()
    const [told] = await readEvents(place, 'system.store.recovered')
    expect(told?.payload).toMatchObject({ restoredFrom: null })
    expect(await simulate(place)).toMatchObject({ status: 'committed' })
    expect(await getJson(place, '/api/health')).toMatchObject({ status: expect.any(String) })
  })
})
