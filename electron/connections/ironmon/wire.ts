/**
 * The plugin's words into ours, of its version 2.2, of version 1, and of the batches in between. Pure. Lenient where the
 * plugin is: an empty Lua table comes as `[]` even where an object is meant, a missing value is left out, numbers come as
 * text. What has no schema, or breaks it, becomes `ironmon.unknown` with its body. Knows no socket and no checkpoint.
 */
import { z } from 'zod'
import type { ironmonEvents } from '../../../contracts/events/ironmon.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import type { IronmonGame, IronmonPokemon } from '../../../contracts/ironmon.ts'
import type { IronmonRefusal } from '../../../contracts/state/ironmon.ts'
import { pathText } from '../../kernel/commands.ts'
import { parseJson } from '../../kernel/parse-json.ts'

type IronmonType = keyof typeof ironmonEvents
export type IronmonDraft = { [T in IronmonType]: { type: T; payload: EventPayload<T> } }[IronmonType]

interface Refusal {
  reason: IronmonRefusal
  /** In words, with the path of the fault. */
  detail: string
}

/** What one message comes to: its events in order, and what of it was not understood. */
export interface Reading {
  drafts: IronmonDraft[]
  refusals: Refusal[]
}

/** Longest name taken; the rest is cut. The game has none above 12. */
const MAX_TEXT = 200
/** Most entries of a list taken; the rest is cut. The longest list of the game has some dozens. */
const MAX_ENTRIES = 200
/** Largest body kept of a message that is not understood, characters of JSON. */
const MAX_UNKNOWN_BODY = 16 * 1024

type Raw = Record<string, unknown>

// --- shapes of the plugin ---

const integer = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
])
const anyNumber = z.union([z.number(), z.string().trim().min(1).max(30).transform(Number).pipe(z.number())])
const anyText = z.union([z.string().transform((text) => text.slice(0, MAX_TEXT)), z.number().transform(String)])
const record = z.record(z.string(), z.unknown())

/** What is not there, or empty where an object is meant. */
const isNothing = (value: unknown) => value === undefined || value === null || isEmptyTable(value)
const isEmptyTable = (value: unknown) => Array.isArray(value) && value.length === 0
const orNull = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (isNothing(value) ? null : value), schema.nullable()).prefault(null)
const table = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (isNothing(value) ? {} : value), schema).prefault({})
const list = <S extends z.ZodType>(schema: S) =>
  z
    .preprocess(
      (value) => (Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : isNothing(value) ? [] : value),
      z.array(schema),
    )
    .prefault([])

const int = orNull(integer)
const num = orNull(anyNumber)
const text = orNull(anyText)
const bool = orNull(z.boolean())
const hp = orNull(z.object({ current: anyNumber, max: anyNumber }))
const place = orNull(z.object({ mapId: int, name: text }))
const species = z.object({ id: int, name: text })
const levelled = z.object({ id: int, name: text, level: int })
const raw = table(record)
const raws = list(table(record))

const STATUS_WORDS: readonly IronmonPokemon['status'][] = [
  'healthy',
  'asleep',
  'poisoned',
  'burned',
  'frozen',
  'paralysed',
  'badly-poisoned',
]

const pokemon = z
  .object({
    id: integer,
    name: text,
    level: int,
    hp,
    status: int,
    item: int,
    moves: list(z.object({ id: integer, name: text, pp: num })),
  })
  .transform(
    ({ status, item, ...rest }): IronmonPokemon => ({
      ...rest,
      status: status === null ? null : (STATUS_WORDS[status] ?? null),
      item: item === 0 ? null : item,
    }),
  )

const fighter = orNull(
  z
    .object({ id: int, name: text, level: int, hp: num, maxHP: num, currentHP: num })
    .transform(({ id, name, level, hp, maxHP, currentHP }) => ({ id, name, level, hp: hp ?? currentHP, maxHp: maxHP })),
)

const trainer = orNull(
  z.object({ id: int, className: text, fullName: text, partySize: int, party: list(table(record)) }),
)

const OUTCOMES = { 1: 'won', 2: 'lost', 4: 'fled', 7: 'caught' } as const
const OUTCOME_WORDS = { victory: 'won', defeat: 'lost', fled: 'fled', caught: 'caught' } as const
const OLD_OUTCOMES = { win: 'won', loss: 'lost', run: 'fled' } as const

// --- messages ---

interface Message {
  body: unknown
  frame: number | null
}
type Reader = (message: Message) => { success: true; data: IronmonDraft | null } | { success: false; error: z.ZodError }

/** A message of a known type: its shape, and the event it becomes; null: nothing to tell. */
function message<S extends z.ZodType>(
  shape: S,
  toDraft: (data: z.output<S>, frame: number | null) => IronmonDraft | null,
): Reader {
  const schema = table(shape)
  return ({ body, frame }) => {
    const parsed = schema.safeParse(body)
    return parsed.success ? { success: true, data: toDraft(parsed.data as z.output<S>, frame) } : parsed
  }
}

const readers: Record<string, Reader> = {
  init: message(
    z.object({ version: text, tracker_version: text, game: text, features: table(z.record(z.string(), z.boolean())) }),
    ({ version, tracker_version, game, features }, frame) => ({
      type: 'ironmon.tracker.started',
      payload: { pluginVersion: version, trackerVersion: tracker_version, game: gameOf(game), features, frame },
    }),
  ),
  seed: message(
    z
      .object({ attempt: int, value: int, count: int })
      .transform(({ attempt, value, count }) => ({ attempt: attempt ?? value ?? count }))
      .pipe(z.object({ attempt: z.number().int().min(0).max(10_000_000) })),
    ({ attempt }, frame) => ({ type: 'ironmon.seed.reported', payload: { attempt, frame } }),
  ),
  checkpoint: message(
    z.object({ name: anyText, index: int, id: int, seed: int }),
    ({ name, index, id, seed }, frame) => ({
      type: 'ironmon.checkpoint.reported',
      payload: { name, index: index ?? id, attempt: seed, frame },
    }),
  ),
  team_update: message(
    z.object({ slot: integer.pipe(z.number().min(1).max(6)), pokemon: orNull(pokemon) }),
    (data, frame) => ({ type: 'ironmon.team.changed', payload: { ...data, frame } }),
  ),
  location: message(
    z
      .object({
        mapId: int,
        id: int,
        name: text,
        trainers: table(
          z.object({ total: int, undefeated: list(z.object({ id: int, className: text, fullName: text })) }),
        ),
        wildEncounters: table(z.record(z.string(), list(species))),
      })
      .transform(({ mapId, id, ...rest }) => ({ mapId: mapId ?? id, ...rest }))
      .refine(({ mapId }) => mapId !== null, { path: ['mapId'], error: 'expected a number' }),
    ({ mapId, name, trainers: { total, undefeated }, wildEncounters }, frame) => ({
      type: 'ironmon.location.entered',
      payload: { mapId: mapId ?? 0, name, trainers: { total: total ?? 0, undefeated }, wildEncounters, frame },
    }),
  ),
  item_usage: message(
    z.object({ item: raw, action: z.enum(['used', 'gained']), context: text, location: place }),
    ({ action, ...rest }, frame) => ({
      type: action === 'used' ? 'ironmon.item.used' : 'ironmon.item.gained',
      payload: { ...rest, frame },
    }),
  ),
  healing_summary: message(
    z.object({
      totalHealing: num,
      healingPercentage: num,
      items: list(z.object({ id: int, name: text, quantity: num, healAmount: num, totalHeal: num })),
      leadPokemon: orNull(z.object({ id: int, name: text, maxHP: num })),
    }),
    ({ leadPokemon, ...rest }, frame) => ({
      type: 'ironmon.healing.changed',
      payload: {
        ...rest,
        leadPokemon: leadPokemon && { id: leadPokemon.id, name: leadPokemon.name, maxHp: leadPokemon.maxHP },
        frame,
      },
    }),
  ),
  battle_started: message(
    z.object({
      isWild: z.boolean(),
      trainerId: int,
      opponent: orNull(z.object({ id: int, name: text, level: int, hp })),
      encounter: orNull(record),
      knownMoves: raws,
      trainer,
    }),
    ({ isWild, trainerId, trainer, ...rest }, frame) => ({
      type: 'ironmon.battle.started',
      payload: { isWild, trainer: isWild ? null : trainerOf(trainer, trainerId), ...rest, frame },
    }),
  ),
  battle_ended: message(
    z.object({
      outcome: text,
      battleOutcome: int,
      playerWon: bool,
      playerLost: bool,
      playerFled: bool,
      playerCaught: bool,
      duration: num,
    }),
    (data, frame) => ({
      type: 'ironmon.battle.ended',
      payload: { outcome: outcomeOf(data), durationFrames: data.duration, frame },
    }),
  ),
  battle_action: message(
    z.object({
      turn: int,
      attacker: text,
      damageDealt: num,
      playerMon: fighter,
      enemyMon: fighter,
      move: orNull(z.object({ id: int, name: text, type: text, power: text, effectiveness: num, stab: bool })),
    }),
    ({ turn, attacker, damageDealt, playerMon, enemyMon, move }, frame) => ({
      type: 'ironmon.battle.turn.played',
      payload: { turn, attacker, damage: damageDealt, player: playerMon, enemy: enemyMon, move, frame },
    }),
  ),
  battle_damage: message(
    z.object({
      turn: int,
      playerDamage: num,
      enemyDamage: num,
      playerMon: fighter,
      enemyMon: fighter,
      effectiveness: raw,
    }),
    ({ playerMon, enemyMon, ...rest }, frame) => ({
      type: 'ironmon.battle.damage.dealt',
      payload: { ...rest, player: playerMon, enemy: enemyMon, frame },
    }),
  ),
  trainer_defeated: message(
    z.object({
      id: integer,
      className: text,
      fullName: text,
      location: place,
      party: list(z.object({ species: int, name: text, level: int })),
      checkpointName: text,
    }),
    (data, frame) => ({ type: 'ironmon.trainer.defeated', payload: { ...data, frame } }),
  ),
  encounter: message(
    z.object({
      pokemon: levelled,
      location: place,
      statistics: table(z.object({ totalWildEncounters: num, totalTrainerEncounters: num, isFirstEncounter: bool })),
    }),
    ({ statistics, ...rest }, frame) => ({
      type: 'ironmon.pokemon.encountered',
      payload: { ...rest, ...statistics, frame },
    }),
  ),
  move_history: message(
    z.object({ pokemon: levelled, moves: raws, totalMovesKnown: num, allMovesKnown: bool }),
    (data, frame) => ({ type: 'ironmon.moves.seen', payload: { ...data, frame } }),
  ),
  move_effectiveness: message(
    z.object({ attacker: raw, defender: raw, move: raw, effectiveness: raw }),
    (data, frame) => ({ type: 'ironmon.effectiveness.seen', payload: { ...data, frame } }),
  ),

  // Version 1.
  battle_start: message(z.object({ trainer: orNull(z.union([integer, anyText, record])) }), ({ trainer }, frame) => ({
    type: 'ironmon.battle.started',
    payload: { isWild: null, trainer: oldTrainer(trainer), opponent: null, encounter: null, knownMoves: [], frame },
  })),
  battle_end: message(z.object({ result: z.enum(['win', 'loss', 'run']) }), ({ result }, frame) => ({
    type: 'ironmon.battle.ended',
    payload: { outcome: OLD_OUTCOMES[result], durationFrames: null, frame },
  })),
  pokemon_update: message(z.object({ team: raws }), ({ team }, frame) => ({
    type: 'ironmon.team.listed',
    payload: { team, frame },
  })),
  item_update: message(z.object({ items: raws }), ({ items }, frame) => ({
    type: 'ironmon.items.listed',
    payload: { items, frame },
  })),
  stats_update: message(z.object({ stats: raw }), ({ stats }, frame) => ({
    type: 'ironmon.stats.reported',
    payload: { stats, frame },
  })),
  error: message(z.object({ code: text, message: text }), (data, frame) => ({
    type: 'ironmon.plugin.failed',
    payload: { ...data, frame },
  })),
  heartbeat: message(z.unknown(), () => null),
}

const envelope = z.object({
  type: z.string().min(1).max(MAX_TEXT),
  data: z.unknown().optional(),
  metadata: z.unknown().optional(),
  events: z.unknown().optional(),
  frame: int.catch(null),
})

/** Reads one message, as text of JSON. Never throws. */
export function readMessage(text: string): Reading {
  const json = parseJson(text)
  if (!json.ok) return refused('not-json', json.error)
  return readOne(json.value, true)
}

function readOne(value: unknown, mayBeBatch: boolean): Reading {
  const parsed = envelope.safeParse(value)
  if (!parsed.success) return refused('no-type', faultOf(parsed.error))
  const { type, data, metadata, events, frame } = parsed.data
  const body = data ?? metadata ?? {}
  if (type === 'batch' && mayBeBatch) return readBatch(body, events)
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined
  if (!reader) return unknown('unknown-type', type, body, `"${type}" is no message of a known plugin`)
  const result = reader({ body, frame })
  if (!result.success) return unknown('wrong-shape', type, body, `${type}: ${faultOf(result.error)}`)
  return { drafts: result.data ? [result.data] : [], refusals: [] }
}

/** Its messages count as if each had come by itself; a batch in a batch does not. */
function readBatch(body: unknown, events: unknown): Reading {
  const inner = events ?? (isRecord(body) ? body.events : undefined)
  if (!Array.isArray(inner)) return unknown('wrong-shape', 'batch', body, 'batch: events: expected a list')
  const readings = inner.map((event) => readOne(event, false))
  return {
    drafts: readings.flatMap(({ drafts }) => drafts),
    refusals: readings.flatMap(({ refusals }) => refusals),
  }
}

function refused(reason: IronmonRefusal, detail: string): Reading {
  return { drafts: [], refusals: [{ reason, detail: detail.slice(0, MAX_TEXT) }] }
}

function unknown(reason: IronmonRefusal, rawType: string, body: unknown, fault: string): Reading {
  const kept = isRecord(body) ? body : { value: body }
  const isTooLarge = JSON.stringify(kept).length > MAX_UNKNOWN_BODY
  const payload = { rawType, body: isTooLarge ? {} : kept, fault: fault.slice(0, MAX_TEXT) }
  return { drafts: [{ type: 'ironmon.unknown', payload }], refusals: [{ reason, detail: payload.fault }] }
}

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function faultOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'it has another shape'
  const path = pathText(issue.path)
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

/** The tracker's number of the game; its name, should a plugin send what its author meant to. */
function gameOf(game: string | null): IronmonGame {
  if (game === null) return 'unknown'
  if (game === '1' || /ruby|sapphire/i.test(game)) return 'ruby-sapphire'
  if (game === '2' || /emerald/i.test(game)) return 'emerald'
  if (game === '3' || /fire ?red|leaf ?green/i.test(game)) return 'firered-leafgreen'
  return 'unknown'
}

function trainerOf(
  told: z.output<typeof trainer>,
  id: number | null,
): EventPayload<'ironmon.battle.started'>['trainer'] {
  if (told) return { ...told, id: told.id ?? id }
  return id === null ? null : { id, className: null, fullName: null, partySize: null, party: [] }
}

function oldTrainer(told: string | number | Raw | null): EventPayload<'ironmon.battle.started'>['trainer'] {
  if (told === null) return null
  if (typeof told === 'object') return trainerOf(trainer.safeParse(told).data ?? null, null)
  const none = { className: null, partySize: null, party: [] }
  return typeof told === 'number' ? { id: told, fullName: null, ...none } : { id: null, fullName: told, ...none }
}

function outcomeOf(told: {
  outcome: string | null
  battleOutcome: number | null
  playerWon: boolean | null
  playerLost: boolean | null
  playerFled: boolean | null
  playerCaught: boolean | null
}): EventPayload<'ironmon.battle.ended'>['outcome'] {
  if (told.playerLost) return 'lost'
  if (told.playerCaught) return 'caught'
  if (told.playerFled) return 'fled'
  if (told.playerWon) return 'won'
  const byNumber = OUTCOMES[told.battleOutcome as keyof typeof OUTCOMES] as
    | 'won'
    | 'lost'
    | 'fled'
    | 'caught'
    | undefined
  const word = told.outcome?.toLowerCase() as keyof typeof OUTCOME_WORDS
  const byWord = Object.hasOwn(OUTCOME_WORDS, word) ? OUTCOME_WORDS[word] : undefined
  return byNumber ?? byWord ?? 'unknown'
}
