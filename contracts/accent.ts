/**
 * The accent of a show: which colours will do, and what of it is worn. Words on it are black or white, whichever is read
 * more easily; where the accent itself would be too dark to be read on a plate, a brighter one of its kind is. Pure, and
 * without schemas: overlay pages load it.
 */
import { contrast, cssOf, mixed, type Rgb, rgbOf } from '../base/colour.ts'

/** As `--plate` in the overlays' tokens. */
const PLATE: Rgb = [11, 12, 15]
/** The same with a white frame behind it, which shines through. */
const PLATE_ON_WHITE: Rgb = [40, 41, 44]
const WHITE: Rgb = [255, 255, 255]
/** What a shape needs to be told from what is beside it, and a word from what is behind it. */
const SHAPE_CONTRAST = 3
const WORD_CONTRAST = 4.5
const BRIGHTEN_STEP = 0.05

/** Whether it can be told from the plates it stands on. `accent`: `#rrggbb`; so are those below. */
export function isSeen(accent: string): boolean {
  return contrast(rgbOf(accent), PLATE) >= SHAPE_CONTRAST
}

export interface AccentTokens {
  accent: string
  /** For words on it. */
  ink: string
  /** For words in it on a plate. */
  bright: string
}

export function accentTokens(accent: string): AccentTokens {
  const colour = rgbOf(accent)
  const ink = contrast(colour, WHITE) >= WORD_CONTRAST ? WHITE : PLATE
  return { accent, ink: cssOf(ink), bright: cssOf(readable(colour)) }
}

function readable(colour: Rgb): Rgb {
  let share = 0
  while (share < 1 && contrast(mixed(colour, WHITE, share), PLATE_ON_WHITE) < WORD_CONTRAST) share += BRIGHTEN_STEP
  return mixed(colour, WHITE, Math.min(1, share))
}
