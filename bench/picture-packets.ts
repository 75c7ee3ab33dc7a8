/** The frames under measurement, as packets: an area of 600x160 that changes, or the whole of 1920x1080. Both sides send these. */

import { FIXED_HEADER_BYTES, headerBytes, type PacketHeader, writeHeader } from '../contracts/picture/packet.ts'
import type { BitmapFrame } from '../electron/kernel/ports/frame-source.ts'

export type Load = 'still' | 'area' | 'full'

export const CANVAS = { width: 1920, height: 1080 }
const WHOLE = { x: 0, y: 0, ...CANVAS }
const AREA = { x: 120, y: 800, width: 600, height: 160 }
/** Different contents in turn, made beforehand: making them is not what is measured. */
const CONTENTS = 4
export const FRAME_MS = 1000 / 60

export class PacketMaker {
  readonly #packets = new Map<Load, Buffer[]>()
  #sequence = 0

  /** The next packet, stamped with this moment. Its bytes are reused four packets later. */
  next(load: Load, key = false): Buffer {
    const rect = load === 'full' || key ? WHOLE : AREA
    const size = rect === WHOLE ? 'full' : 'area'
    const packets = this.#packets.get(size) ?? Array.from({ length: CONTENTS }, (_, index) => filled(rect, index))
    this.#packets.set(size, packets)
    const previous = key ? 0 : this.#sequence
    this.#sequence += 1
    const packet = packets[this.#sequence % CONTENTS] as Buffer
    const now = Date.now()
    const header: PacketHeader = {
      ...CANVAS,
      key,
      format: 'raw',
      output: 'main',
      sequence: this.#sequence,
      previous,
      capturedAt: now,
      sentAt: performance.timeOrigin + performance.now(),
      rects: [rect],
      pixelBytes: rect.width * rect.height * 4,
    }
    writeHeader(header, packet)
    return packet
  }

  get sequence(): number {
    return this.#sequence
  }
}

function filled({ width, height }: typeof WHOLE, index: number): Buffer {
  const head = headerBytes('main', 1)
  const packet = Buffer.alloc(head + width * height * 4)
  for (let at = head; at < packet.length; at += 4) {
    const pixel = (at - FIXED_HEADER_BYTES) >> 2
    packet.writeUInt32LE((((pixel * 2654435761 + index * 97) >>> 0) | 0xff000000) >>> 0, at)
  }
  return packet
}

/** The same frames as an offscreen window gives them. */
export class BitmapMaker {
  readonly #contents = new Map<Load, Buffer[]>()
  #count = 0

  next(load: Load): BitmapFrame {
    const area = load === 'full' ? WHOLE : AREA
    const contents = this.#contents.get(load) ?? Array.from({ length: CONTENTS }, (_, index) => filled(area, index))
    this.#contents.set(load, contents)
    this.#count += 1
    const packet = contents[this.#count % CONTENTS] as Buffer
    // A copy, as `toBitmap` makes one.
    const pixels = new Uint8Array(packet.subarray(headerBytes('main', 1)))
    return { ...CANVAS, pixels, area, damage: area, capturedAt: Date.now() }
  }
}

/** Calls `work` 60 times a second, as evenly as timers allow; never twice to catch up. */
export function sixtyTimesASecond(work: () => void, signal?: AbortSignal): void {
  let due = performance.now()
  const tick = () => {
    if (signal?.aborted) return
    work()
    due = Math.max(due + FRAME_MS, performance.now())
    setTimeout(tick, Math.max(0, due - performance.now() - 0.5))
  }
  tick()
}
