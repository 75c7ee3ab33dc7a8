import { describe, expect, it } from 'vitest'
import { parseRoute } from './route.ts'

describe('parseRoute', () => {
  it.each([
    ['', 'live', 'obs'],
    ['#alerts', 'alerts', 'obs'],
    ['#set-up/keys', 'set-up', 'keys'],
    ['#set-up/nothing', 'set-up', 'obs'],
    ['#token', 'live', 'obs'],
  ])('"%s" is the page %s, section %s', (hash, view, section) => {
    expect(parseRoute(hash)).toEqual({ view, section })
  })
})
