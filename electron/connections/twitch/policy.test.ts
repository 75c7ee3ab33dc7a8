import { describe, expect, it } from 'vitest'
import { judge } from './policy.ts'

const closed = (code: number | null, reason = '') => judge({ kind: 'closed', close: { code, reason } })

describe('what the end of a session calls for', () => {
  it.each([4000, 4001, 4002, 4003, 4005, 4006])(
    '%i: try again after the backoff, with the code in the reason',
    (code) => {
      const verdict = closed(code)
      expect(verdict.action).toBe('retry')
      expect(verdict.reason).toContain(String(code))
    },
  )

  it.each([4004, 4007])('%i: a hand-over failed, so start anew at once', (code) => {
    expect(closed(code)).toMatchObject({ action: 'retry-now', reason: expect.stringContaining(String(code)) })
  })

  it('no other close is for ever', () => {
    for (const code of [1000, 1001, 1006, 1009, 1012, 4242]) expect(closed(code).action).toBe('retry')
  })

  it('says why it could not connect', () => {
    expect(closed(null, 'getaddrinfo ENOTFOUND eventsub.wss.twitch.tv').reason).toContain('internet connection')
    expect(closed(null, 'Unexpected server response: 503').reason).toContain('503')
  })

  it('a refused token needs the streamer', () => {
    expect(judge({ kind: 'signed-out', reason: 'sign in again' })).toEqual({
      action: 'reauth',
      reason: 'sign in again',
    })
  })

  it('silence is told with the promise that was broken', () => {
    expect(judge({ kind: 'silent', since: 1, keepaliveSeconds: 10 })).toMatchObject({
      action: 'retry',
      reason: expect.stringContaining('10 s'),
    })
  })
})
