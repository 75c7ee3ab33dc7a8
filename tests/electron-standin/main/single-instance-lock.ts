/**
 * The single-instance lock of one user-data folder: a file holding the owner's process id. A later instance that finds the
 * owner alive leaves it a note in the same folder and is told no.
 */
import { type FSWatcher, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'

type OnSecondInstance = (argv: string[], workingDirectory: string, additionalData: Record<string, unknown>) => void

const Note = z.object({ argv: z.array(z.string()), cwd: z.string(), data: z.record(z.string(), z.unknown()) })

const LOCK_FILE = 'SingletonLock'
const NOTE_PREFIX = 'SingletonNote-'

export class SingleInstanceLock {
  readonly #onSecondInstance: OnSecondInstance
  #path: string | undefined
  #watcher: FSWatcher | undefined

  constructor(onSecondInstance: OnSecondInstance) {
    this.#onSecondInstance = onSecondInstance
  }

  get isHeld(): boolean {
    return this.#path !== undefined
  }

  /** Takes the lock, or leaves a note to its living owner and answers false. */
  request(folder: string, data: Record<string, unknown>): boolean {
    if (this.isHeld) return true
    const path = join(folder, LOCK_FILE)
    if (ownerIsAlive(path)) {
      const note: z.infer<typeof Note> = { argv: process.argv, cwd: process.cwd(), data }
      writeFileSync(join(folder, `${NOTE_PREFIX}${process.pid}`), JSON.stringify(note))
      return false
    }
    writeFileSync(path, String(process.pid))
    this.#path = path
    this.#watcher = watch(folder, (_, file) => file && this.#readNote(join(folder, file)))
    return true
  }

  release(): void {
    this.#watcher?.close()
    if (this.#path) rmSync(this.#path, { force: true })
    this.#path = undefined
  }

  #readNote(path: string): void {
    if (!basename(path).startsWith(NOTE_PREFIX)) return
    const note = Note.safeParse(readJson(path))
    if (!note.success) return
    rmSync(path, { force: true })
    this.#onSecondInstance(note.data.argv, note.data.cwd, note.data.data)
  }
}

/** Undefined when the file is gone or only half written: the folder's next change event comes back to it. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function ownerIsAlive(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0)
    return true
  } catch {
    return false
  }
}
