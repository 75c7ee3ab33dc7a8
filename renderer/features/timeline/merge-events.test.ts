import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleEvents } from '../../testing/sample-events.ts'
import { mergeEvents } from './merge-events.ts'

const evening = sampleEvents(60, 1_761_868_800_000)

describe('mergeEvents', () => {
  it('is newest first, each event once, whatever arrives in whatever order', () => {
    const some = fc.array(fc.constantFrom(...evening))
    fc.assert(
      fc.property(fc.array(some), (batches) => {
        const rows = batches.reduce((before, batch) => [...mergeEvents(before, batch)], [] as typeof evening)
        const expected = [...new Set(batches.flat())].sort((a, b) => b.seq - a.seq)
        expect(rows).toEqual(expected)
      }),
    )
  })

  it('answers the same list when nothing is new, so that nothing is drawn again', () => {
    const rows = evening.slice(0, 5)
    expect(mergeEvents(rows, evening.slice(1, 3))).toBe(rows)
  })

  it('keeps the very objects it had', () => {
    const copies = evening.slice(0, 3).map((event) => ({ ...event }))
    const merged = mergeEvents(evening.slice(1, 4), copies)
    expect(merged[1]).toBe(evening[1])
  })

  it('drops the oldest beyond the cap, or the newest while somebody reads back', () => {
    const seqs = (drop: 'oldest' | 'newest') =>
      mergeEvents(evening.slice(2, 6), [...evening.slice(0, 2), ...evening.slice(6, 8)], drop, 5).map((row) => row.seq)
    expect(seqs('oldest')).toEqual([60, 59, 58, 57, 56])
    expect(seqs('newest')).toEqual([57, 56, 55, 54, 53])
  })
})
