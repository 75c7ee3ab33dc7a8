/**
 * The streamer's own sounds: takes them in, keeps and serves them, and says which of them rules will want. What comes in has
 * been decoded by a page; here it is checked, measured and made as loud as every other (master.ts), and only that is kept.
 * Knows nobody who plays.
 */

import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage, type Result } from '../../../base/result.ts'
import type { ParsedCommandArgs } from '../../../contracts/commands.ts'
import {
  type ImportedSound,
  importedSoundSchema,
  MAX_SOUND_UPLOAD_BYTES,
  MAX_SOUNDS,
  SOUND_UPLOAD_TYPE,
  type SoundImport,
  soundIdSchema,
  soundImportSchema,
  soundNameSchema,
} from '../../../contracts/sound.ts'
import { isBuiltInSound, SOUNDS_PATH } from '../../../contracts/sound-player.ts'
import type { SoundsState, SoundUse } from '../../../contracts/state/sounds.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type Commands } from '../../kernel/commands.ts'
import { HttpAnswer, HttpError, type Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { SoundUser } from '../../kernel/ports/sound-user.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import type { Mastered } from './master.ts'
import { SoundFiles, soundIdOf } from './sound-files.ts'

export const soundMigrations: readonly Migration[] = [
  {
    id: 'sound/1',
    sql: 'CREATE TABLE sounds (id TEXT PRIMARY KEY, sound TEXT NOT NULL) STRICT;',
  },
]

/** A sound to be heard now, asked for by the streamer. */
interface SoundTest {
  sound: string
  /** 0 to 1, before the volume of all alerts. */
  volume: number
}

export interface SoundLibrary extends Service {
  /** A tone, or an import that is there. */
  has(sound: string): boolean
  /** Imports that rules name, to be kept ready. */
  readonly wanted: readonly string[]
  readonly onDidChangeWanted: Event<void>
  readonly onDidTest: Event<SoundTest>
}

export interface SoundLibraryOptions {
  store: Pick<Store, 'all' | 'run'>
  bus: Pick<Bus, 'publish'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  routes: Routes
  dataDir: string
  /** Whoever names sounds. */
  users: readonly SoundUser[]
  master: (wav: Uint8Array, clock: Clock) => Promise<Result<Mastered, string>>
  clock: Clock
  log: Pick<Logger, 'warn'>
}

/** One is measured at a time; more than these need not wait in memory. */
const MAX_WAITING_IMPORTS = 4

const CACHE_FOR_EVER = 'private, max-age=31536000, immutable'

export function createSoundLibrary(options: SoundLibraryOptions): SoundLibrary {
  const didChangeWanted = new Emitter<void>()
  const didTest = new Emitter<SoundTest>()
  let session: LibrarySession | null = null
  return {
    id: 'sounds',
    ...ALWAYS_HEALTHY,
    has: (sound) => isBuiltInSound(sound) || (session?.has(sound) ?? false),
    get wanted() {
      return session?.wanted ?? []
    },
    onDidChangeWanted: didChangeWanted.event,
    onDidTest: didTest.event,
    async run(signal) {
      const files = new SoundFiles(options.dataDir)
      const sounds = await loadSounds(options, files)
      session = new LibrarySession(options, files, sounds, {
        onWanted: () => didChangeWanted.fire(),
        onTest: (test) => didTest.fire(test),
      })
      didChangeWanted.fire()
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
        session = null
      }
    },
  }
}

async function loadSounds({ store, log }: SoundLibraryOptions, files: SoundFiles): Promise<ImportedSound[]> {
  const rows = await store.all<{ id: string; sound: string }>('SELECT id, sound FROM sounds')
  const sounds: ImportedSound[] = []
  for (const { id, sound } of rows) {
    const parsed = importedSoundSchema.safeParse(JSON.parse(sound))
    if (parsed.success && (await files.has(id))) sounds.push(parsed.data)
    else log.warn({ sound: id }, 'a sound is listed, but its file is gone; import it again')
  }
  await files.sweep(new Set(rows.map(({ id }) => id)))
  return sounds
}

interface Listener {
  onWanted(): void
  onTest(test: SoundTest): void
}

class LibrarySession {
  readonly #options: SoundLibraryOptions
  readonly #files: SoundFiles
  readonly #listener: Listener
  readonly #owned = new DisposableStore()
  readonly #state: StateHandle<SoundsState>
  readonly #sounds: Map<string, ImportedSound>
  #wanted: readonly string[] = []
  #line: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(options: SoundLibraryOptions, files: SoundFiles, sounds: readonly ImportedSound[], listener: Listener) {
    this.#options = options
    this.#files = files
    this.#listener = listener
    this.#sounds = new Map(sounds.map((sound) => [sound.id, sound]))
    const { commands, channels, users } = options
    this.#state = this.#owned.add(channels.state('state:sounds', { imported: [], uses: [] }))
    for (const user of users) this.#owned.add(user.onDidChangeSoundUses(() => this.#show()))
    this.#owned.add(commands.handle('sound.rename', (args) => this.#inLine(() => this.#rename(args))))
    this.#owned.add(commands.handle('sound.remove', (args, context) => this.#inLine(() => this.#remove(args, context))))
    this.#owned.add(commands.handle('sound.play', (args) => this.#play(args)))
    this.#addRoutes()
    this.#show()
  }

  get wanted(): readonly string[] {
    return this.#wanted
  }

  has(id: string): boolean {
    return this.#sounds.has(id)
  }

  dispose(): void {
    this.#owned.dispose()
  }

  // --- over HTTP ---

  #addRoutes(): void {
    const { routes } = this.#options
    this.#owned.add(
      routes.add({
        method: 'POST',
        path: SOUNDS_PATH,
        scope: 'alerts',
        summary: 'Import a sound: WAV, 32-bit float or 16-bit PCM, one or two channels at 48 kHz',
        query: z.object({ name: soundNameSchema }),
        upload: { contentType: SOUND_UPLOAD_TYPE, maxBytes: MAX_SOUND_UPLOAD_BYTES },
        response: soundImportSchema,
        handle: ({ query, body }) => this.#import(query.name, body as Buffer),
      }),
    )
    this.#owned.add(
      routes.add({
        method: 'GET',
        path: `${SOUNDS_PATH}/:id.wav`,
        scope: 'token',
        summary: 'An imported sound',
        handle: ({ params }) => this.#serve(params.id ?? ''),
      }),
    )
  }

  async #serve(id: string): Promise<HttpAnswer> {
    const wav = soundIdSchema.safeParse(id).success && this.#sounds.has(id) ? await this.#files.read(id) : null
    if (!wav) throw new HttpError(404, 'not_found', 'there is no such sound; it may have been removed')
    // Under this name there will never be anything else.
    return new HttpAnswer(200, wav, { 'content-type': 'audio/wav', 'cache-control': CACHE_FOR_EVER })
  }

  async #import(name: string, wav: Buffer): Promise<SoundImport> {
    if (this.#waiting >= MAX_WAITING_IMPORTS) {
      throw new HttpError(429, 'busy', `${this.#waiting} sounds are being imported; send the next one when one is done`)
    }
    this.#waiting += 1
    try {
      return await this.#inLine(() => this.#takeIn(name, wav))
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      throw new HttpError(503, error.code, error.message)
    } finally {
      this.#waiting -= 1
    }
  }

  async #takeIn(name: string, upload: Buffer): Promise<SoundImport> {
    const { master, clock, bus } = this.#options
    if (this.#sounds.size >= MAX_SOUNDS) {
      throw new HttpError(409, 'too_many_sounds', `there are ${MAX_SOUNDS} sounds already; remove one first`)
    }
    const mastered = await master(upload, clock)
    if (!mastered.ok) throw new HttpError(422, 'no_sound', mastered.error)
    const { wav, durationMs, lufs, truePeakDb, gainDb, cut } = mastered.value
    const id = soundIdOf(wav)
    const known = this.#sounds.get(id)
    if (known) return { sound: known, existed: true, cut }
    const sound: ImportedSound = {
      id,
      name: this.#freeName(name),
      durationMs,
      lufs: rounded(lufs),
      truePeakDb: rounded(truePeakDb),
      gainDb: rounded(gainDb),
      bytes: wav.length,
      importedAt: clock.now(),
    }
    // The file first: a row never names one that is not there.
    await this.#files.write(id, wav)
    const payload = { soundId: id, name: sound.name, durationMs, lufs: sound.lufs, gainDb: sound.gainDb }
    await bus.publish({ type: 'sound.imported', source: 'landale', payload, alongside: [put(sound)] })
    this.#sounds.set(id, sound)
    this.#show()
    return { sound, existed: false, cut }
  }

  /** Two sounds never have one name: lists and rules would show the same word for both. */
  #freeName(name: string): string {
    const taken = new Set([...this.#sounds.values()].map((sound) => sound.name.toLowerCase()))
    const numbered = (n: number) => (n === 1 ? name : `${name.slice(0, 55)} ${n}`)
    let n = 1
    while (taken.has(numbered(n).toLowerCase())) n += 1
    return numbered(n)
  }

  // --- commands ---

  async #rename({ id, name }: ParsedCommandArgs<'sound.rename'>): Promise<Record<string, never>> {
    const sound = this.#existing(id)
    if (sound.name === name) return {}
    const isTaken = [...this.#sounds.values()].some(
      (other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase(),
    )
    if (isTaken) throw new CommandError('conflict', `another sound is called "${name}"`, { path: 'name' })
    const renamed = { ...sound, name }
    await this.#options.store.run([put(renamed)])
    this.#sounds.set(id, renamed)
    this.#show()
    return {}
  }

  async #remove(
    { id, evenIfUsed }: ParsedCommandArgs<'sound.remove'>,
    { id: commandId, correlationId }: CommandContext,
  ): Promise<Record<string, never>> {
    const { name } = this.#existing(id)
    const uses = this.#uses().filter(({ sound }) => sound === id)
    if (uses.length > 0 && !evenIfUsed) {
      const who = uses.map(wordsOf).join(', ')
      throw new CommandError('conflict', `"${name}" is used by ${who}; without it they are silent`, { path: 'id' })
    }
    await this.#options.bus.publish({
      type: 'sound.removed',
      source: 'landale',
      payload: { soundId: id, name },
      causedBy: { id: commandId, correlationId },
      alongside: [{ sql: 'DELETE FROM sounds WHERE id = ?', params: [id] }],
    })
    this.#sounds.delete(id)
    this.#show()
    // What stays behind is swept at the next start.
    await this.#files.remove(id).catch((error) => {
      this.#options.log.warn(
        { err: error, sound: id, reason: errorMessage(error) },
        'the file of a sound was not removed',
      )
    })
    return {}
  }

  #play({ sound, volume }: ParsedCommandArgs<'sound.play'>): Record<string, never> {
    if (!isBuiltInSound(sound) && !this.has(sound)) {
      throw new CommandError('not_found', 'there is no such sound; it may have been removed', { path: 'sound' })
    }
    this.#listener.onTest({ sound, volume })
    return {}
  }

  #existing(id: string): ImportedSound {
    const sound = this.#sounds.get(id)
    if (!sound) throw new CommandError('not_found', 'there is no such sound; it may have been removed', { path: 'id' })
    return sound
  }

  /** One change after the other; one that fails stops no other. */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(() => {
      if (this.#owned.isDisposed) throw new CommandError('unavailable', 'the sounds are being restarted; try again')
      return work()
    })
    this.#line = turn.catch(() => {})
    return turn
  }

  // --- state ---

  #uses(): SoundUse[] {
    return this.#options.users.flatMap((user) => user.soundUses()).filter(({ sound }) => this.#sounds.has(sound))
  }

  #show(): void {
    const uses = this.#uses()
    const imported = [...this.#sounds.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
    this.#state.update((draft) => void Object.assign(draft, { imported, uses }))
    const wanted = [...new Set(uses.map(({ sound }) => sound))].sort()
    if (wanted.join() === this.#wanted.join()) return
    this.#wanted = wanted
    this.#listener.onWanted()
  }
}

function put(sound: ImportedSound): Statement {
  return {
    sql: 'INSERT INTO sounds (id, sound) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sound = excluded.sound',
    params: [sound.id, JSON.stringify(sound)],
  }
}

function wordsOf(use: SoundUse): string {
  return use.by === 'alert' ? `the alert "${use.alert}"` : `the rule "${use.rule}" of ${use.show}`
}

/** Tenths are as much as anybody hears. */
function rounded(db: number): number {
  return Math.round(db * 10) / 10
}
