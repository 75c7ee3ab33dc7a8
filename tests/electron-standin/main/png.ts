/** Decodes the PNGs that Chromium makes of its pages (8 bits a channel, not interlaced) into what Electron hands out. */
import { promisify } from 'node:util'
import { inflate, type ZlibOptions } from 'node:zlib'

export interface Bitmap {
  width: number
  height: number
  /** Premultiplied B G R A, rows without padding. */
  pixels: Uint8Array
}

/**
 * How the colours of the file are meant. Those of a screencast are premultiplied, against the letter of the format, and
 * once too often: half transparent ones are coarse.
 */
export type Alpha = 'straight' | 'premultiplied'

const SIGNATURE_BYTES = 8
/** Colour types; the one without alpha is for pictures that are opaque everywhere. */
const RGB = 2
const RGBA = 6

const inflated = promisify<Buffer, ZlibOptions, Buffer>(inflate)

/** Rejects for any PNG that Chromium would not make. */
export async function decodePng(png: Buffer, alpha: Alpha): Promise<Bitmap> {
  const { header, data } = readChunks(png)
  const width = header.readUInt32BE(0)
  const height = header.readUInt32BE(4)
  const [depth, colour, interlaced] = [header[8], header[9], header[12]]
  if (depth !== 8 || (colour !== RGB && colour !== RGBA) || interlaced !== 0) {
    throw new Error(`a PNG of depth ${depth}, colour type ${colour}, interlaced ${interlaced} is not known here`)
  }
  const channels = colour === RGBA ? 4 : 3
  const rowBytes = width * channels
  // In one piece: the default of 16 kB at a time takes ten times as long.
  const filtered = await inflated(data, { chunkSize: (rowBytes + 1) * height + 64 })
  const rows = unfilter(filtered, rowBytes, height, channels)
  return { width, height, pixels: toBgra(rows, { width, height, channels, alpha }) }
}

function readChunks(png: Buffer): { header: Buffer; data: Buffer } {
  let header: Buffer | undefined
  const data: Buffer[] = []
  for (let at = SIGNATURE_BYTES; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = body
    if (type === 'IDAT') data.push(body)
    at += length + 12
  }
  if (!header) throw new Error('this is not a PNG')
  return { header, data: Buffer.concat(data) }
}

/**
 * Undoes the filters. Each row stands behind `step` zeros and the first below a row of zeros, so that every pixel has
 * neighbours and the loops, which run over megabytes, need ask nothing. Most rows of an overlay are empty or like the one
 * above them, and cost no loop.
 */
function unfilter(filtered: Buffer, rowBytes: number, height: number, step: number): Uint8Array {
  const stride = rowBytes + step
  const rows = new Uint8Array(stride * (height + 1))
  const nothing = Buffer.alloc(rowBytes)
  let isAboveEmpty = true
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1) + 1
    const start = (y + 1) * stride + step
    const filter = filtered[from - 1] ?? 0
    const isUnchanged = filtered.compare(nothing, 0, rowBytes, from, from + rowBytes) === 0
    if (isUnchanged && filter === 2) rows.copyWithin(start, start - stride, start - step)
    else if (!isUnchanged || (filter > 2 && !isAboveEmpty)) {
      rows.set(filtered.subarray(from, from + rowBytes), start)
      undo(filter, rows, start, rowBytes, step, stride)
    }
    isAboveEmpty = isUnchanged && (filter < 2 || isAboveEmpty)
  }
  return rows
}

function undo(filter: number, rows: Uint8Array, start: number, rowBytes: number, step: number, stride: number): void {
  const end = start + rowBytes
  const at = (index: number) => rows[index] as number
  if (filter === 1) for (let i = start; i < end; i++) rows[i] = at(i) + at(i - step)
  if (filter === 2) for (let i = start; i < end; i++) rows[i] = at(i) + at(i - stride)
  if (filter === 3) for (let i = start; i < end; i++) rows[i] = at(i) + ((at(i - step) + at(i - stride)) >> 1)
  if (filter === 4) {
    for (let i = start; i < end; i++) rows[i] = at(i) + paeth(at(i - step), at(i - stride), at(i - stride - step))
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const byLeft = Math.abs(up - upLeft)
  const byUp = Math.abs(left - upLeft)
  const byUpLeft = Math.abs(left + up - 2 * upLeft)
  if (byLeft <= byUp && byLeft <= byUpLeft) return left
  return byUp <= byUpLeft ? up : upLeft
}

interface Layout {
  width: number
  height: number
  channels: number
  alpha: Alpha
}

function toBgra(rows: Uint8Array, { width, height, channels, alpha }: Layout): Uint8Array {
  const pixels = new Uint32Array(width * height)
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * (width + 1) * channels + channels
    const target = pixels.subarray(y * width, (y + 1) * width)
    if (channels === 4) swapRedAndBlue(new Uint32Array(rows.buffer, start, width), target)
    if (channels === 4 && alpha === 'straight') premultiply(target)
    if (channels === 3) addAlpha(rows.subarray(start, start + width * channels), target)
  }
  return new Uint8Array(pixels.buffer)
}

function swapRedAndBlue(from: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < from.length; i++) {
    const pixel = from[i] as number
    to[i] = (pixel & 0xff00ff00) | ((pixel & 0xff) << 16) | ((pixel >>> 16) & 0xff)
  }
}

function premultiply(pixels: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] as number
    const alpha = pixel >>> 24
    if (alpha === 0 || alpha === 255) continue
    const times = (value: number) => Math.round(((value & 0xff) * alpha) / 255)
    pixels[i] = (alpha << 24) | (times(pixel >>> 16) << 16) | (times(pixel >>> 8) << 8) | times(pixel)
  }
}

function addAlpha(rgb: Uint8Array, to: Uint32Array): void {
  const at = (index: number) => rgb[index] as number
  for (let i = 0, from = 0; i < to.length; i++, from += 3) {
    to[i] = 0xff000000 | (at(from) << 16) | (at(from + 1) << 8) | at(from + 2)
  }
}
