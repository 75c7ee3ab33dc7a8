import { expect, it } from 'vitest'
import { accentStyle } from './accent.ts'

it('wears the show’s own accent, or nothing of its own', () => {
  expect([accentStyle(undefined), accentStyle({ accent: null }), accentStyle({} as { accent: null })]).toEqual([
    ...[{}, {}, {}],
  ])
  expect(accentStyle({ accent: '#ffcc00' })).toEqual({
    '--accent': '#ffcc00',
    '--accent-ink': 'rgb(11 12 15)',
    '--accent-bright': 'rgb(255 204 0)',
  })
  expect(accentStyle({ accent: '#7c4dff' })['--accent-ink']).toBe('rgb(255 255 255)')
})
