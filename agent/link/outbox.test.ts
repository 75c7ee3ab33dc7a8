/** The journal of what happened: order, bounds, restarts, damage, and clocks that jump. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../base/testing/fake-clock.ts'
import { Outbox } from './outbox.ts'

let folder: string
let clock: FakeClock
const opened: Outbox[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  clock = new FakeClock()
})
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const path = () => join(folder, 'events.jsonl')
function open(maxKept?: number): Outbox {
  const onTrouble = (error: unknown) => {
    throw error
  }
  const outbox = new Outbox({ path: path(), clock, onTrouble, ...(maxKept === undefined ? {} : { maxKept }) })
  opened.push(outbox)
  return outbox
}
const add = (outbox: Outbox, count = 1) => {
  for (let n = 0; n < count; n++) outbox.add('process.state', 'a', { n })
}
const numbers = (outbox: Outbox, after = 0) => outbox.after(after, 10_000).map(({ seq }) => seq)

it('keeps order and numbers over a restart, and forgets what is stored', () => {
  const first = open()
  add(first, 5)
  first.acknowledge(2)
  const second = open()
  expect(second.epoch).toBe(first.epoch)
  expect(numbers(second, 2)).toEqual([3, 4, 5])
  add(second)
  expect(numbers(second, 4)).toEqual([5, 6])
})

it('says how long ago something was, whatever the wall clock does', () => {
  const outbox = open()
  add(outbox)
  clock.jump(-3_600_000)
  clock.advanceSync(5_000)
  expect(outbox.after(0, 1)[0]?.ageMs).toBe(5_000)
  // After a restart only the wall clock is left, and it never says less than nothing.
  expect(open().after(0, 1)[0]?.ageMs).toBe(0)
})

it('lets the oldest go, and says how many', () => {
  const outbox = open(20)
  add(outbox, 100)
  const frames = outbox.after(0, 100)
  expect(frames.length).toBeLessThanOrEqual(20)
  const [lost, next] = frames
  expect(lost).toMatchObject({ kind: 'events.lost', data: { from: 1, to: lost?.seq, count: lost?.seq } })
  expect(next?.seq).toBe((lost?.seq ?? 0) + 1)
  expect(frames.at(-1)?.seq).toBe(100)
  expect(numbers(open(20))).toEqual(frames.map(({ seq }) => seq))
})

it('a line half written by a kill costs that line', () => {
  add(open(), 2)
  appendFileSync(path(), '{"seq":3,"at":1,"ki')
  const outbox = open()
  expect(numbers(outbox)).toEqual([1, 2])
  add(outbox)
  expect(numbers(outbox)).toEqual([1, 2, 3])
})

it('a file that is none is set aside, and a new epoch begins', () => {
  const before = open().epoch
  writeFileSync(path(), 'garbage\n')
  const outbox = open()
  expect(outbox.epoch).not.toBe(before)
  expect(readFileSync(`${path()}.damaged`, 'utf8')).toBe('garbage\n')
})

it('never repeats a number, never leaves a gap unexplained, whatever is stored and restarted in between', () => {
  const move = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 15 }) }),
    fc.record({ ack: fc.nat(100) }),
    fc.constant({ restart: true as const }),
  )
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      rmSync(path(), { force: true })
      let outbox = open(10)
      let acked = 0
      for (const one of moves) {
        if ('add' in one) add(outbox, one.add)
        else if ('ack' in one) {
          acked = Math.max(acked, Math.min(one.ack, outbox.last))
          outbox.acknowledge(acked)
        } else outbox = open(10)
        const seen = outbox.after(acked, 100)
        const expected = outbox.last
        let next = acked + 1
        for (const { seq, kind, data } of seen) {
          if (kind === 'events.lost') expect(Number(data.from)).toBeLessThanOrEqual(next)
          else expect(seq).toBe(next)
          next = seq + 1
        }
        expect(next).toBe(expected + 1)
      }
    }),
    { numRuns: 60 },
  )
})
