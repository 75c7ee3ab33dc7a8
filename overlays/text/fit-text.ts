/**
 * Makes a name fit its box: shrinks it to four fifths at most, then cuts it between characters as people see them, never
 * inside a flag, a family or an accented letter. Pure: the width of a text is asked of the caller.
 */

export interface FittedText {
  text: string
  /** Of the full size, `MIN_SCALE` to 1. */
  scale: number
}

export const MIN_SCALE = 0.8
const ELLIPSIS = '…'
/** Accents that stay loose after composing: beyond one, they are a tower that spills over its neighbours. */
const SURPLUS_ACCENTS = /([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])\p{M}+/gu

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** `widthOf` measures at full size, px. */
export function fitText(text: string, maxWidth: number, widthOf: (text: string) => number): FittedText {
  const tame = tameMarks(text)
  const width = widthOf(tame)
  if (width <= maxWidth) return { text: tame, scale: 1 }
  if (width * MIN_SCALE <= maxWidth) return { text: tame, scale: maxWidth / width }
  return { text: cut(tame, maxWidth / MIN_SCALE, widthOf), scale: MIN_SCALE }
}

export function tameMarks(text: string): string {
  return text.normalize('NFC').replace(SURPLUS_ACCENTS, '$1')
}

/** The longest beginning that fits with an ellipsis after it. */
function cut(text: string, maxWidth: number, widthOf: (text: string) => number): string {
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment)
  let fits = 0
  let tooLong = graphemes.length
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (widthOf(beginning(graphemes, middle)) <= maxWidth) fits = middle
    else tooLong = middle
  }
  return beginning(graphemes, fits)
}

function beginning(graphemes: readonly string[], count: number): string {
  return graphemes.slice(0, count).join('').trimEnd() + ELLIPSIS
}
