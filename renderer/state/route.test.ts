import { describe, expect, it } from 'vitest'
import { parseRoute } from './route.ts'

describe('parseRoute', () => {
  it.each([
    ['', 'live', 'obs', 'main'],
    ['#alerts', 'alerts', 'obs', 'main'],
    ['#outputs/vertical', 'outputs', 'obs', 'vertical'],
    ['#set-up/keys', 'set-up', 'keys', 'keys'],
    ['#set-up/nothing', 'set-up', 'obs', 'nothing'],
    ['#token', 'live', 'obs', 'main'],
  ])('"%s" is the page %s, section %s, output %s', (hash, view, section, output) => {
    expect(parseRoute(hash)).toEqual({ view, section, output })
  })
})
