/** The files of imported sounds: one folder of the data folder, each file named by its id. Knows no table and no name. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { soundIdSchema } from '../../../contracts/sound.ts'

const FOLDER = 'sounds'
const ENDING = '.wav'
const ID_LENGTH = 32

/** What the same content is always called. */
export function soundIdOf(wav: Uint8Array): string {
  return createHash('sha256').update(wav).digest('hex').slice(0, ID_LENGTH)
}

export class SoundFiles {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, FOLDER)
  }

  /** There whole or not at all, whatever ends the process meanwhile. */
  async write(id: string, wav: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const unfinished = join(this.#folder, `${randomUUID()}.part`)
    try {
      await writeFile(unfinished, wav, { mode: 0o600, flush: true })
      await rename(unfinished, this.#path(id))
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  /** Null when it is not there. */
  async read(id: string): Promise<Buffer | null> {
    try {
      return await readFile(this.#path(id))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  async has(id: string): Promise<boolean> {
    return stat(this.#path(id)).then(
      (found) => found.isFile(),
      () => false,
    )
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true })
  }

  /** Removes what is of no sound of `known`: left behind by a process that ended in the middle. Other files stay. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [])
    for (const name of names) {
      const id = name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : null
      const isStray = id === null ? name.endsWith('.part') : soundIdSchema.safeParse(id).success && !known.has(id)
      if (isStray) await rm(join(this.#folder, name), { force: true })
    }
  }

  /** Throws on what is no id: nothing else ever becomes part of a path. */
  #path(id: string): string {
    return join(this.#folder, soundIdSchema.parse(id) + ENDING)
  }
}
