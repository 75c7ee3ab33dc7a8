import { describe, expect, it } from 'vitest'
import { matches } from './create-timeline.ts'

const event = {
  id: 'e',
  seq: 1,
  type: 'twitch.channel.chat.message',
  source: 'twitch',
  at: 0,
  correlationId: 'c',
  payload: { user_id: '42', user_login: 'ana', user_name: 'Ana', message: 'The route through Mt. Moon' },
}

describe('matches', () => {
  it.each([
    [{ group: 'all', q: '', user: '' }, true],
    [{ group: 'support', q: '', user: '' }, false],
    [{ group: 'chat', q: 'moon ROUTE', user: '' }, true],
    [{ group: 'chat', q: 'moon tower', user: '' }, false],
    [{ group: 'chat', q: '', user: 'ANA' }, true],
    [{ group: 'chat', q: '', user: '42' }, true],
    [{ group: 'chat', q: '', user: 'an' }, false],
  ] as const)('with %o: %s', (filter, expected) => {
    expect(matches(event, filter)).toBe(expected)
  })
})
