import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { FakeFrameSources } from './fake-frame-sources.ts'
import { LINGER_MS, Painter, PROVEN_MS, STALE_MS } from './painter.ts'

ensureNoLeaks()

let clock: FakeClock
let sources: FakeFrameSources
let painter: Painter
let stale: number
let size: number

beforeEach(() => {
  clock = new FakeClock()
  sources = new FakeFrameSources()
  stale = 0
  size = 100
  painter = new Painter({
    sources,
    clock,
    random: () => 0,
    onStale: () => {
      stale += 1
    },
    onError: () => {},
    onChange: () => {},
    job: async () => ({
      output: 'main',
      hubUrl: 'http://hub',
      stageUrl: 'http://hub/overlay/main',
      width: size,
      height: 50,
      frameRate: 60,
      sink: { frame: () => {}, uploadUrl: 'ws://hub', painted: () => 0 },
    }),
  })
})

afterEach(() => painter.dispose())

const settle = () => new Promise((resolve) => setImmediate(resolve))
const pass = async (ms: number) => {
  await clock.advance(ms)
  await settle()
}

it('paints only while somebody watches, and a while longer', async () => {
  expect(painter.state.state).toBe('off')
  painter.want(true)
  await settle()
  expect(painter.state.state).toBe('starting')
  sources.beginPainting('main')
  expect(painter.state).toEqual({ state: 'painting', kind: 'chromium-canvas', reason: null })
  painter.want(false)
  await pass(LINGER_MS - 1)
  expect(sources.running).toHaveLength(1)
  await pass(1)
  expect([sources.running.length, painter.state.state]).toEqual([0, 'off'])
})

it('goes on painting for a viewer who returns in time', async () => {
  painter.want(true)
  await settle()
  sources.beginPainting('main')
  painter.want(false)
  await pass(LINGER_MS - 1)
  painter.want(true)
  await pass(LINGER_MS * 2)
  expect([sources.jobs.length, painter.state.state]).toEqual([1, 'painting'])
})

it('starts a dead source anew, more slowly each time, and says why', async () => {
  painter.want(true)
  await settle()
  sources.die('main', 'its page is gone')
  await settle()
  expect(painter.state).toEqual({ state: 'restarting', kind: null, reason: 'its page is gone' })
  await pass(250)
  expect(sources.jobs).toHaveLength(2)
  sources.die('main', 'again')
  await settle()
  await pass(250)
  expect(sources.jobs).toHaveLength(2)
  await pass(250)
  expect(sources.jobs).toHaveLength(3)
})

it('forgets earlier deaths of a source that has proven itself', async () => {
  painter.want(true)
  await settle()
  for (const wait of [250, 500]) {
    sources.die('main', 'gone')
    await settle()
    await pass(wait)
  }
  sources.beginPainting('main')
  await pass(PROVEN_MS)
  sources.die('main', 'gone')
  await settle()
  await pass(250)
  expect(sources.jobs).toHaveLength(4)
})

it('lets the picture be taken down only when the source stays away', async () => {
  painter.want(true)
  await settle()
  sources.beginPainting('main')
  sources.die('main', 'gone')
  await settle()
  await pass(STALE_MS - 1)
  sources.beginPainting('main')
  await pass(STALE_MS)
  expect(stale).toBe(0)
  sources.die('main', 'gone')
  await pass(STALE_MS / 2)
  sources.die('main', 'gone again')
  await pass(STALE_MS / 2)
  expect(stale).toBe(1)
})

it('starts anew at once, with the new job, when told to', async () => {
  painter.want(true)
  await settle()
  sources.beginPainting('main')
  size = 200
  painter.restart()
  await settle()
  expect(sources.running.map(({ width }) => width)).toEqual([200])
  expect(painter.state).toEqual({ state: 'restarting', kind: null, reason: null })
})

it('says what is missing where nothing can paint', async () => {
  sources.unavailable = 'there is no Chromium here; install it'
  painter.want(true)
  await settle()
  expect(painter.state).toEqual({ state: 'unavailable', kind: null, reason: 'there is no Chromium here; install it' })
  painter.want(false)
  await pass(LINGER_MS)
  expect(painter.state.state).toBe('off')
})
