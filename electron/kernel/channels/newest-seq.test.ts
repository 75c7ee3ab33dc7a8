import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { NewestSeq } from './newest-seq.ts'

function logOf(seqs: readonly number[]) {
  let reads = 0
  return {
    get reads() {
      return reads
    },
    async eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]> {
      reads += 1
      const events = seqs.filter((each) => each > seq).slice(0, limit)
      return events.map((each) => ({ seq: each })) as StoredEnvelope[]
    },
  }
}

it('finds the end of any log, gaps and all, in a few reads', async () => {
  const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 5_000_000 })).map((list) => list.sort((a, b) => a - b))
  await fc.assert(
    fc.asyncProperty(seqs, async (list) => {
      const log = logOf(list)
      expect(await new NewestSeq(log).read()).toBe(list.at(-1) ?? 0)
      expect(log.reads).toBeLessThan(60)
    }),
    { numRuns: 300 },
  )
})

it('reads no more once it has heard of an event', async () => {
  const log = logOf([1, 2, 3])
  const newest = new NewestSeq(log)
  newest.hear(7)
  expect(await newest.read()).toBe(7)
  expect(log.reads).toBe(0)
})

it('tries again after a read that failed', async () => {
  let fails = true
  const newest = new NewestSeq({
    async eventsAfter(seq) {
      if (fails) throw new Error('disk gone')
      return (seq < 5 ? [{ seq: 5 }] : []) as StoredEnvelope[]
    },
  })
  await expect(newest.read()).rejects.toThrow('disk gone')
  fails = false
  expect(await newest.read()).toBe(5)
})
