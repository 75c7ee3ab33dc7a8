/**
 * Reads one LZ4 block (the bare block format, no frame around it), as small as it can be: it goes into the viewer's page.
 * Owns no buffer. Never reads or writes outside of what it was given, whatever the bytes say.
 */

export class Lz4Error extends Error {}

/** Runs shorter than this are copied faster by hand than by a call. */
const SHORT_RUN_BYTES = 32
/** A length of four bits that goes on in the next byte, and a byte of it that goes on in the one after. */
const LONGER = 15
const MORE = 255
const SHORTEST_MATCH = 4

/**
 * Decompresses `block` into `target`, which it has to fill exactly.
 * @throws Lz4Error when the block is damaged or is not as long as `target` once decompressed.
 */
export function decompressLz4(block: Uint8Array, target: Uint8Array): void {
  // Plain variables and no closure over them: V8's middle compiler (Maglev, in Node 26) makes wrong code of this loop with
  // them when it replaces it while it runs, and pixels come out wrong. See `docs/gotchas.md`.
  let from = 0
  let to = 0
  while (from < block.length) {
    const token = block[from++] as number
    let literals = token >> 4
    if (literals === LONGER) {
      let byte = MORE
      while (byte === MORE) {
        if (from >= block.length) throw new Lz4Error('the block is cut off')
        byte = block[from++] as number
        literals += byte
      }
    }
    if (literals > block.length - from || literals > target.length - to) {
      throw new Lz4Error('a run of literals too long')
    }
    copy(block, from, target, to, literals)
    from += literals
    to += literals
    if (from === block.length) break
    if (from + 2 > block.length) throw new Lz4Error('the block is cut off')
    const offset = (block[from] as number) | ((block[from + 1] as number) << 8)
    from += 2
    if (offset === 0 || offset > to) throw new Lz4Error('a match before the beginning')
    let length = token & LONGER
    if (length === LONGER) {
      let byte = MORE
      while (byte === MORE) {
        if (from >= block.length) throw new Lz4Error('the block is cut off')
        byte = block[from++] as number
        length += byte
      }
    }
    length += SHORTEST_MATCH
    if (length > target.length - to) throw new Lz4Error('a match too long')
    repeat(target, to, offset, length)
    to += length
  }
  if (to !== target.length) throw new Lz4Error(`${to} bytes instead of ${target.length}`)
}

function copy(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  if (length > SHORT_RUN_BYTES) target.set(source.subarray(from, from + length), to)
  else for (let at = 0; at < length; at++) target[to + at] = source[from + at] as number
}

/** Copies what stands `offset` bytes before `to`; where it overlaps itself the pattern repeats. */
function repeat(target: Uint8Array, to: number, offset: number, length: number): void {
  if (length <= SHORT_RUN_BYTES) {
    for (let at = to; at < to + length; at++) target[at] = target[at - offset] as number
    return
  }
  // Each step doubles what is there to be copied.
  let done = 0
  while (done < length) {
    const step = Math.min(offset + done, length - done)
    target.copyWithin(to + done, to - offset, to - offset + step)
    done += step
  }
}
