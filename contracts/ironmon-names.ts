/** What the checkpoints of a run are called. Without schemas: overlay pages load it. */
import type { IronmonCheckpoint } from './ironmon.ts'

/** As the streamer and viewers know the places that have no leader of their own. */
const placeNames: Partial<Record<IronmonCheckpoint, string>> = {
  RIVAL1: 'Rival 1',
  RIVAL2: 'Rival 2',
  RIVAL3: 'Rival 3',
  RIVAL4: 'Rival 4',
  RIVAL5: 'Rival 5',
  RIVAL6: 'Rival 6',
  RIVAL7: 'Rival 7',
  ROCKETHIDEOUT: 'Rocket Hideout',
  SILPHCO: 'Silph Co.',
  GIOVANNI: 'Giovanni',
}

/** What to call a checkpoint: its place where it is known by that, else who stands there. */
export function checkpointName(name: IronmonCheckpoint, leader: string): string {
  return placeNames[name] ?? leader
}
