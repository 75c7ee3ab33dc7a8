import { describe, expect, it } from 'vitest'
import { createHttpEventLog, EventLogError } from './event-log.ts'

const signal = new AbortController().signal

function logAnswering(status: number, body: unknown) {
  const asked: { url: string; headers: unknown }[] = []
  const request = async (url: unknown, init?: RequestInit) => {
    asked.push({ url: String(url), headers: init?.headers })
    return new Response(JSON.stringify(body), { status })
  }
  return { asked, log: createHttpEventLog('s3cret', request as typeof fetch) }
}

describe('createHttpEventLog', () => {
  it('asks with the token in the header, never in the address', async () => {
    const { asked, log } = logAnswering(200, { events: [], next: null })
    await log.page({ types: ['a.b', 'c.d'], q: 'mt moon', cursor: 'x', limit: 60 }, signal)
    expect(asked).toEqual([
      { url: '/api/events?limit=60&type=a.b%2Cc.d&q=mt+moon&cursor=x', headers: { authorization: 'Bearer s3cret' } },
    ])
  })

  it('says what the hub said', async () => {
    const { log } = logAnswering(400, { error: { code: 'invalid_args', message: 'q: too long' } })
    await expect(log.page({ limit: 1 }, signal)).rejects.toThrow(new EventLogError('q: too long'))
  })

  it('has words where the hub has none', async () => {
    const { log } = logAnswering(502, 'bad gateway')
    await expect(log.page({ limit: 1 }, signal)).rejects.toThrow(/answered 502/)
  })

  it('has words for a hub that is gone', async () => {
    const log = createHttpEventLog('t', () => Promise.reject(new TypeError('failed')))
    await expect(log.page({ limit: 1 }, signal)).rejects.toThrow(/did not answer/)
  })
})
