/**
 * What happens in an IronMON run. The first half is what the tracker's plugin tells, in either of its versions; what a
 * version does not tell is null. The second half is what Landale concludes from it. `frame` is the emulator's frame
 * counter; null where the plugin does not say it.
 */
import { z } from 'zod'
import {
  ironmonAttemptSchema,
  ironmonCheckpointSchema,
  ironmonEndReasonSchema,
  ironmonGameSchema,
  ironmonPokemonSchema,
  ironmonProofSchema,
} from '../ironmon.ts'

const int = z.number().int()
const text = z.string().nullable()
const frame = int.nullable()
const place = z.object({ mapId: int.nullable(), name: text }).nullable()
const species = z.object({ id: int.nullable(), name: text })
const levelled = species.extend({ level: int.nullable() })
const fighter = levelled.extend({ hp: z.number().nullable(), maxHp: z.number().nullable() })
const move = z.object({
  id: int.nullable(),
  name: text,
  type: text,
  /** As the tracker writes it, e.g. "40" or "---". */
  power: text,
  effectiveness: z.number().nullable(),
  stab: z.boolean().nullable(),
})
const raw = z.record(z.string(), z.unknown())

const told = {
  'ironmon.connected': z.object({ address: z.string() }),
  'ironmon.disconnected': z.object({ address: z.string(), reason: z.string(), messages: int, refused: int }),
  /** The tracker has started, or made a new run. */
  'ironmon.tracker.started': z.object({
    pluginVersion: text,
    trackerVersion: text,
    game: ironmonGameSchema,
    features: z.record(z.string(), z.boolean()),
    frame,
  }),
  /** The attempt that is played. Told again after a restart of the emulator: the same number is the same run. */
  'ironmon.seed.reported': z.object({ attempt: int, frame }),
  'ironmon.checkpoint.reported': z.object({ name: z.string(), index: int.nullable(), attempt: int.nullable(), frame }),
  /** `pokemon` null: the place in the team has become empty. */
  'ironmon.team.changed': z.object({ slot: int.min(1).max(6), pokemon: ironmonPokemonSchema.nullable(), frame }),
  'ironmon.location.entered': z.object({
    mapId: int,
    name: text,
    trainers: z.object({
      total: int,
      undefeated: z.array(z.object({ id: int.nullable(), className: text, fullName: text })),
    }),
    /** By the kind of area, e.g. `land`. */
    wildEncounters: z.record(z.string(), z.array(species)),
    frame,
  }),
  'ironmon.item.used': z.object({ item: raw, context: text, location: place, frame }),
  'ironmon.item.gained': z.object({ item: raw, context: text, location: place, frame }),
  'ironmon.healing.changed': z.object({
    totalHealing: z.number().nullable(),
    healingPercentage: z.number().nullable(),
    items: z.array(
      z.object({
        id: int.nullable(),
        name: text,
        quantity: z.number().nullable(),
        healAmount: z.number().nullable(),
        totalHeal: z.number().nullable(),
      }),
    ),
    leadPokemon: species.extend({ maxHp: z.number().nullable() }).nullable(),
    frame,
  }),
  'ironmon.battle.started': z.object({
    /** null: an old plugin, which does not say. */
    isWild: z.boolean().nullable(),
    /** null in the wild, where the plugin's number may be of an earlier battle. */
    trainer: z
      .object({ id: int.nullable(), className: text, fullName: text, partySize: int.nullable(), party: z.array(raw) })
      .nullable(),
    opponent: levelled.extend({ hp: z.object({ current: z.number(), max: z.number() }).nullable() }).nullable(),
    encounter: raw.nullable(),
    knownMoves: z.array(raw),
    frame,
  }),
  'ironmon.battle.ended': z.object({
    outcome: z.enum(['won', 'lost', 'fled', 'caught', 'unknown']),
    durationFrames: z.number().nullable(),
    frame,
  }),
  'ironmon.battle.turn.played': z.object({
    turn: int.nullable(),
    attacker: text,
    /** Negative: healed. */
    damage: z.number().nullable(),
    player: fighter.nullable(),
    enemy: fighter.nullable(),
    move: move.nullable(),
    frame,
  }),
  'ironmon.battle.damage.dealt': z.object({
    turn: int.nullable(),
    playerDamage: z.number().nullable(),
    enemyDamage: z.number().nullable(),
    player: fighter.nullable(),
    enemy: fighter.nullable(),
    effectiveness: raw,
    frame,
  }),
  'ironmon.trainer.defeated': z.object({
    id: int,
    className: text,
    fullName: text,
    location: place,
    party: z.array(z.object({ species: int.nullable(), name: text, level: int.nullable() })),
    /** As the plugin names it: gym leaders have none there. */
    checkpointName: text,
    frame,
  }),
  'ironmon.pokemon.encountered': z.object({
    pokemon: levelled,
    location: place,
    totalWildEncounters: z.number().nullable(),
    totalTrainerEncounters: z.number().nullable(),
    isFirstEncounter: z.boolean().nullable(),
    frame,
  }),
  'ironmon.moves.seen': z.object({
    pokemon: levelled,
    moves: z.array(raw),
    totalMovesKnown: z.number().nullable(),
    allMovesKnown: z.boolean().nullable(),
    frame,
  }),
  'ironmon.effectiveness.seen': z.object({ attacker: raw, defender: raw, move: raw, effectiveness: raw, frame }),
  /** Only plugins of version 1 tell these, in shapes of their own. */
  'ironmon.team.listed': z.object({ team: z.array(raw), frame }),
  'ironmon.items.listed': z.object({ items: z.array(raw), frame }),
  'ironmon.stats.reported': z.object({ stats: raw, frame }),
  'ironmon.plugin.failed': z.object({ code: text, message: text, frame }),
  /** Every other message, as it came; `fault` says why it is here. A body of more than 16 KiB is left out. */
  'ironmon.unknown': z.object({ rawType: z.string(), body: raw, fault: z.string() }),
} as const

const run = { profile: z.string(), attempt: ironmonAttemptSchema }

const concluded = {
  'ironmon.run.started': z.object(run),
  /** An earlier attempt is played again. */
  'ironmon.run.resumed': z.object(run),
  'ironmon.run.ended': z.object({
    ...run,
    outcome: z.enum(['lost', 'won']),
    reason: ironmonEndReasonSchema,
    /** Where it was lost; null when won. */
    checkpoint: ironmonCheckpointSchema.nullable(),
    cleared: int,
  }),
  /** It was not over after all. */
  'ironmon.run.reopened': z.object(run),
  /** Another number, or another profile, for the run that is played. */
  'ironmon.run.corrected': z.object({ ...run, previousProfile: z.string(), previousAttempt: ironmonAttemptSchema }),
  'ironmon.profile.changed': z.object({ profile: z.string(), previous: z.string() }),
  'ironmon.checkpoint.cleared': z.object({
    ...run,
    checkpoint: ironmonCheckpointSchema,
    /** 1 to 23. */
    index: int,
    leader: z.string(),
    proof: ironmonProofSchema,
    cleared: int,
    next: ironmonCheckpointSchema.nullable(),
  }),
  'ironmon.checkpoint.taken-back': z.object({ ...run, checkpoint: ironmonCheckpointSchema, index: int }),
} as const

export const ironmonEvents = { ...told, ...concluded } as const
