/** What an IronMON run is made of: the checkpoints of FireRed and LeafGreen, in the order in which a run meets them. */
import { z } from 'zod'

export const ironmonCheckpoints = [
  'RIVAL1',
  'FIRSTTRAINER',
  'RIVAL2',
  'BROCK',
  'RIVAL3',
  'RIVAL4',
  'MISTY',
  'SURGE',
  'RIVAL5',
  'ROCKETHIDEOUT',
  'ERIKA',
  'KOGA',
  'RIVAL6',
  'SILPHCO',
  'SABRINA',
  'BLAINE',
  'GIOVANNI',
  'RIVAL7',
  'LORELAI',
  'BRUNO',
  'AGATHA',
  'LANCE',
  'CHAMP',
] as const

export const ironmonCheckpointSchema = z.enum(ironmonCheckpoints)
export type IronmonCheckpoint = z.output<typeof ironmonCheckpointSchema>

/** How it is known that a checkpoint was cleared: its trainer was beaten, the plugin said so, or the streamer did. */
export const ironmonProofSchema = z.enum(['trainer', 'plugin', 'manual'])
export type IronmonProof = z.output<typeof ironmonProofSchema>

export const ironmonEndReasonSchema = z.enum(['defeat', 'next-seed', 'manual', 'champion'])
export type IronmonEndReason = z.output<typeof ironmonEndReasonSchema>

export const ironmonGameSchema = z.enum(['ruby-sapphire', 'emerald', 'firered-leafgreen', 'unknown'])
export type IronmonGame = z.output<typeof ironmonGameSchema>

export const ironmonPokemonSchema = z.object({
  id: z.number().int(),
  name: z.string().nullable(),
  level: z.number().int().nullable(),
  /** As of the last change of species, level, moves or item, or the last turn of a battle: of other damage the tracker tells nothing. */
  hp: z.object({ current: z.number(), max: z.number() }).nullable(),
  status: z.enum(['healthy', 'asleep', 'poisoned', 'burned', 'frozen', 'paralysed', 'badly-poisoned']).nullable(),
  /** The held item's number in the game; null: none. */
  item: z.number().int().nullable(),
  moves: z.array(z.object({ id: z.number().int(), name: z.string().nullable(), pp: z.number().nullable() })),
})
export type IronmonPokemon = z.output<typeof ironmonPokemonSchema>

export const ironmonAttemptSchema = z.number().int().min(0).max(10_000_000)
export const ironmonProfileNameSchema = z.string().trim().min(1).max(60)
