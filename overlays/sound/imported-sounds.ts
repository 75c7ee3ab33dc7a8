/**
 * The streamer's own sounds on this page: fetched from the hub and decoded before they are wanted, and held as long as the
 * hub says that they may be. Plays nothing.
 */
import { SOUND_SAMPLE_RATE, SOUNDS_PATH } from '../../contracts/sound-player.ts'

export interface ImportedSounds {
  /** Fetches these; drops all others. */
  prepare(ids: readonly string[]): void
  /** Ready, or once it is fetched; null where it can't be had. */
  get(id: string): Promise<AudioBuffer | null>
}

export interface ImportedSoundsOptions {
  /** The hub, e.g. `location.origin`. */
  hubUrl: string
  token: string
}

/** Beside those that were prepared: what is wanted all the same. */
const MAX_UNPREPARED = 4

export function createImportedSounds({ hubUrl, token }: ImportedSoundsOptions): ImportedSounds {
  const held = new Map<string, Promise<AudioBuffer | null>>()
  let prepared: ReadonlySet<string> = new Set()

  function load(id: string): Promise<AudioBuffer | null> {
    const known = held.get(id)
    if (known) return known
    const loading = fetchSound(id).catch(() => null)
    held.set(id, loading)
    // What could not be had is asked for again the next time.
    void loading.then((sound) => {
      if (sound === null && held.get(id) === loading) held.delete(id)
    })
    dropOthers()
    return loading
  }

  async function fetchSound(id: string): Promise<AudioBuffer | null> {
    const address = `${hubUrl}${SOUNDS_PATH}/${encodeURIComponent(id)}.wav`
    const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) return null
    // Decodes without leave to speak, which a page may not have yet.
    const decoder = new OfflineAudioContext(1, 1, SOUND_SAMPLE_RATE)
    return decoder.decodeAudioData(await response.arrayBuffer())
  }

  function dropOthers(): void {
    const others = [...held.keys()].filter((id) => !prepared.has(id))
    for (const id of others.slice(0, Math.max(0, others.length - MAX_UNPREPARED))) held.delete(id)
  }

  return {
    prepare(ids) {
      prepared = new Set(ids)
      dropOthers()
      for (const id of prepared) void load(id)
    },
    get: load,
  }
}
