/**
 * The numbers of the test card that machines read: two rows of black and white blocks, one for the frame's number and one
 * for the time, so that whoever captures the picture can tell which frame it has and how old it is. Pure: says where the
 * blocks are and what they mean; draws and captures nothing.
 *
 * A row is white, black, 24 bits with the highest first (white is 1), the parity bit that makes the number of white ones
 * among these 25 even, black, white.
 */

/** Of the strip, on a canvas of 1920x1080, px. */
export const STRIP = { x: 96, y: 876, block: 36 } as const
const STRIP_BITS = 24
/** Numbers are counted modulo this. */
export const STRIP_MODULUS = 2 ** STRIP_BITS
export const STRIP_ROWS = ['frame', 'time'] as const
export type StripRow = (typeof STRIP_ROWS)[number]

const HEAD = [true, false]
const TAIL = [false, true]
export const STRIP_BLOCKS = HEAD.length + STRIP_BITS + 1 + TAIL.length
/** Of 255: between what compression makes of black and of white. */
const THRESHOLD = 128

/** The blocks of one row, true for white. */
export function stripOf(number: number): boolean[] {
  const value = ((Math.trunc(number) % STRIP_MODULUS) + STRIP_MODULUS) % STRIP_MODULUS
  const bits = Array.from({ length: STRIP_BITS }, (_, bit) => Math.floor(value / 2 ** (STRIP_BITS - 1 - bit)) % 2 === 1)
  const parity = bits.filter(Boolean).length % 2 === 1
  return [...HEAD, ...bits, parity, ...TAIL]
}

/** The number in a row, or null when there is no whole one. `luma`: brightness at a pixel of the card, 0 to 255. */
export function readStrip(row: StripRow, luma: (x: number, y: number) => number): number | null {
  const y = STRIP.y + (STRIP_ROWS.indexOf(row) + 0.5) * STRIP.block
  const blocks = Array.from({ length: STRIP_BLOCKS }, (_, n) => luma(STRIP.x + (n + 0.5) * STRIP.block, y) >= THRESHOLD)
  const number = blocks.slice(HEAD.length, HEAD.length + STRIP_BITS).reduce((sum, bit) => sum * 2 + (bit ? 1 : 0), 0)
  const isWhole = stripOf(number).every((white, n) => white === blocks[n])
  return isWhole ? number : null
}
