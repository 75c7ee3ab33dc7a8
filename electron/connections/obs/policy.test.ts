import { describe, expect, it } from 'vitest'
import { judge } from './policy.ts'
import type { ObsEnd } from './session.ts'

const url = 'ws://127.0.0.1:4455'
const known = { url, hasPassword: true }
const closed = (code: number | null, reason = ''): ObsEnd => ({
  kind: 'closed',
  close: { code, reason },
  exiting: false,
})
const notOpened = (code: number | null, reason = ''): ObsEnd => ({ kind: 'not-opened', close: { code, reason } })

describe('policy of the OBS connection', () => {
  it.each([
    ['1001: the server was stopped', closed(1001), 'retry'],
    ['1006: broken off', closed(1006), 'retry'],
    ['4009: wrong password', notOpened(4009), 'reauth'],
    ['4009 later: the password was changed', closed(4009), 'reauth'],
    ['4010: another protocol version', notOpened(4010), 'stop'],
    ['4011: kicked by the streamer', closed(4011), 'stop'],
    ['4012: a feature it does not have', notOpened(4012), 'stop'],
    ['4002: it could not read us', closed(4002), 'retry'],
    ['a code from the future', closed(4999, 'who knows'), 'retry'],
    ['nothing listens', notOpened(null, 'connect ECONNREFUSED 127.0.0.1:4455'), 'retry'],
    ['frozen', { kind: 'silent' } as const, 'retry'],
    ['closed by the streamer', { kind: 'closed', close: { code: 1001, reason: '' }, exiting: true } as const, 'retry'],
    ['asked to start anew', { kind: 'asked' } as const, 'retry-now'],
  ])('%s', (_name, end, action) => {
    expect(judge(end, known)).toMatchObject({ action, reason: expect.stringMatching(/\w+ \w+/) })
  })

  it('tells a wrong password from a missing one', () => {
    expect(judge(notOpened(4009), known).reason).toContain('refused the password')
    expect(judge(notOpened(4009), { url, hasPassword: false }).reason).toContain('none is set')
  })

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:4455', 'start OBS'],
    ['getaddrinfo ENOTFOUND studio', 'check the address'],
    ['Server sent no subprotocol', 'is not OBS'],
    ['Unexpected server response: 404', 'is not OBS'],
    ['', 'the connection failed'],
  ])('says what to do about "%s"', (reason, words) => {
    expect(judge(notOpened(null, reason), known).reason).toContain(words)
  })
})
