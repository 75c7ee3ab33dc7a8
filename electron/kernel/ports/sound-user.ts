/** Who names sounds: a feature whose rules have some says which, so that they are ready before they are wanted. */
import type { Event } from '../../../base/emitter.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'

export interface SoundUser {
  /** As of now; empty while it does not run. */
  soundUses(): readonly SoundUse[]
  readonly onDidChangeSoundUses: Event<void>
}
