import { expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { CODE_LIFE_MS, MAX_WRONG, Pairing } from './pairing.ts'

ensureNoLeaks()

function setUp() {
  const clock = new FakeClock()
  const changes: (number | null)[] = []
  const pairing: Pairing = new Pairing(clock, () => changes.push(pairing.current?.expiresAt ?? null))
  const wrong = (code: string) => (code === '00000000' ? '11111111' : '00000000')
  return { clock, changes, pairing, wrong }
}

it('takes its code once', () => {
  const { pairing, changes, clock } = setUp()
  const { code, expiresAt } = pairing.open()
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
  expect(expiresAt).toBe(clock.now() + CODE_LIFE_MS)
  expect([pairing.take(code), pairing.take(code)]).toEqual([true, false])
  expect(changes).toEqual([expiresAt, null])
  expect(clock.pendingTimers).toBe(0)
  pairing.dispose()
})

it('takes it for ten minutes', async () => {
  const { pairing, clock, changes } = setUp()
  const { code } = pairing.open()
  await clock.advance(CODE_LIFE_MS - 1)
  expect(pairing.current).not.toBeNull()
  await clock.advance(1)
  expect([pairing.take(code), changes.at(-1)]).toEqual([false, null])
  pairing.dispose()
})

it('is void after five wrong ones', () => {
  const { pairing, wrong } = setUp()
  const { code } = pairing.open()
  for (let tries = 0; tries < MAX_WRONG; tries++) pairing.take(wrong(code))
  expect([pairing.current, pairing.take(code)]).toEqual([null, false])
  const again = pairing.open()
  pairing.take(wrong(again.code))
  expect(pairing.take(again.code)).toBe(true)
  pairing.dispose()
})

it('has one code at a time', () => {
  const { pairing } = setUp()
  const [first, second] = [pairing.open(), pairing.open()]
  expect([pairing.take(first.code), pairing.take(second.code)]).toEqual([false, true])
  pairing.open()
  pairing.close()
  pairing.close()
  expect(pairing.current).toBeNull()
  pairing.dispose()
})
