/** PNGs by hand, each row with another filter, decoded. */
import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodePng } from './png.ts'

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length, 0)
  head.write(type, 4, 'latin1')
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])), 0)
  return Buffer.concat([head, body, sum])
}

/** `rows`: each with its filter first. */
function png(width: number, colour: number, rows: number[][]): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([8, colour, 0, 0, 0], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const data = deflateSync(Buffer.from(rows.flat()))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

describe('decoding of a PNG', () => {
  test('every filter, on rows that are empty, like the one above, and neither', async () => {
    const { width, height, pixels } = await decodePng(
      png(2, 6, [
        [2, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 10, 20, 30, 40, 1, 2, 3, 4],
        [2, 0, 0, 0, 0, 0, 0, 0, 0],
        [2, 1, 1, 1, 1, 255, 255, 255, 255],
        [3, 10, 10, 10, 10, 10, 10, 10, 10],
        [4, 0, 0, 0, 0, 5, 5, 5, 5],
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [4, 0, 0, 0, 0, 0, 0, 0, 0],
        [3, 2, 2, 2, 2, 0, 0, 0, 0],
      ]),
      'premultiplied',
    )
    const rows = Array.from({ length: height }, (_, y) => [...pixels.subarray(y * width * 4, (y + 1) * width * 4)])
    expect(rows).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [30, 20, 10, 40, 33, 22, 11, 44],
      [30, 20, 10, 40, 33, 22, 11, 44],
      [31, 21, 11, 41, 32, 21, 10, 43],
      [25, 20, 15, 30, 38, 30, 22, 46],
      [25, 20, 15, 30, 43, 35, 27, 51],
      [3, 2, 1, 4, 7, 6, 5, 8],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [2, 2, 2, 2, 1, 1, 1, 1],
    ])
  })

  test('an opaque one has no alpha in it', async () => {
    const { pixels } = await decodePng(
      png(1, 2, [
        [0, 1, 2, 3],
        [2, 0, 0, 0],
      ]),
      'straight',
    )
    expect([...pixels]).toEqual([3, 2, 1, 255, 3, 2, 1, 255])
  })

  test('straight colours are multiplied by their alpha', async () => {
    const { pixels } = await decodePng(png(3, 6, [[0, 255, 100, 0, 128, 9, 9, 9, 0, 1, 2, 3, 255]]), 'straight')
    expect([...pixels]).toEqual([0, 50, 128, 128, 9, 9, 9, 0, 3, 2, 1, 255])
  })

  test('what Chromium would not make is refused', async () => {
    await expect(decodePng(png(1, 0, [[0, 1]]), 'straight')).rejects.toThrow('colour type 0')
    await expect(decodePng(Buffer.from('GIF89a'), 'straight')).rejects.toThrow('not a PNG')
  })
})
