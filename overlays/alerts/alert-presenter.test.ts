import { describe, expect, it } from 'vitest'
import { ALERT_MOTION } from '../../contracts/alert-motion.ts'
import { type Actor, createAlertPresenter, offsetOf } from './alert-presenter.ts'
import { STARTED_AT, samplePlaying, sampleState } from './sample-alerts.ts'

function stage(atMs = 0) {
  let now = STARTED_AT + atMs
  let actors: readonly Actor[] = []
  const presenter = createAlertPresenter({
    hubNow: () => now,
    onDidChange: (next) => {
      actors = next
    },
  })
  return {
    update: presenter.update,
    over: (run: number) => {
      const actor = actors.find(({ alert }) => alert.run === run)
      if (!actor) throw new Error(`run ${run} is not on stage`)
      presenter.over(actor)
    },
    pass: (ms: number) => {
      now += ms
    },
    get now() {
      return now
    },
    /** Runs on stage; those on their way out in brackets. */
    get cast() {
      return actors.map(({ alert, leftAt }) => (leftAt === null ? `${alert.run}` : `(${alert.run})`)).join(' ')
    },
    get actor() {
      const [actor] = actors
      if (!actor) throw new Error('the stage is empty')
      return actor
    },
  }
}

describe('alert presenter', () => {
  it('shows what plays, and nothing when nothing does', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    expect(page.cast).toBe('1')
    const empty = stage()
    empty.update(sampleState(null))
    expect(empty.cast).toBe('')
  })

  it('picks a running alert up at its offset after a reload', () => {
    const page = stage(2300)
    page.update(sampleState(samplePlaying()))
    expect(offsetOf(page.actor, page.now)).toBe(2300)
    expect(page.actor.delayMs).toBe(0)
  })

  it('keeps the same actor over updates of the same run', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    const { actor } = page
    page.pass(1000)
    page.update(sampleState(samplePlaying(), { waiting: 5 }))
    expect(page.actor).toBe(actor)
  })

  it('sends an interrupted alert off and lets the other wait until it is gone', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    page.pass(3000)
    page.update(sampleState(samplePlaying({ id: 'raid', run: 2, startedAt: page.now })))
    expect(page.cast).toBe('(1) 2')
    page.over(1)
    expect(page.cast).toBe('2')
    expect(page.actor.delayMs).toBe(ALERT_MOTION.interruptMs)
    page.pass(10_000)
    page.update(sampleState(samplePlaying({ run: 3, elapsedMs: 3000, startedAt: page.now })))
    expect(page.cast).toBe('3')
    expect(offsetOf(page.actor, page.now)).toBe(3000)
  })

  it('takes an alert off the screen while alerts are paused', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    page.pass(3000)
    page.update(sampleState(samplePlaying({ elapsedMs: 3000, startedAt: page.now }), { paused: true }))
    expect(page.cast).toBe('(1)')
    page.pass(ALERT_MOTION.interruptMs)
    page.update(sampleState(samplePlaying({ elapsedMs: 3000, run: 2, startedAt: page.now })))
    expect(page.cast).toBe('2')
  })

  it('keeps its alert to the end when the hub falls silent, and never shows that run again', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    page.pass(8000)
    page.over(1)
    expect(page.cast).toBe('')
    page.update(sampleState(samplePlaying({ startedAt: page.now })))
    expect(page.cast).toBe('')
    page.update(sampleState(samplePlaying({ run: 2, startedAt: page.now })))
    expect(page.cast).toBe('2')
  })

  it('shows what a hub on another store plays, though it counts its runs anew', () => {
    const page = stage()
    page.update(sampleState(samplePlaying({ run: 7 })))
    page.pass(8000)
    page.over(7)
    page.update(sampleState(samplePlaying({ id: 'other', run: 1, startedAt: page.now })))
    expect(page.actor.alert.id).toBe('other')
  })

  it('does not let an alert in view enter again when the hub dates its run anew', () => {
    const page = stage()
    page.update(sampleState(samplePlaying()))
    page.pass(3000)
    page.update(sampleState(samplePlaying({ startedAt: page.now })))
    expect(page.cast).toBe('1')
    expect(offsetOf(page.actor, page.now)).toBeGreaterThanOrEqual(ALERT_MOTION.enterMs)
  })

  it('shows nothing that is already over, nor an end that came while the page was hidden', () => {
    const late = stage(9000)
    late.update(sampleState(samplePlaying()))
    expect(late.cast).toBe('')
    const hidden = stage()
    hidden.update(sampleState(samplePlaying()))
    hidden.pass(20_000)
    hidden.update(sampleState(null))
    expect(hidden.cast).toBe('')
  })
})
