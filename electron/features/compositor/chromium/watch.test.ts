import { describe, expect, it } from 'vitest'
import type { CaptureSurvey } from '../../../../contracts/picture/capture-page.ts'
import { ANSWER_DEADLINE_MS, AnswerPatience, faultOf, nextSurveyMs, STUCK_MS, SURVEY_MS, together } from './watch.ts'

const WELL: CaptureSurvey = {
  animating: true,
  painting: true,
  unpaintable: null,
  fault: null,
  stuckMs: 0,
  lastSequence: 7,
}

describe('what a survey means', () => {
  it('a page that moves and waits too long for a frame is frozen', () => {
    expect(faultOf({ ...WELL, stuckMs: STUCK_MS - 1 })).toBeNull()
    expect(faultOf({ ...WELL, stuckMs: STUCK_MS + 100 })).toBe(
      'its page is moving, but no frame of it has arrived for 1.4 s',
    )
  })

  it('one that stands still, or has just been opened, may wait', () => {
    expect(faultOf({ ...WELL, animating: false, stuckMs: 60_000 })).toBeNull()
    expect(faultOf({ ...WELL, painting: false, stuckMs: 5000 })).toBeNull()
  })

  it('what the page says itself comes first', () => {
    expect(faultOf({ ...WELL, fault: 'gone', stuckMs: 60_000 })).toBe('gone')
  })

  it('both kinds of standing still are told within 2 s', () => {
    expect(SURVEY_MS + STUCK_MS + nextSurveyMs({ ...WELL, stuckMs: 1 })).toBeLessThanOrEqual(2000)
    expect(SURVEY_MS + ANSWER_DEADLINE_MS).toBeLessThanOrEqual(2000)
  })

  it('a page that answers slowly is given more time, to a limit, until it answers faster again', () => {
    const patience = new AnswerPatience()
    expect(patience.deadlineMs).toBe(ANSWER_DEADLINE_MS)
    patience.answered(3)
    expect(patience.deadlineMs).toBe(ANSWER_DEADLINE_MS)
    patience.answered(700)
    expect(patience.deadlineMs).toBe(2800)
    patience.answered(5000)
    expect(patience.deadlineMs).toBe(5000)
    for (let answer = 0; answer < 8; answer++) patience.answered(3)
    expect(patience.deadlineMs).toBe(ANSWER_DEADLINE_MS)
  })

  it('two pages are as bad as the worse, and paint when both do', () => {
    const shown = { ...WELL, unpaintable: 'a video element', stuckMs: 40, lastSequence: 0 }
    const taking = { ...WELL, animating: false, fault: 'lost', stuckMs: 900 }
    expect(together(shown, taking)).toEqual({
      ...WELL,
      unpaintable: 'a video element',
      fault: 'lost',
      stuckMs: 900,
    })
    expect(together({ ...shown, painting: false }, taking).painting).toBe(false)
  })
})
