import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventText, searchable } from './event-text.ts'

test('what people wrote and names are found at any depth; ids, urls and repetitions are not', () => {
  const text = eventText({
    message_id: 'abc',
    user_id: '1',
    user_name: 'Ada',
    user_login: 'ada',
    broadcaster_user_name: 'Streamer',
    message: { text: 'hello there', fragments: [{ type: 'text', text: 'hello' }] },
    reward: { id: 'r', title: 'Hydrate', image_url: 'https://x.test/y.png' },
    choices: [{ title: 'yes' }, { title: 'no' }],
    system_message: 'Ada subscribed',
    displayName: 'ADA',
  })
  expect(text).toBe('Ada ada hello there Hydrate yes no Ada subscribed ADA')
})

test('a payload without words has no text', () => {
  expect(eventText({ total: 3, id: 'x', list: [1, null, true], message: '' })).toBeNull()
})

test('characters of unspaced scripts stand apart; others are left alone', () => {
  expect(searchable('東京 tower').split(/\s+/).filter(Boolean)).toEqual(['東', '京', 'tower'])
  expect(searchable('안녕').split(/\s+/).filter(Boolean)).toEqual(['안', '녕'])
  expect(searchable('Ｗｉｄｅ ｶﾞ').split(/\s+/).filter(Boolean)).toEqual(['Wide', 'ガ'])
  expect(searchable('café über')).toBe('café über')
})

test('control characters never reach the index', () => {
  expect(eventText({ text: 'a\u0000b\nc' })).toBe('a b c')
})

test('any payload is taken', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
      const text = eventText(payload as Record<string, unknown>)
      expect(text === null || text.length > 0).toBe(true)
    }),
  )
})
