/**
 * Which trainer stands at which checkpoint, by the trainers' numbers in FireRed and LeafGreen. The plugin names gym leaders
 * nowhere, but says the number of every trainer that was beaten; so all 23 follow from that.
 */
import { type IronmonCheckpoint, ironmonCheckpoints } from '../../../contracts/ironmon.ts'

interface Place {
  leader: string
  /** Any of them counts. Rivals have one for each starter. */
  trainers: readonly number[]
}

const PLACES: Record<IronmonCheckpoint, Place> = {
  RIVAL1: { leader: 'Rival', trainers: [326, 327, 328] },
  FIRSTTRAINER: { leader: 'First trainer', trainers: [102, 115] },
  RIVAL2: { leader: 'Rival', trainers: [329, 330, 331] },
  BROCK: { leader: 'Brock', trainers: [414] },
  RIVAL3: { leader: 'Rival', trainers: [332, 333, 334] },
  RIVAL4: { leader: 'Rival', trainers: [426, 427, 428] },
  MISTY: { leader: 'Misty', trainers: [415] },
  SURGE: { leader: 'Lt. Surge', trainers: [416] },
  RIVAL5: { leader: 'Rival', trainers: [429, 430, 431] },
  ROCKETHIDEOUT: { leader: 'Giovanni', trainers: [348] },
  ERIKA: { leader: 'Erika', trainers: [417] },
  KOGA: { leader: 'Koga', trainers: [418] },
  RIVAL6: { leader: 'Rival', trainers: [432, 433, 434] },
  SILPHCO: { leader: 'Giovanni', trainers: [349] },
  // Blaine's number is the lower one, although he comes later.
  SABRINA: { leader: 'Sabrina', trainers: [420] },
  BLAINE: { leader: 'Blaine', trainers: [419] },
  GIOVANNI: { leader: 'Giovanni', trainers: [350] },
  RIVAL7: { leader: 'Rival', trainers: [435, 436, 437] },
  LORELAI: { leader: 'Lorelei', trainers: [410] },
  BRUNO: { leader: 'Bruno', trainers: [411] },
  AGATHA: { leader: 'Agatha', trainers: [412] },
  LANCE: { leader: 'Lance', trainers: [413] },
  CHAMP: { leader: 'Champion', trainers: [438, 439, 440] },
}

const byTrainer = new Map(
  ironmonCheckpoints.flatMap((checkpoint) => PLACES[checkpoint].trainers.map((id) => [id, checkpoint] as const)),
)

export function checkpointOfTrainer(id: number | null): IronmonCheckpoint | null {
  return (id === null ? undefined : byTrainer.get(id)) ?? null
}

/** By its name in the plugin; by name and not by number, because numbers differ between lists. null: none of ours. */
export function checkpointNamed(name: string | null): IronmonCheckpoint | null {
  return ironmonCheckpoints.find((checkpoint) => checkpoint === name?.toUpperCase()) ?? null
}

export function leaderOf(checkpoint: IronmonCheckpoint): string {
  return PLACES[checkpoint].leader
}

/** 1 to 23. */
export function indexOf(checkpoint: IronmonCheckpoint): number {
  return ironmonCheckpoints.indexOf(checkpoint) + 1
}
