/**
 * Whether two pictures of a page show the same: what is missing, has moved, has another colour or has left its box is
 * told; how a machine draws the edges of letters is not. Knows no page and no browser.
 */
import sharp, { type Sharp } from 'sharp'

/** Pictures are kept and compared at this share of the page's own size. */
export const SCALE = 0.5
/** Squares, of the kept picture's pixels. */
const BLOCK = 8
/** A block whose channels vary by less is one colour, 0..255. */
const FLAT_RANGE = 6
/** In a block that is one colour in either picture the two may differ by so much on average, 0..255. */
const FLAT_TOLERANCE = 8
/** Wide enough that letters become grey, of the kept picture's pixels. */
const BLUR_SIGMA = 2
/** Where there are letters, edges and pictures: so much after the blur, 0..255. */
const BLUR_TOLERANCE = 36

export interface Picture {
  width: number
  height: number
  /** Red, green and blue of every pixel. */
  pixels: Buffer
}

/** Where two pictures differ, px of the page, and how. */
export interface Difference {
  x: number
  y: number
  width: number
  height: number
  /** The worst of it beside what is tolerated; above 1. */
  severity: number
}

/** A screenshot as it is kept: smaller, and with no transparency. */
export async function reduce(screenshot: Buffer): Promise<Picture> {
  const { width = 0, height = 0 } = await sharp(screenshot).metadata()
  const size = { width: Math.round(width * SCALE), height: Math.round(height * SCALE), fit: 'fill' as const }
  return rawOf(sharp(screenshot).removeAlpha().resize(size))
}

/** Throws what `sharp` says of a file that is no picture. */
export function decode(file: Buffer): Promise<Picture> {
  return rawOf(sharp(file).removeAlpha())
}

export function encode({ width, height, pixels }: Picture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .webp({ lossless: true, effort: 6 })
    .toBuffer()
}

/** Undefined: they show the same. A picture of another size differs everywhere. */
export async function differenceOf(expected: Picture, actual: Picture): Promise<Difference | undefined> {
  const { width, height } = expected
  if (width !== actual.width || height !== actual.height) {
    return { ...inPage(0, 0, actual.width, actual.height), severity: Number.POSITIVE_INFINITY }
  }
  const [expectedBlur, actualBlur] = await Promise.all([blurred(expected), blurred(actual)])
  let [left, top, right, bottom, severity] = [width, height, 0, 0, 0]
  for (let y = 0; y < height; y += BLOCK) {
    for (let x = 0; x < width; x += BLOCK) {
      const block = { width, x, y, right: Math.min(x + BLOCK, width), bottom: Math.min(y + BLOCK, height) }
      const isFlat = isOneColour(expected, block) || isOneColour(actual, block)
      const flat = isFlat ? meanDifference(expected, actual, block) / FLAT_TOLERANCE : 0
      const worst = Math.max(flat, largestDifference(expectedBlur, actualBlur, block) / BLUR_TOLERANCE)
      if (worst <= 1) continue
      left = Math.min(left, x)
      top = Math.min(top, y)
      right = Math.max(right, block.right)
      bottom = Math.max(bottom, block.bottom)
      severity = Math.max(severity, worst)
    }
  }
  return severity > 0 ? { ...inPage(left, top, right, bottom), severity } : undefined
}

interface Block {
  /** Of the picture. */
  width: number
  x: number
  y: number
  right: number
  bottom: number
}

function inPage(left: number, top: number, right: number, bottom: number) {
  return { x: left / SCALE, y: top / SCALE, width: (right - left) / SCALE, height: (bottom - top) / SCALE }
}

async function rawOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels: data }
}

function blurred({ width, height, pixels }: Picture): Promise<Picture> {
  return rawOf(sharp(pixels, { raw: { width, height, channels: 3 } }).blur(BLUR_SIGMA))
}

/** Calls with the index of every byte of the block. */
function eachByte({ width, x, y, right, bottom }: Block, visit: (index: number) => void): void {
  for (let row = y; row < bottom; row++) {
    const end = (row * width + right) * 3
    for (let index = (row * width + x) * 3; index < end; index++) visit(index)
  }
}

function isOneColour({ pixels }: Picture, block: Block): boolean {
  const least = [255, 255, 255]
  const most = [0, 0, 0]
  eachByte(block, (index) => {
    const value = pixels[index] ?? 0
    least[index % 3] = Math.min(least[index % 3] ?? 0, value)
    most[index % 3] = Math.max(most[index % 3] ?? 0, value)
  })
  return most.every((value, channel) => value - (least[channel] ?? 0) <= FLAT_RANGE)
}

/** Of the channel that differs most. */
function meanDifference(expected: Picture, actual: Picture, block: Block): number {
  const sums = [0, 0, 0]
  eachByte(block, (index) => {
    sums[index % 3] = (sums[index % 3] ?? 0) + Math.abs((expected.pixels[index] ?? 0) - (actual.pixels[index] ?? 0))
  })
  return Math.max(...sums) / ((block.right - block.x) * (block.bottom - block.y))
}

function largestDifference(expected: Picture, actual: Picture, block: Block): number {
  let largest = 0
  eachByte(block, (index) => {
    largest = Math.max(largest, Math.abs((expected.pixels[index] ?? 0) - (actual.pixels[index] ?? 0)))
  })
  return largest
}
