import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Alert, type AlertPriority, alertPriorities } from '../../../contracts/alert.ts'
import { ALERT_MOTION } from '../../../contracts/alert-motion.ts'
import {
  EMPTY_QUEUE,
  offsetOf,
  type QueueCommand,
  type QueueFact,
  type QueueState,
  RECENT_MAX,
  rankOf,
  remainingMs,
  step,
  WAITING_MAX,
} from './queue.ts'

const T0 = 1_767_225_600_000
const CAUSE = { id: 'event', correlationId: 'correlation' }

function alert(id: string, priority: AlertPriority = 'normal', durationMs = 5000): Alert {
  const shown = { who: id, what: 'followed', amount: null, message: null, fragments: [], sound: null, volume: 1 }
  return { id, type: 'follow', priority, durationMs, enqueuedAt: T0, simulated: false, ...shown }
}

/** A queue with a clock in its hand: time moves only here, and every alert ends exactly when it is due. */
class Bench {
  state: QueueState = EMPTY_QUEUE
  now = T0
  readonly facts: QueueFact[] = []

  do(command: QueueCommand): QueueFact[] {
    const done = step(this.state, command, this.now)
    this.state = done.state
    this.facts.push(...done.facts)
    return done.facts
  }

  enqueue(id: string, priority?: AlertPriority, durationMs?: number): QueueFact[] {
    return this.do({ kind: 'enqueue', alert: alert(id, priority, durationMs), cause: CAUSE })
  }

  advance(ms: number): void {
    const target = this.now + ms
    for (;;) {
      const remaining = remainingMs(this.state, this.now)
      if (remaining === null || this.now + remaining > target) break
      this.now += remaining
      this.do({ kind: 'tick' })
    }
    this.now = target
  }

  get playing(): string | undefined {
    return this.state.playing?.alert.id
  }

  outcome(id: string): string | undefined {
    return this.state.recent.find((entry) => entry.alert.id === id)?.outcome
  }
}

describe('alert queue', () => {
  it('rewords one that waits, in its place, and no other', () => {
    const bench = new Bench()
    for (const id of ['a', 'b', 'c']) bench.enqueue(id)
    expect(bench.do({ kind: 'reword', id: 'b', what: 'and 2 others followed' })).toEqual([])
    bench.do({ kind: 'reword', id: 'a', what: 'too late' })
    bench.do({ kind: 'reword', id: 'nobody', what: 'never' })
    expect(bench.state.waiting.map(({ alert: { id, what } }) => [id, what])).toEqual([
      ['b', 'and 2 others followed'],
      ['c', 'followed'],
    ])
    expect(bench.state.playing?.alert.what).toBe('followed')
  })

  it('plays the first in of a class first, each for its own duration', () => {
    const bench = new Bench()
    bench.enqueue('a', 'normal', 5000)
    bench.enqueue('b', 'normal', 3000)
    expect(bench.playing).toBe('a')
    bench.advance(4999)
    expect(bench.playing).toBe('a')
    bench.advance(1)
    expect(bench.playing).toBe('b')
    expect(bench.outcome('a')).toBe('shown')
    bench.advance(3000)
    expect(bench.playing).toBeUndefined()
  })

  it('pre-empts for a higher class and brings the interrupted alert back with its remaining time', () => {
    const bench = new Bench()
    bench.enqueue('sub', 'normal', 8000)
    bench.enqueue('other', 'normal', 8000)
    bench.advance(3000)
    const facts = bench.enqueue('raid', 'urgent', 10_000)
    expect(facts.map((fact) => fact.kind)).toEqual(['enqueued', 'interrupted', 'started'])
    expect(bench.state.interrupted.map((entry) => [entry.alert.id, entry.elapsedMs])).toEqual([['sub', 3000]])
    bench.advance(10_000)
    expect(bench.playing).toBe('sub')
    expect(bench.state.playing?.elapsedMs).toBe(3000)
    bench.advance(4999)
    expect(bench.playing).toBe('sub')
    bench.advance(1)
    expect(bench.playing).toBe('other')
  })

  it('stacks pre-emptions and unwinds them highest first', () => {
    const bench = new Bench()
    for (const priority of ['low', 'normal', 'high', 'urgent'] as const) {
      bench.enqueue(priority, priority)
      bench.advance(1000)
    }
    expect(bench.state.interrupted.map((entry) => entry.alert.id)).toEqual(['high', 'normal', 'low'])
    bench.advance(4000)
    expect(bench.playing).toBe('high')
    bench.enqueue('high-2', 'high')
    bench.advance(4000)
    expect(bench.playing).toBe('high-2')
  })

  it('counts an alert that is already leaving as shown instead of bringing back its last frames', () => {
    const bench = new Bench()
    bench.enqueue('sub')
    bench.advance(5000 - ALERT_MOTION.exitMs)
    bench.enqueue('raid', 'urgent')
    expect(bench.outcome('sub')).toBe('shown')
    expect(bench.state.interrupted).toEqual([])
  })

  it('holds the alert on screen while paused and goes on with the rest of it', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.advance(2000)
    bench.do({ kind: 'pause' })
    bench.advance(60_000)
    bench.enqueue('raid', 'urgent')
    expect(bench.playing).toBe('a')
    expect(bench.state.playing?.elapsedMs).toBe(2000)
    bench.do({ kind: 'skip', id: 'raid' })
    const run = bench.state.playing?.run ?? 0
    bench.do({ kind: 'resume' })
    expect(bench.state.playing).toMatchObject({ elapsedMs: 2000, startedAt: bench.now, run: run + 1 })
    bench.advance(3000)
    expect(bench.outcome('a')).toBe('shown')
  })

  it('lets what arrived during a pause pre-empt the held alert as soon as it resumes', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.advance(2000)
    bench.do({ kind: 'pause' })
    bench.enqueue('raid', 'urgent')
    bench.do({ kind: 'resume' })
    expect(bench.playing).toBe('raid')
    expect(bench.state.interrupted[0]).toMatchObject({ alert: { id: 'a' }, elapsedMs: 2000 })
  })

  it('skips what is on screen, what waits and what was interrupted; an unknown id changes nothing', () => {
    const bench = new Bench()
    for (const id of ['a', 'b', 'c']) bench.enqueue(id)
    bench.do({ kind: 'skip', id: 'b' })
    bench.do({ kind: 'skip' })
    expect(bench.playing).toBe('c')
    bench.enqueue('raid', 'urgent')
    bench.do({ kind: 'skip', id: 'c' })
    expect(bench.state.interrupted).toEqual([])
    const before = bench.state
    expect(bench.do({ kind: 'skip', id: 'nobody' })).toEqual([])
    expect(bench.state).toEqual(before)
  })

  it('stays paused when the held alert is skipped', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.enqueue('b')
    bench.do({ kind: 'pause' })
    bench.do({ kind: 'skip' })
    expect(bench.playing).toBeUndefined()
    bench.do({ kind: 'resume' })
    expect(bench.playing).toBe('b')
  })

  it('replays under an id of its own, also a replay', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.advance(5000)
    bench.do({ kind: 'replay', id: 'a', cause: CAUSE })
    expect(bench.playing).toBe('a#r1')
    expect(bench.state.playing?.alert.enqueuedAt).toBe(bench.now)
    bench.advance(5000)
    bench.do({ kind: 'replay', id: 'a#r1', cause: CAUSE })
    expect(bench.playing).toBe('a#r2')
    expect(bench.do({ kind: 'replay', id: 'never-seen', cause: CAUSE })).toEqual([])
  })

  it('clears all but what is on screen; a held alert is not on screen', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.enqueue('raid', 'urgent')
    bench.enqueue('b')
    bench.do({ kind: 'clear' })
    expect(bench.playing).toBe('raid')
    expect([bench.outcome('a'), bench.outcome('b')]).toEqual(['cleared', 'cleared'])
    bench.do({ kind: 'pause' })
    bench.do({ kind: 'clear' })
    expect(bench.outcome('raid')).toBe('cleared')
  })

  it('drops the oldest of the lowest class when full and says so', () => {
    const bench = new Bench()
    bench.enqueue('on-screen', 'urgent')
    bench.enqueue('low-1', 'low')
    bench.enqueue('low-2', 'low')
    for (let n = 0; n < WAITING_MAX - 2; n++) bench.enqueue(`high-${n}`, 'high')
    expect(bench.state.waiting).toHaveLength(WAITING_MAX)
    bench.enqueue('normal')
    expect(bench.outcome('low-1')).toBe('dropped')
    bench.enqueue('high-last', 'high')
    expect(bench.outcome('low-2')).toBe('dropped')
    const facts = bench.enqueue('low-3', 'low')
    expect(facts.at(-1)).toMatchObject({ kind: 'finished', entry: { alert: { id: 'low-3' }, outcome: 'dropped' } })
    expect(bench.state.waiting).toHaveLength(WAITING_MAX)
  })

  it('keeps a bounded past', () => {
    const bench = new Bench()
    for (let n = 0; n < RECENT_MAX + 5; n++) bench.enqueue(`a${n}`, 'normal', 1000)
    bench.advance(100_000)
    expect(bench.state.recent).toHaveLength(RECENT_MAX)
    expect(bench.state.recent[0]?.alert.id).toBe(`a${RECENT_MAX + 4}`)
  })

  it('counts the time the hub was away for an alert that was seen to start', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.enqueue('b')
    bench.do({ kind: 'confirm', run: bench.state.playing?.run ?? 0 })
    bench.now += 2000
    bench.do({ kind: 'recover' })
    expect(bench.playing).toBe('a')
    expect(remainingMs(bench.state, bench.now)).toBe(3000)
    bench.now += 60_000
    bench.do({ kind: 'recover' })
    expect(bench.outcome('a')).toBe('shown')
    expect(bench.playing).toBe('b')
  })

  it('begins an alert again, under the same run, when its start was never confirmed', () => {
    const bench = new Bench()
    bench.enqueue('a')
    const run = bench.state.playing?.run
    bench.now += 60_000
    bench.do({ kind: 'recover' })
    expect(bench.state.playing).toMatchObject({ alert: { id: 'a' }, startedAt: bench.now, elapsedMs: 0, run })
  })

  it('neither loses an alert nor keeps it for ever when the wall clock is set back', () => {
    const bench = new Bench()
    bench.enqueue('a')
    bench.advance(1000)
    bench.now -= 3_600_000
    bench.do({ kind: 'tick' })
    expect(bench.playing).toBe('a')
    bench.advance(5000)
    expect(bench.outcome('a')).toBe('shown')
  })
})

type Move =
  | { move: 'enqueue'; priority: AlertPriority; durationMs: number }
  | { move: 'advance'; ms: number }
  | { move: 'pause' | 'resume' | 'clear' | 'recover' | 'confirm' }
  | { move: 'skip' | 'replay'; pick: number }

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      move: fc.constant('enqueue' as const),
      priority: fc.constantFrom(...alertPriorities),
      durationMs: fc.integer({ min: 1000, max: 9000 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ move: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 7000 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ move: fc.constantFrom('pause', 'resume', 'resume', 'clear', 'recover', 'confirm') }),
  },
  { weight: 2, arbitrary: fc.record({ move: fc.constantFrom('skip', 'replay'), pick: fc.nat(20) }) },
)

function play(bench: Bench, move: Move, count: number): void {
  const { state } = bench
  switch (move.move) {
    case 'enqueue':
      bench.enqueue(`alert-${count}`, move.priority, move.durationMs)
      return
    case 'advance':
      bench.advance(move.ms)
      return
    case 'confirm':
      bench.do({ kind: 'confirm', run: state.playing?.run ?? 0 })
      return
    case 'skip': {
      const pending = [state.playing, ...state.interrupted, ...state.waiting]
      bench.do({ kind: 'skip', id: pending[move.pick % pending.length]?.alert.id })
      return
    }
    case 'replay':
      bench.do({ kind: 'replay', id: state.recent[move.pick % 50]?.alert.id ?? 'none', cause: CAUSE })
      return
    default:
      bench.do({ kind: move.move })
  }
}

/** Every alert is in exactly one place, and once it has finished it never comes back. */
function nothingLostNothingTwice({ state, facts }: Bench): void {
  const arrived = facts.flatMap((fact) => (fact.kind === 'enqueued' ? [fact.entry.alert.id] : []))
  const finished = facts.flatMap((fact) => (fact.kind === 'finished' ? [fact.entry.alert.id] : []))
  const pending = [state.playing, ...state.interrupted, ...state.waiting].flatMap((entry) => entry?.alert.id ?? [])
  expect([...finished, ...pending].sort()).toEqual([...arrived].sort())
  const firstStarts = facts.flatMap((fact) =>
    fact.kind === 'started' && fact.entry.elapsedMs === 0 ? [fact.entry.alert.id] : [],
  )
  const heldAtZero = facts.flatMap((fact) =>
    fact.kind === 'interrupted' && fact.entry.elapsedMs === 0 ? [fact.entry.alert.id] : [],
  )
  // An alert pre-empted before a single millisecond of it was shown starts at 0 once more.
  for (const id of new Set(firstStarts)) {
    const starts = firstStarts.filter((other) => other === id).length
    expect(starts).toBeLessThanOrEqual(1 + heldAtZero.filter((other) => other === id).length + pausesOf(id, facts))
  }
}

/** Holding at 0 ms leaves no fact, only another start without an interruption. */
function pausesOf(id: string, facts: QueueFact[]): number {
  const starts = facts.filter((fact) => fact.kind === 'started' && fact.entry.alert.id === id)
  return starts.filter((fact, n) => {
    const before = starts[n - 1]
    return fact.kind === 'started' && before?.kind === 'started' && before.entry.elapsedMs === fact.entry.elapsedMs
  }).length
}

function inOrder({ state, now }: Bench): void {
  const ranks = state.waiting.map((entry) => rankOf(entry.alert.priority) * 1e6 + entry.order)
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
  const stack = state.interrupted.map((entry) => rankOf(entry.alert.priority))
  expect(stack).toEqual([...new Set(stack)].sort((a, b) => a - b))
  if (state.playing) {
    const own = rankOf(state.playing.alert.priority)
    expect(stack.every((rank) => rank > own)).toBe(true)
    expect(offsetOf(state.playing, state.paused, now)).toBeLessThan(state.playing.alert.durationMs)
    const top = state.waiting[0]
    if (top && !state.paused) expect(rankOf(top.alert.priority)).toBeGreaterThanOrEqual(own)
  } else if (!state.paused) {
    expect([...state.waiting, ...state.interrupted]).toEqual([])
  }
}

/** What was on screen, summed from the facts alone, is the whole duration of every alert that counts as shown. */
function shownInFull(run: { facts: QueueFact[]; screenMs: Map<string, number> }): void {
  for (const fact of run.facts) {
    if (fact.kind !== 'finished' || fact.entry.outcome !== 'shown') continue
    const { id, durationMs } = fact.entry.alert
    const shown = run.screenMs.get(id) ?? 0
    expect(shown).toBeGreaterThanOrEqual(durationMs - ALERT_MOTION.exitMs)
  }
}

describe('alert queue, any sequence of commands', () => {
  it('loses nothing, shows nothing twice, keeps the order and shows each alert in full', () => {
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1, maxLength: 120 }), (sequence) => {
        const bench = new Bench()
        const screenMs = new Map<string, number>()
        let count = 0
        for (const move of sequence) {
          if (move.move !== 'advance') {
            play(bench, move, count++)
          } else {
            // In small strides, so that what is on screen in each of them is known.
            for (let left = move.ms; left > 0; left -= 1000) {
              watch(bench, Math.min(left, 1000), screenMs)
            }
          }
          nothingLostNothingTwice(bench)
          inOrder(bench)
        }
        shownInFull({ facts: bench.facts, screenMs })
        drain(bench)
        expect(bench.state).toMatchObject({ playing: null, interrupted: [], waiting: [] })
        nothingLostNothingTwice(bench)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same answer for the same input and never changes the state it was given', () => {
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 40 }), (sequence) => {
        const bench = new Bench()
        sequence.forEach((move, n) => {
          const before = structuredClone(bench.state)
          const frozen = bench.state
          play(bench, move, n)
          expect(frozen).toEqual(before)
        })
      }),
      { numRuns: 100 },
    )
  })
})

/** Moves time on and books it to whatever is on screen. */
function watch(bench: Bench, ms: number, screenMs: Map<string, number>): void {
  const target = bench.now + ms
  while (bench.now < target) {
    const { playing, paused } = bench.state
    const remaining = remainingMs(bench.state, bench.now) ?? Number.POSITIVE_INFINITY
    const stride = Math.min(target - bench.now, remaining)
    if (playing && !paused) screenMs.set(playing.alert.id, (screenMs.get(playing.alert.id) ?? 0) + stride)
    bench.advance(stride)
  }
}

function drain(bench: Bench): void {
  bench.do({ kind: 'resume' })
  bench.advance(3_600_000)
}
