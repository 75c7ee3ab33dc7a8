/** Sounds for tests and the design bench. */
import type { ImportedSound } from '../../contracts/sound.ts'
import type { SoundsState } from '../../contracts/state/sounds.ts'

export function sampleSound(part: Partial<ImportedSound> & Pick<ImportedSound, 'id' | 'name'>): ImportedSound {
  return { durationMs: 1400, lufs: -16, truePeakDb: -3.2, gainDb: 4.2, bytes: 268_844, importedAt: 0, ...part }
}

export const HORN_ID = 'a'.repeat(32)

export function sampleSounds(): SoundsState {
  return {
    imported: [
      sampleSound({ id: HORN_ID, name: 'Air horn', gainDb: -7.5, durationMs: 900 }),
      sampleSound({ id: 'b'.repeat(32), name: 'Level up (orchestra, the long version)', durationMs: 20_000 }),
      sampleSound({ id: 'c'.repeat(32), name: '拍手', lufs: -17.4, gainDb: 11.1 }),
    ],
    uses: [
      { by: 'alert', alert: 'raid', sound: HORN_ID },
      { by: 'show', show: 'Variety', rule: 'big-raid', sound: HORN_ID },
    ],
  }
}
