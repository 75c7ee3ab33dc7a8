/** Sounds in words. */
import type { ImportedSound } from '../../../contracts/sound.ts'
import type { BuiltInSound } from '../../../contracts/sound-player.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import { alertTypeWords } from '../alerts/alert-words.ts'

export const toneWords: Record<BuiltInSound, string> = { chime: 'Chime', rise: 'Rise', fanfare: 'Fanfare' }

/** `1.4 s · -16.0 LUFS, raised by 4.2 dB` */
export function soundFacts({ durationMs, lufs, gainDb }: ImportedSound): string {
  const change = gainDb >= 0 ? `raised by ${gainDb.toFixed(1)} dB` : `lowered by ${Math.abs(gainDb).toFixed(1)} dB`
  return `${(durationMs / 1000).toFixed(1)} s · ${signed(lufs)} LUFS, ${change}`
}

function signed(level: number): string {
  return level.toFixed(1).replace('-', '−')
}

/** `Used by Raid alert, rule big-raid of Variety`; empty when by nobody. */
export function usesInWords(uses: readonly SoundUse[]): string {
  if (uses.length === 0) return ''
  const names = uses.map((use) =>
    use.by === 'alert' ? `${alertTypeWords[use.alert]} alert` : `rule ${use.rule} of ${use.show}`,
  )
  return `Used by ${names.join(', ')}`
}
