/** An append-only file that begins anew at a size, with a bounded number of older ones beside it: `x.log`, `x.log.1`, … */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'

export interface RotatingFileOptions {
  readonly path: string
  readonly maxBytes: number
  /** Older files that are kept. */
  readonly files: number
}

export class RotatingFile {
  #descriptor: number | undefined
  #size = 0
  readonly #options: RotatingFileOptions

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  /** Throws the system's error when the disk is full or the folder is gone; the next call tries again. */
  append(text: string): void {
    const bytes = Buffer.from(text)
    if (this.#descriptor !== undefined && this.#size > 0 && this.#size + bytes.length > this.#options.maxBytes) {
      this.#rotate()
    }
    if (this.#descriptor === undefined) this.#open()
    if (this.#descriptor !== undefined) writeSync(this.#descriptor, bytes)
    this.#size += bytes.length
  }

  /** The end of what is there, at most `bytes`, beginning with a whole line. */
  tail(bytes: number): string {
    if (this.#descriptor === undefined) this.#open()
    if (this.#descriptor === undefined) return ''
    const from = Math.max(0, this.#size - bytes)
    const buffer = Buffer.alloc(this.#size - from)
    const text = buffer.toString('utf8', 0, readSync(this.#descriptor, buffer, 0, buffer.length, from))
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  }

  #open(): void {
    this.#descriptor = openSync(this.#options.path, 'a+', 0o600)
    this.#size = fstatSync(this.#descriptor).size
  }

  #rotate(): void {
    this.close()
    const { path, files } = this.#options
    rmSync(`${path}.${files}`, { force: true })
    for (let number = files - 1; number >= 1; number--) move(`${path}.${number}`, `${path}.${number + 1}`)
    if (files > 0) move(path, `${path}.1`)
    else rmSync(path, { force: true })
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#size = 0
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // There were fewer files than are kept.
  }
}
