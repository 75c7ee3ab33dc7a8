/** What the comparison must notice and what it must let pass, on made-up pictures: plates, and bars that stand for letters. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { type Difference, decode, differenceOf, encode, reduce } from './picture-difference.ts'

interface Look {
  plate?: { x: number; y: number; fill: string } | null
  /** Where the letters begin, and whether there are any. */
  text?: { x: number; y: number; fill: string; length: number; stroke: number } | null
}

const PLATE = { x: 120, y: 60, fill: '#15181d' }
const TEXT = { x: 144, y: 84, fill: '#ffffff', length: 12, stroke: 3 }

/** A plate with a line of letters 24 px high on it, over a plain page. */
async function page({ plate = PLATE, text = TEXT }: Look = {}): Promise<Buffer> {
  const box = plate ? `<rect x="${plate.x}" y="${plate.y}" width="360" height="72" fill="${plate.fill}"/>` : ''
  const letters = text
    ? Array.from({ length: text.length }, (_, index) => {
        const x = text.x + index * 15
        return `<rect x="${x}" y="${text.y}" width="${text.stroke}" height="24" fill="${text.fill}"/>
          <rect x="${x}" y="${text.y + 9}" width="9" height="${text.stroke}" fill="${text.fill}"/>`
      }).join('')
    : ''
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="240"><rect width="960" height="240" fill="#7f8fa6"/>${box}${letters}</svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

async function between(a: Look, b: Look): Promise<Difference | undefined> {
  return differenceOf(await reduce(await page(a)), await reduce(await page(b)))
}

describe('differences that viewers would see', () => {
  const seen: [string, Look][] = [
    ['the plate is missing', { plate: null }],
    ['the text is missing', { text: null }],
    ['one letter of twelve is missing', { text: { ...TEXT, length: 11 } }],
    ['the text goes on beyond the plate', { text: { ...TEXT, length: 26 } }],
    ['the plate has moved by six pixels', { plate: { ...PLATE, x: 126 } }],
    ['the text has moved by a third of its height', { text: { ...TEXT, y: 92 } }],
    ['everything has moved by twelve pixels', { plate: { ...PLATE, y: 72 }, text: { ...TEXT, y: 96 } }],
    ['the plate is lighter', { plate: { ...PLATE, fill: '#20242b' } }],
    ['the plate is of another colour', { plate: { ...PLATE, fill: '#15301d' } }],
    ['the text is red', { text: { ...TEXT, fill: '#ff4040' } }],
  ]
  it.each(seen)('%s', async (_what, look) => {
    expect((await between({}, look))?.severity).toBeGreaterThan(1)
    expect((await between(look, {}))?.severity).toBeGreaterThan(1)
  })

  it('says where, in pixels of the page', async () => {
    const difference = await between({}, { text: { ...TEXT, length: 11 } })
    // The twelfth letter begins at 309; whole blocks are told, and the blur reaches into the next one.
    expect(difference?.x).toBeGreaterThanOrEqual(288)
    expect((difference?.x ?? 0) + (difference?.width ?? 0)).toBeLessThanOrEqual(352)
    expect(difference?.y).toBeGreaterThanOrEqual(64)
    expect((difference?.y ?? 0) + (difference?.height ?? 0)).toBeLessThanOrEqual(128)
  })

  it('another size differs everywhere', async () => {
    const small = await reduce(
      await sharp(await page())
        .resize(480, 240)
        .toBuffer(),
    )
    expect(await differenceOf(await reduce(await page()), small)).toMatchObject({
      x: 0,
      width: 480,
      severity: Infinity,
    })
  })
})

describe('differences between machines', () => {
  const unseen: [string, Look][] = [
    ['none', {}],
    ['letters that stand half a pixel further', { text: { ...TEXT, x: 144.5 } }],
    ['letters that stand a pixel further', { text: { ...TEXT, x: 145 } }],
    ['letters that stand a pixel lower', { text: { ...TEXT, y: 85 } }],
    ['letters that are a little bolder', { text: { ...TEXT, stroke: 3.6 } }],
    ['letters whose edges are less white', { text: { ...TEXT, fill: '#f0f0f0' } }],
    ['a plate whose colour was rounded another way', { plate: { ...PLATE, fill: '#16181e' } }],
  ]
  it.each(unseen)('%s', async (_what, look) => {
    expect(await between({}, look)).toBeUndefined()
    expect(await between(look, {})).toBeUndefined()
  })
})

it('what is kept is what was seen', async () => {
  const picture = await reduce(await page())
  expect(await decode(await encode(picture))).toEqual(picture)
})
