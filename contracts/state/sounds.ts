import type { AlertType } from '../alert.ts'
import type { ImportedSound } from '../sound.ts'

/** A rule that names a sound: a tone, an import, or one that is not there any more. */
export type SoundUse = { sound: string } & (
  | { by: 'alert'; alert: AlertType }
  | { by: 'show'; show: string; rule: string }
)

export interface SoundsState {
  /** By name. */
  imported: ImportedSound[]
  /** Of imports only. */
  uses: SoundUse[]
}
