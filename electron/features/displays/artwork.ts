/** The picture of a track: taken for what its bytes say it is, whatever its sender calls it. Pure. */
import type { Track } from '../../../contracts/display.ts'

type Artwork = NonNullable<Track['artwork']>

const SIGNATURES: readonly { type: Artwork['type']; at: number; bytes: readonly number[] }[] = [
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
]

/** `data`: base64. Null when it is no picture of a kind that is shown. */
export function artworkOf(data: string): Artwork | null {
  const head = Buffer.from(data.slice(0, 16), 'base64')
  const found = SIGNATURES.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte))
  return found ? { type: found.type, data } : null
}
