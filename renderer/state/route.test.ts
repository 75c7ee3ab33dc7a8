import { describe, expect, it } from 'vitest'
import { parseRoute } from './route.ts'

describe('parseRoute', () => {
  it.each([
    ['', 'live', 'obs', 'main'],
    ['#alerts', 'alerts', 'obs', 'main'],
    ['#widgets/w1', 'widgets', 'obs', 'w1'],
    ['#outputs/vertical', 'outputs', 'obs', 'vertical'],
    ['#set-up/keys', 'set-up', 'keys', 'keys'],
    ['#set-up/nothing', 'set-up', 'obs', 'nothing'],
    ['#token', 'live', 'obs', 'main'],
  ])('"%s" is the page %s, section %s, output %s', (hash, view, section, output) => {
    const widget = hash.includes('/') ? output : null
    expect(parseRoute(hash)).toEqual({ view, section, output, widget })
  })
})
