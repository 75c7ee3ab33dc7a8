import { expect, it } from 'vitest'
import { contrast, cssOf, mixed, rgbOf } from './colour.ts'

it('reckons contrast as WCAG does', () => {
  expect(contrast(rgbOf('#000000'), rgbOf('#ffffff'))).toBeCloseTo(21)
  expect(contrast(rgbOf('#777777'), rgbOf('#ffffff'))).toBeCloseTo(4.48, 2)
  expect(contrast(rgbOf('#d62830'), rgbOf('#d62830'))).toBe(1)
})

it('mixes and writes colours', () => {
  expect(mixed(rgbOf('#000000'), rgbOf('#ffffff'), 0.5)).toEqual([128, 128, 128])
  expect(cssOf(rgbOf('#7C4dff'))).toBe('rgb(124 77 255)')
})
