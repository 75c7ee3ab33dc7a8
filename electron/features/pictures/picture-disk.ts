/**
 * Pictures in a folder: bounded in bytes and in number, the one used longest ago goes first. A file is written aside and then
 * put in its place, and begins with a hash of the rest, so that what a crash or a broken disk left is known and dropped.
 * Knows neither what a picture is nor where it comes from.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'

const HASH_BYTES = 32
const NAME = /^[0-9a-f]{64}$/
/** A file that was used is marked so on disk, not more often than this, ms: only the order after a restart hangs on it. */
const MARK_EVERY_MS = 3_600_000
/** Files looked at together when the folder is read. */
const READ_TOGETHER = 32

export interface PictureDiskOptions {
  folder: string
  maxBytes: number
  maxFiles: number
  clock: Clock
}

interface Entry {
  bytes: number
  /** ms epoch */
  markedAt: number
}

export class PictureDisk {
  readonly #options: PictureDiskOptions
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0
  #opened: Promise<void> | undefined
  #drafts = 0

  constructor(options: PictureDiskOptions) {
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  get files(): number {
    return this.#entries.size
  }

  /** Null when it is not there, or not as it was written. Rejects when the folder can't be used. */
  async read(key: string): Promise<Buffer | null> {
    await this.#open()
    const name = nameOf(key)
    const entry = this.#entries.get(name)
    if (!entry) return null
    const file = await readFile(this.#path(name)).catch(() => null)
    const content = file?.subarray(HASH_BYTES)
    if (!file || !content || !hashOf(content).equals(file.subarray(0, HASH_BYTES))) {
      await this.#drop(name)
      return null
    }
    if (this.#entries.get(name) === entry) this.#use(name, entry)
    return content
  }

  /** Resolves when it is on disk and what it displaces is gone. */
  async write(key: string, content: Buffer): Promise<void> {
    await this.#open()
    const name = nameOf(key)
    const bytes = content.length + HASH_BYTES
    if (bytes > this.#options.maxBytes) return
    const draft = this.#path(`${name}.${process.pid}-${++this.#drafts}.part`)
    try {
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writev([hashOf(content), content])
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(draft, this.#path(name))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    this.#forget(name)
    this.#entries.set(name, { bytes, markedAt: this.#options.clock.now() })
    this.#bytes += bytes
    await this.#makeRoom()
  }

  #open(): Promise<void> {
    this.#opened ??= this.#readFolder().catch((error) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async #readFolder(): Promise<void> {
    const { folder } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = await readdir(folder)
    // Left by a process that ended in the middle of writing.
    for (const name of names) if (name.endsWith('.part')) await rm(join(folder, name), { force: true })
    const kept = names.filter((name) => NAME.test(name))
    const found: [string, Entry][] = []
    for (let at = 0; at < kept.length; at += READ_TOGETHER) {
      const some = kept.slice(at, at + READ_TOGETHER)
      const stats = await Promise.all(some.map((name) => stat(this.#path(name)).catch(() => null)))
      for (const [index, name] of some.entries()) {
        const file = stats[index]
        if (file?.isFile()) found.push([name, { bytes: file.size, markedAt: file.mtimeMs }])
      }
    }
    found.sort(([, a], [, b]) => a.markedAt - b.markedAt)
    for (const [name, entry] of found) {
      this.#entries.set(name, entry)
      this.#bytes += entry.bytes
    }
    await this.#makeRoom()
  }

  #use(name: string, entry: Entry): void {
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    const now = this.#options.clock.now()
    if (now - entry.markedAt < MARK_EVERY_MS) return
    entry.markedAt = now
    const seconds = now / 1000
    // Without the mark it only goes sooner than it should.
    utimes(this.#path(name), seconds, seconds).catch(() => {})
  }

  async #makeRoom(): Promise<void> {
    const { maxBytes, maxFiles } = this.#options
    while (this.#bytes > maxBytes || this.#entries.size > maxFiles) {
      const [oldest] = this.#entries.keys()
      if (oldest === undefined) return
      await this.#drop(oldest)
    }
  }

  async #drop(name: string): Promise<void> {
    this.#forget(name)
    await rm(this.#path(name), { force: true }).catch(() => {})
  }

  #forget(name: string): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    this.#entries.delete(name)
    this.#bytes -= entry.bytes
  }

  #path(name: string): string {
    return join(this.#options.folder, name)
  }
}

function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function hashOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest()
}
