import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitText, MIN_SCALE, tameMarks } from './fit-text.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const graphemes = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment)
/** Every character as people see it is 10 px wide. */
const widthOf = (text: string) => graphemes(text).length * 10

describe('fitText', () => {
  it('leaves alone what fits', () => {
    expect(fitText('Mira', 40, widthOf)).toEqual({ text: 'Mira', scale: 1 })
    expect(fitText('', 40, widthOf)).toEqual({ text: '', scale: 1 })
  })

  it('shrinks to four fifths before it cuts', () => {
    expect(fitText('abcdefghij', 90, widthOf)).toEqual({ text: 'abcdefghij', scale: 0.9 })
    expect(fitText('abcdefghij', 80, widthOf)).toEqual({ text: 'abcdefghij', scale: MIN_SCALE })
    expect(fitText('abcdefghij', 40, widthOf)).toEqual({ text: 'abcd…', scale: MIN_SCALE })
  })

  it('never cuts inside a family, a flag or an accented letter', () => {
    expect(fitText('👩‍👩‍👧‍👦🏳️‍🌈👩‍👩‍👧‍👦🏳️‍🌈', 24, widthOf).text).toBe('👩‍👩‍👧‍👦🏳️‍🌈…')
    expect(fitText('e\u0323e\u0323e\u0323e\u0323', 24, widthOf).text).toBe('ẹẹ…')
  })

  it('fits whatever it is given, and only ever shows a beginning of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 16, max: 400 }), (text, width) => {
        const fitted = fitText(text, width, widthOf)
        expect(widthOf(fitted.text) * fitted.scale).toBeLessThanOrEqual(width + 1e-9)
        expect(fitted.scale).toBeGreaterThanOrEqual(MIN_SCALE)
        const shown = fitted.text.replace(/…$/, '')
        expect(tameMarks(text).startsWith(shown)).toBe(true)
      }),
    )
  })

  it('takes down towers of accents but keeps what languages need', () => {
    expect(tameMarks('Z̸̡̢͎͚a')).toBe('Z̸a')
    expect(tameMarks('tiếng Việt'.normalize('NFD'))).toBe('tiếng Việt')
    expect(tameMarks('ที่นี่')).toBe('ที่นี่')
  })
})
