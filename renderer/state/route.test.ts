import { describe, expect, it } from 'vitest'
import { machineHref, parseRoute } from './route.ts'

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
    const second = hash.includes('/') ? output : null
    expect(parseRoute(hash)).toEqual({ view, section, output, widget: second, machine: second, process: null })
  })

  it('leads to a machine and to a process of it, whatever their ids are', () => {
    const route = parseRoute(machineHref('a/b #c', 'obs 100%'))
    expect(route).toMatchObject({ view: 'machines', machine: 'a/b #c', process: 'obs 100%' })
    expect(parseRoute('#machines/%E0%A4%A/x')).toMatchObject({ machine: '%E0%A4%A', process: 'x' })
  })
})
