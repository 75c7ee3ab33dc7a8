import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { initialObsState } from './machine.ts'
import { createRefresher, type Refresher } from './refresher.ts'
import type { ObsNews } from './wire.ts'

ensureNoLeaks()

/** Longer than it gathers, ms. */
const LONG_ENOUGH_MS = 100

const staleInputs: ObsNews = {
  kind: 'other',
  rawType: 'InputCreated',
  body: {},
  means: { kind: 'stale', part: 'inputs' },
}
const staleItems = (scene: string): ObsNews => {
  return { kind: 'other', rawType: 'SceneItemCreated', body: {}, means: { kind: 'stale-items', scene } }
}

/** Stands in for the session: notes each request and holds its answer back until told. */
class HeldSession {
  readonly isOpen = true
  isExiting = false
  readonly asked: string[] = []
  #held: (() => void)[] = []

  call(name: string): Promise<unknown> {
    this.asked.push(name)
    return new Promise((resolve) => this.#held.push(() => resolve([])))
  }

  batch(requests: readonly { requestType: string; requestData?: Record<string, string> }[]): Promise<unknown[]> {
    for (const { requestType, requestData } of requests) this.asked.push(`${requestType} ${requestData?.sceneName}`)
    return new Promise((resolve) => this.#held.push(() => resolve([])))
  }

  /** Answers what was asked so far. */
  async answer(): Promise<void> {
    for (const release of this.#held.splice(0)) release()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

let clock: FakeClock
let session: HeldSession
let faults: string[]
let refresher: Refresher

beforeEach(() => {
  clock = new FakeClock()
  session = new HeldSession()
  faults = []
  refresher = createRefresher(clock, {
    session: session as never,
    clock,
    write: (change) => change(initialObsState('ws://127.0.0.1:4455')),
    onFault: (part) => faults.push(part),
  })
})
afterEach(() => {
  refresher.dispose()
  expect(faults).toEqual([])
})

test('many at once are one reading, a moment later', async () => {
  for (let n = 0; n < 20; n++) refresher.note(staleInputs)
  expect(session.asked).toEqual([])
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked).toEqual(['GetInputList'])
  await session.answer()
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked).toEqual(['GetInputList'])
})

test('what turns stale while something is read is read when that is done, once, and not beside it', async () => {
  refresher.note(staleInputs)
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked).toEqual(['GetInputList'])
  refresher.note(staleInputs)
  refresher.note(staleItems('Scene A'))
  refresher.note(staleItems('Scene A'))
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked).toEqual(['GetInputList'])
  expect(clock.pendingTimers).toBe(0)
  await session.answer()
  expect(session.asked.slice(1).toSorted()).toEqual(['GetInputList', 'GetSceneItemList Scene A'])
  await session.answer()
  refresher.note(staleItems('Scene B'))
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked.slice(3)).toEqual(['GetSceneItemList Scene B'])
  await session.answer()
})

test('an OBS that is leaving is asked for nothing more', async () => {
  refresher.note(staleInputs)
  await clock.advance(LONG_ENOUGH_MS)
  refresher.note(staleInputs)
  session.isExiting = true
  await session.answer()
  await clock.advance(LONG_ENOUGH_MS)
  expect(session.asked).toEqual(['GetInputList'])
})
