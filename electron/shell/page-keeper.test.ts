import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { createFakeLog, FakeContents } from './fake-window.ts'
import { type KeptContents, keepPage } from './page-keeper.ts'

const URL = 'http://127.0.0.1:7175/'

function setUp() {
  const clock = new FakeClock()
  const contents = new FakeContents()
  const log = createFakeLog()
  const keeper = keepPage({ contents: contents as unknown as KeptContents, url: URL, clock, random: () => 0, log })
  return { clock, contents, log, keeper, loads: () => contents.loaded.length }
}

describe('page keeper', () => {
  ensureNoLeaks()

  test('loads the page once, and leaves a healthy one alone', async () => {
    const { clock, contents, keeper } = setUp()
    contents.finishLoad()
    await clock.advance(60_000)
    expect(contents.loaded).toEqual([URL])
    keeper.dispose()
  })

  test('a crashed renderer is back within 250 ms, and longer waits follow when it keeps dying', async () => {
    const { clock, contents, loads, keeper } = setUp()
    contents.finishLoad()
    const waits: number[] = []
    for (let crash = 0; crash < 8; crash++) {
      const before = loads()
      const start = clock.monotonic()
      contents.crash('crashed')
      while (loads() === before) await clock.advance(50)
      waits.push(clock.monotonic() - start)
      contents.finishLoad()
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    keeper.dispose()
  })

  test('the waits start anew only after the page has lived for a while', async () => {
    const { clock, contents, loads, keeper } = setUp()
    for (let crash = 0; crash < 5; crash++) {
      contents.crash('oom')
      await clock.advance(10_000)
      contents.finishLoad()
    }
    await clock.advance(10_000)
    const before = loads()
    contents.crash('oom')
    await clock.advance(250)
    expect(loads()).toBe(before + 1)
    keeper.dispose()
  })

  test('a hub that is not there yet is tried again; a lost frame or a superseded load is not', async () => {
    const { clock, contents, loads, keeper } = setUp()
    contents.failLoad({ isMainFrame: false })
    contents.failLoad({ code: -3 })
    await clock.advance(60_000)
    expect(loads()).toBe(1)
    contents.failLoad()
    await clock.advance(250)
    expect(loads()).toBe(2)
    keeper.dispose()
  })

  test('two failures at once are one retry', async () => {
    const { clock, contents, loads, keeper } = setUp()
    contents.crash('crashed')
    contents.failLoad()
    await clock.advance(1000)
    expect(loads()).toBe(2)
    keeper.dispose()
  })

  test('a page that hangs is ended after its patience and loaded again; one that answers in time is left alone', async () => {
    const { clock, contents, loads, keeper } = setUp()
    contents.finishLoad()
    contents.hang()
    await clock.advance(7900)
    contents.answer()
    await clock.advance(10_000)
    expect(contents.killed).toBe(0)
    contents.hang()
    await clock.advance(8250)
    expect([contents.killed, loads()]).toEqual([1, 2])
    keeper.dispose()
  })

  test('an orderly end is no crash, and nothing happens once it is disposed', async () => {
    const { clock, contents, loads, keeper } = setUp()
    contents.crash('clean-exit')
    await clock.advance(1000)
    expect(loads()).toBe(1)
    contents.crash('crashed')
    keeper.dispose()
    await clock.advance(60_000)
    expect([loads(), contents.listenerCount('did-fail-load'), clock.pendingTimers]).toEqual([1, 0, 0])
  })
})
