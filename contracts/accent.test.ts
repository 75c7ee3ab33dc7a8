import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contrast, type Rgb, rgbOf } from '../base/colour.ts'
import { accentTokens } from './accent.ts'
import { accentSchema } from './show.ts'

const PLATE_ON_WHITE: Rgb = [40, 41, 44]
const read = (css: string) => css.match(/\d+/g)?.map(Number) as unknown as Rgb

it('takes colours that are told from the plates, and says why it takes no other', () => {
  for (const accent of ['#7c4dff', '#d62830', '#0e7a54', '#ffffff', '#ffff00']) {
    expect(accentSchema.safeParse(accent).success, accent).toBe(true)
  }
  expect(accentSchema.parse(' #7C4DFF ')).toBe('#7c4dff')
  for (const accent of ['#000000', '#1a237e', '#333333']) {
    expect(accentSchema.safeParse(accent).error?.issues[0]?.message, accent).toContain('too dark')
  }
  for (const accent of ['red', '#fff', '#7c4dff; x', '']) {
    expect(accentSchema.safeParse(accent).error?.issues[0]?.message, accent).toContain('like #7c4dff')
  }
})

it('words on an accent and in an accent can be read, whatever it is', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(channel, channel, channel, (red, green, blue) => {
      const accent = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`
      const { ink, bright } = accentTokens(accent)
      expect(contrast(rgbOf(accent), read(ink))).toBeGreaterThanOrEqual(4.3)
      expect(contrast(read(bright), PLATE_ON_WHITE)).toBeGreaterThanOrEqual(4.5)
    }),
  )
})
