import { expect, it } from 'vitest'
import type { LogLine } from '../../../contracts/fleet.ts'
import { type HeldLines, MAX_LINES, NO_LINES, withNewer, withOlder } from './log-lines.ts'

const lines = (from: number, to: number, text = 'x', at = 0): LogLine[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    number: from + index,
    at: at + from + index,
    stream: 'out',
    text,
    cut: false,
  }))
const numbers = (held: HeldLines) => held.lines.map(({ number }) => number)
const ends = (held: HeldLines) => [numbers(held)[0], numbers(held).at(-1), held.lines.length, held.missed]

it('passes over what it has: a new link begins with the newest lines again', () => {
  const held = withNewer(NO_LINES, lines(1, 5), 0, true)
  expect(numbers(withNewer(held, lines(3, 7), 0, true))).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(withNewer(held, lines(2, 5), 0, true)).toBe(held)
})

it('says where lines were left out', () => {
  const held = withNewer(NO_LINES, lines(1, 2), 0, true)
  const next = withNewer(held, lines(6, 6), 0, true)
  expect(next.lines.map(({ text }) => text)).toEqual(['x', 'x', '3 lines left out here', 'x'])
  expect(withNewer(held, lines(3, 3), 12, true).lines[2]?.text).toBe('12 lines left out here')
})

it('keeps the newest while they are followed, within its bounds', () => {
  const held = withNewer(
    withNewer(NO_LINES, lines(1, MAX_LINES), 0, true),
    lines(MAX_LINES + 1, MAX_LINES + 50),
    0,
    true,
  )
  expect(ends(held)).toEqual([51, MAX_LINES + 50, MAX_LINES, 0])
  const long = withNewer(NO_LINES, lines(1, 1000, 'x'.repeat(8192)), 0, true)
  expect(long.lines.length).toBeLessThan(300)
  expect(long.lines.at(-1)?.number).toBe(1000)
})

it('keeps what is read while somebody reads further up, and counts what it could not keep', () => {
  const full = withNewer(NO_LINES, lines(1001, 1000 + MAX_LINES), 0, true)
  const away = withNewer(full, lines(1001 + MAX_LINES, 1030 + MAX_LINES), 0, false)
  expect(ends(away)).toEqual([1001, 1000 + MAX_LINES, MAX_LINES, 30])
  expect(withNewer(away, lines(1031 + MAX_LINES, 1031 + MAX_LINES), 0, false).missed).toBe(31)
  const older = withOlder(full, lines(801, 1000))
  expect(ends(older)).toEqual([801, 800 + MAX_LINES, MAX_LINES, 200])
})

it('begins anew with the log of an agent that counts anew', () => {
  const held = withNewer(NO_LINES, lines(1, 50), 0, true)
  expect(numbers(withNewer(held, lines(1, 3, 'new', 9000), 0, true))).toEqual([1, 2, 3])
  const late = withNewer(NO_LINES, lines(900, 950), 0, true)
  expect(numbers(withNewer(late, lines(1, 3, 'new', 9000), 0, true))).toEqual([1, 2, 3])
})
