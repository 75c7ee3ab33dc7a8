import { createServer } from 'node:net'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { createBus } from '../../kernel/bus.ts'
import { createCommands } from '../../kernel/commands.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import { ioTurn, until } from '../behaviour-suite.ts'
import { createIronmonConnection, type IronmonConnection, MAX_CONNECTIONS } from './connection.ts'
import { FakeGame, frameOf } from './fake.ts'
import { ironmonFrames } from './samples.ts'

ensureNoLeaks()

let clock: FakeClock
let store: FakeStore
let connection: IronmonConnection
let stop: AbortController
let done: Promise<void>
let games: FakeGame[]
let release: () => void
let commands: ReturnType<typeof createCommands>

function create(port = 0): void {
  clock = new FakeClock()
  store = new FakeStore()
  const bus = createBus({ store, clock, onListenerError: () => {} })
  commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const log = pino({ level: 'silent' })
  connection = createIronmonConnection({
    config: { enabled: true, host: '127.0.0.1', port },
    bus,
    commands,
    clock,
    log,
    random: () => 0,
  })
  release = () => bus.dispose()
  stop = new AbortController()
  done = connection.run(stop.signal)
}

const portOf = () =>
  until(
    () => connection.link.address?.port,
    () => `an open port; it is ${JSON.stringify(connection.state)}`,
  )

async function join(): Promise<FakeGame> {
  const game = await FakeGame.connect(await portOf())
  games.push(game)
  return game
}

function happens<T>(look: () => T | undefined | false, expected: string): Promise<T> {
  return until(
    () => look() || undefined,
    () => `${expected}; there is ${store.types.join(', ')} and ${JSON.stringify(connection.link.refused)}`,
  )
}

beforeEach(() => {
  games = []
  create()
})

afterEach(async () => {
  await Promise.all(games.map((game) => game.leave()))
  stop.abort()
  await done
  connection.dispose()
  release()
})

describe('the port of the game', () => {
  it('announces the ten samples in order, whole or byte by byte', async () => {
    const expected = [
      'ironmon.connected',
      'ironmon.tracker.started',
      'ironmon.seed.reported',
      'ironmon.team.changed',
      'ironmon.team.changed',
      'ironmon.location.entered',
      'ironmon.battle.ended',
      'ironmon.trainer.defeated',
      'ironmon.checkpoint.reported',
      'ironmon.checkpoint.reported',
      'ironmon.seed.reported',
    ]
    const game = await join()
    game.raw(ironmonFrames.join(''))
    await happens(() => store.types.length >= expected.length, 'all samples')
    expect(store.types).toEqual(expected)
    expect(store.payloads('ironmon.location.entered')).toMatchObject([{ name: 'Pokémon Tower 1F' }])
    for (const byte of Buffer.from(ironmonFrames.join(''))) game.raw(Uint8Array.of(byte))
    await happens(() => store.types.length >= 2 * expected.length - 1, 'all samples again')
    expect(store.types.slice(expected.length)).toEqual(expected.slice(1))
    expect(connection.link.games).toMatchObject([{ messages: 20, refused: 0, pluginVersion: '2.2' }])
  })

  it('is healthy without a game, and shows who is there', async () => {
    await portOf()
    expect(connection.health).toEqual({ level: 'healthy', reason: null })
    const game = await join()
    game.start(5)
    await happens(() => store.types.includes('ironmon.seed.reported'), 'a seed')
    expect(connection.link.games).toMatchObject([{ game: 'firered-leafgreen', lastMessageAt: clock.now() }])
    await game.leave()
    await happens(() => store.types.includes('ironmon.disconnected'), 'an end')
    expect(store.payloads('ironmon.disconnected')).toMatchObject([{ messages: 2, refused: 0 }])
    expect(connection.link.games).toEqual([])
  })

  it('counts bad input, shows the last of it, and keeps the connection', async () => {
    const game = await join()
    game.raw('7 {"type"').raw('2097152 {}').say('weather', { rain: true }).raw(frameOf([])).start(9)
    await happens(() => store.types.includes('ironmon.seed.reported'), 'a seed after it all')
    const { refused } = connection.link
    expect(refused.byReason).toMatchObject({ 'not-json': 1, 'too-large': 1, 'unknown-type': 1, 'no-type': 1 })
    expect(refused.total).toBe(Object.values(refused.byReason).reduce((sum, count) => sum + count, 0))
    expect(refused.last).toMatchObject({ reason: 'no-type', at: clock.now() })
    expect(store.payloads('ironmon.unknown')).toMatchObject([{ rawType: 'weather', body: { rain: true } }])
    expect(game.isClosed).toBe(false)
  })

  it.each([
    ['a request of a web page', `POST / HTTP/1.1\r\nHost: a\r\n\r\n${ironmonFrames[1]}`],
    ['a greeting of TLS', Uint8Array.of(0x16, 0x03, 0x01)],
    ['a space', ` ${ironmonFrames[1]}`],
    ['a request whose method is a number', `85 / HTTP/1.1\r\nHost: a\r\n\r\n${ironmonFrames[1]}`],
    ['a length and no object', `2 []${ironmonFrames[1]}`],
    ['digits without end', '1'.repeat(20)],
  ])('closes at once what begins with %s', async (_, bytes) => {
    const game = await join()
    game.raw(bytes)
    await happens(() => game.isClosed, 'a closed connection')
    await happens(() => connection.link.games.length === 0, 'nobody there')
    expect(connection.link.refused).toMatchObject({ total: 1, last: { reason: 'not-a-game' } })
    expect(store.types).toEqual([])
  })

  it('says the same healing once', async () => {
    const game = await join()
    const healing = { totalHealing: 20, items: [{ id: 13, quantity: 1 }] }
    game.say('healing_summary', healing).say('healing_summary', healing).say('healing_summary', { totalHealing: 0 })
    await happens(() => store.payloads('ironmon.healing.changed').length === 2, 'two of three')
    expect(store.payloads('ironmon.healing.changed')).toMatchObject([{ totalHealing: 20 }, { totalHealing: 0 }])
  })

  it('lets one more in and closes whoever has been silent the longest', async () => {
    const playing = await join()
    playing.start(1)
    await happens(() => store.types.includes('ironmon.seed.reported'), 'a seed')
    const idle: FakeGame[] = []
    for (let count = 1; count <= MAX_CONNECTIONS; count++) {
      await clock.advance(1000)
      idle.push(await join())
      await happens(() => connection.link.games.length === Math.min(MAX_CONNECTIONS, count + 1), 'one more')
    }
    await happens(() => idle[0]?.isClosed, 'the first of the silent ones closed')
    expect(connection.link.games).toHaveLength(MAX_CONNECTIONS)
    expect(connection.link.refused.last).toMatchObject({ reason: 'too-many-connections' })
    expect(playing.isClosed).toBe(false)
  })

  it('a flood of nonsense neither stops it nor floods the pages', async () => {
    const game = await join()
    let news = 0
    const listening = connection.onDidChangeLink(() => {
      news += 1
    })
    game.start(1).raw('1 x'.repeat(20_000)).start(3)
    await happens(() => store.payloads('ironmon.seed.reported').length === 2, 'a seed after it all')
    listening.dispose()
    expect(connection.link.refused.byReason['not-json']).toBe(20_000)
    // The clock stands still: at most one at once.
    expect(news).toBeLessThanOrEqual(1)
  })

  it('goes on when the store refuses an event', async () => {
    const game = await join()
    const { append } = store
    store.append = () => Promise.reject(new Error('disk full'))
    game.start(1)
    await happens(() => connection.link.games[0]?.messages === 2, 'two messages taken')
    store.append = append
    game.walkTo(5, 'Pewter City')
    await happens(() => store.types.includes('ironmon.location.entered'), 'the next event')
  })

  it('ends with the game still there, and opens again', async () => {
    const game = await join()
    game.start(1)
    await happens(() => store.types.includes('ironmon.seed.reported'), 'a seed')
    stop.abort()
    await done
    await happens(() => game.isClosed, 'a closed connection')
    expect(connection.state).toEqual({ status: 'closed' })
    stop = new AbortController()
    done = connection.run(stop.signal)
    const again = await join()
    again.start(2)
    await happens(() => store.payloads('ironmon.seed.reported').length === 2, 'another seed')
  })
})

describe('a port that is taken', () => {
  it('is one clear error, tried again, and now when asked', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    stop.abort()
    await done
    connection.dispose()
    release()
    create(port)
    await happens(() => connection.state.status === 'waiting', 'waiting')
    expect(connection.health).toMatchObject({ level: 'degraded', reason: expect.stringMatching(/8080|\d+ is taken/) })
    await new Promise((resolve) => other.close(resolve))
    await commands.run('ironmon.listen', {})
    expect(await portOf()).toBe(port)
    expect(connection.health.level).toBe('healthy')
    await ioTurn()
  })
})
