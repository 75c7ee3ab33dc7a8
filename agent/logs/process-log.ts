/**
 * What one process printed: the newest lines in memory, all of them in rotating files, and everybody who follows. The
 * process writes into two spool files of its own and never into a pipe: so it neither dies nor blocks when the agent
 * does, and what it said meanwhile is read when the agent is back.
 */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Disposable } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import type { LogLine } from '../link/frames.ts'
import { LineSplitter } from './line-splitter.ts'
import { RotatingFile } from './rotating-file.ts'

/** Characters kept in memory per process, whatever their number of lines. */
const MAX_KEPT = 128 * 1_024
const CHUNK_BYTES = 64 * 1_024
/** Read in one go before others get their turn. */
const MAX_CHUNKS = 16
/** A spool that has been read to its end is emptied from this size on while its process runs. */
const SPOOL_BYTES = 4 * 1_024 * 1_024
/** Of the file, read into memory when the agent starts. */
const SEED_BYTES = 64 * 1_024

/** Two numbers, always of one length: the file is overwritten in place. */
const MARK_BYTES = 40

const STREAMS = ['out', 'err'] as const
type Stream = (typeof STREAMS)[number]
const LETTER = { out: 'O', err: 'E', agent: 'A' } as const

export interface ProcessLogOptions {
  readonly folder: string
  readonly id: string
  readonly lines: number
  readonly maxBytes: number
  readonly files: number
  readonly now: () => number
  /** Told once of each new trouble with the disk; the process is not disturbed by it. */
  readonly onTrouble: (error: unknown) => void
}

export class ProcessLog {
  #kept: LogLine[] = []
  #keptChars = 0
  #count = 0
  #unwritten = ''
  #trouble = ''
  #continuing = false
  #closed = false
  #marks: number | undefined
  readonly #marksPath: string
  readonly #file: RotatingFile
  readonly #followers = new Set<(line: LogLine) => void>()
  readonly #spools: Record<Stream, Spool>
  readonly #options: ProcessLogOptions

  constructor(options: ProcessLogOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    const { folder, id, maxBytes, files } = options
    this.#file = new RotatingFile({ path: join(folder, `${id}.log`), maxBytes, files })
    this.#marksPath = join(folder, `${id}.read`)
    const marks = readMarks(this.#marksPath)
    this.#spools = {
      out: new Spool(join(folder, `${id}.out`), marks[0], (text, cut) => this.#add('out', text, cut)),
      err: new Spool(join(folder, `${id}.err`), marks[1], (text, cut) => this.#add('err', text, cut)),
    }
    this.#guard(() => this.#seed())
  }

  /** Opens the two spools for a process about to start. The caller closes them. Throws the system's error. */
  openForProcess(): { out: number; err: number } {
    return { out: this.#spools.out.openForProcess(), err: this.#spools.err.openForProcess() }
  }

  /** A remark of the agent's own, among the process's lines. */
  remark(text: string): void {
    this.#add('agent', text, false)
    this.#flush()
  }

  /** Reads what is new. `ended`: nothing more comes, and a last line without an end is one too. */
  read(ended = false): void {
    if (this.#closed) return
    let more = false
    this.#guard(() => {
      for (const stream of STREAMS)
        if (this.#spools[stream].read(ended ? Number.POSITIVE_INFINITY : MAX_CHUNKS)) more = true
      if (ended) for (const stream of STREAMS) this.#spools[stream].end()
    })
    this.#flush()
    this.#guard(() => this.#saveMarks())
    if (!more || this.#continuing) return
    this.#continuing = true
    setImmediate(() => {
      this.#continuing = false
      this.read()
    })
  }

  /** The newest `count` lines, or those before number `before`; oldest first. */
  lines(count: number, before = Number.POSITIVE_INFINITY): LogLine[] {
    const older = before > this.#count ? this.#kept : this.#kept.filter(([number]) => number < before)
    return older.slice(Math.max(0, older.length - count))
  }

  get first(): number {
    return this.#kept[0]?.[0] ?? this.#count + 1
  }

  get last(): number {
    return this.#count
  }

  follow(listener: (line: LogLine) => void): Disposable {
    this.#followers.add(listener)
    return { dispose: () => this.#followers.delete(listener) }
  }

  close(): void {
    this.read()
    this.#closed = true
    this.#followers.clear()
    for (const stream of STREAMS) this.#spools[stream].close()
    this.#file.close()
    if (this.#marks !== undefined) closeSync(this.#marks)
  }

  /** How far the spools have been read, for an agent that comes after a kill: no line is shown twice. */
  #saveMarks(): void {
    const { out, err } = this.#spools
    if (!out.moved && !err.moved) return
    this.#marks ??= openSync(this.#marksPath, 'w', 0o600)
    writeSync(this.#marks, `${out.mark()} ${err.mark()}`.padEnd(MARK_BYTES), 0)
  }

  #add(stream: keyof typeof LETTER, text: string, cut: boolean): void {
    const at = this.#options.now()
    this.#keep([++this.#count, at, stream, text, cut])
    const letter = cut ? LETTER[stream].toLowerCase() : LETTER[stream]
    this.#unwritten += `${new Date(at).toISOString()} ${letter} ${text}\n`
    if (this.#unwritten.length > CHUNK_BYTES) this.#flush()
  }

  #keep(line: LogLine): void {
    this.#kept.push(line)
    this.#keptChars += line[3].length
    let drop = 0
    while (this.#kept.length - drop > this.#options.lines || this.#keptChars > MAX_KEPT) {
      this.#keptChars -= this.#kept[drop]?.[3].length ?? 0
      drop += 1
    }
    if (drop > 0) this.#kept.splice(0, drop)
    for (const follower of [...this.#followers]) follower(line)
  }

  #flush(): void {
    if (this.#unwritten === '') return
    const text = this.#unwritten
    this.#unwritten = ''
    this.#guard(() => {
      this.#file.append(text)
    })
  }

  /** A full disk costs lines in the file, never the process nor the agent. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      const text = errorMessage(error)
      if (text === this.#trouble) return
      this.#trouble = text
      this.#options.onTrouble(error)
    }
  }

  /** The agent was restarted: what the file ends with is shown again. */
  #seed(): void {
    for (const line of this.#file.tail(SEED_BYTES).split('\n')) {
      const match = /^(\S{24}) ([OEAoea]) (.*)$/.exec(line)
      const at = match ? Date.parse(match[1] ?? '') : Number.NaN
      if (!match || Number.isNaN(at)) continue
      const letter = match[2] ?? 'O'
      const stream = letter.toUpperCase() === 'O' ? 'out' : letter.toUpperCase() === 'E' ? 'err' : 'agent'
      this.#keep([++this.#count, at, stream, match[3] ?? '', letter !== letter.toUpperCase()])
    }
  }
}

const chunk = Buffer.alloc(CHUNK_BYTES)

/** The file one stream of the process goes to, and how far it has been read. */
class Spool {
  #descriptor: number | undefined
  #position: number
  #marked: number
  readonly #path: string
  readonly #splitter: LineSplitter

  constructor(path: string, position: number, emit: (text: string, cut: boolean) => void) {
    this.#path = path
    this.#position = position
    this.#marked = position
    this.#splitter = new LineSplitter(emit)
  }

  /** Since `mark`. */
  get moved(): boolean {
    return this.#position !== this.#marked
  }

  mark(): number {
    this.#marked = this.#position
    return this.#position
  }

  openForProcess(): number {
    return openSync(this.#path, 'a', 0o600)
  }

  /** Whether more is left after `chunks` of them. */
  read(chunks: number): boolean {
    this.#descriptor ??= openSync(this.#path, existing(this.#path) ? 'r+' : 'w+', 0o600)
    for (let count = 0; count < chunks; count++) {
      const size = fstatSync(this.#descriptor).size
      // Somebody emptied it.
      if (size < this.#position) this.#position = 0
      if (size === this.#position) {
        if (size > SPOOL_BYTES) this.#empty()
        return false
      }
      const length = readSync(this.#descriptor, chunk, 0, Math.min(chunk.length, size - this.#position), this.#position)
      if (length === 0) return false
      this.#position += length
      this.#splitter.push(chunk.subarray(0, length))
    }
    return true
  }

  end(): void {
    this.#splitter.end()
    this.#empty()
  }

  /** In the same breath as the look at its size: what a process writes in between would be lost. */
  #empty(): void {
    if (this.#descriptor === undefined || fstatSync(this.#descriptor).size !== this.#position) return
    ftruncateSync(this.#descriptor, 0)
    this.#position = 0
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}

function existing(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'))
    return true
  } catch {
    return false
  }
}

function readMarks(path: string): [out: number, err: number] {
  try {
    const [out, err] = readFileSync(path, 'utf8').trim().split(' ').map(Number)
    return [mark(out), mark(err)]
  } catch {
    return [0, 0]
  }
}

function mark(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
