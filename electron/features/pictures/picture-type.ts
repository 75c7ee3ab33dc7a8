/**
 * What a picture is by its own bytes, whatever its sender calls it. Only kinds that can hold no script and no reference; no
 * SVG. Pure.
 */

export type PictureType = 'image/png' | 'image/gif' | 'image/webp'

/** Emotes have 112 px, wide ones three times that. */
const MAX_PICTURE_SIDE = 1024

interface Size {
  width: number
  height: number
}

/** Null for anything else, for what is cut off in its head, and for sizes that no emote has. */
export function pictureTypeOf(bytes: Buffer): PictureType | null {
  const kind = kindOf(bytes)
  if (kind === null) return null
  const { width, height } = kind.size
  const isUsable = width > 0 && height > 0 && width <= MAX_PICTURE_SIDE && height <= MAX_PICTURE_SIDE
  return isUsable ? kind.type : null
}

function kindOf(bytes: Buffer): { type: PictureType; size: Size } | null {
  if (bytes.length < 32) return null
  const head = bytes.toString('latin1', 0, 16)
  if (head.startsWith('\x89PNG\r\n\x1a\n') && head.endsWith('IHDR')) {
    return { type: 'image/png', size: { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } }
  }
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) {
    return { type: 'image/gif', size: { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } }
  }
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') {
    const size = webpSize(bytes, head.slice(12, 16))
    return size && { type: 'image/webp', size }
  }
  return null
}

function webpSize(bytes: Buffer, chunk: string): Size | null {
  switch (chunk) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    default:
      return null
  }
}
