/** Whether compressing pays on a viewer's link, by what its last packets took. A value; knows no socket. */

/** Of smaller packets the time says more about the journey than about the width of the road. */
const TELLING_BYTES = 32 * 1024
/** How much the newest packet counts. */
const NEWEST_SHARE = 0.2
/** Measured on two plain cores: 2 to 3 GB/s to compress, 0.6 to 2 GB/s to decompress in a page. Bytes a ms. */
const COMPRESS_BYTES_PER_MS = 2_000_000
const DECOMPRESS_BYTES_PER_MS = 600_000

export class LinkEstimate {
  #bytesPerMs: number | null = null

  /** `ms`: from the writing of a packet to the word that it was drawn, without the drawing. */
  observe(bytes: number, ms: number): void {
    if (bytes < TELLING_BYTES) return
    const rate = bytes / Math.max(0.1, ms)
    this.#bytesPerMs = this.#bytesPerMs === null ? rate : this.#bytesPerMs + (rate - this.#bytesPerMs) * NEWEST_SHARE
  }

  /** Whether `bytes` of pixels arrive sooner when compressed to `ratio` of them. A link of which nothing is known is slow. */
  paysToCompress(bytes: number, ratio: number): boolean {
    if (this.#bytesPerMs === null) return true
    const saved = (bytes * (1 - ratio)) / this.#bytesPerMs
    return saved > bytes / COMPRESS_BYTES_PER_MS + bytes / DECOMPRESS_BYTES_PER_MS
  }
}
