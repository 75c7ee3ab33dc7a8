/** A show as the fields of its form, and a goal as its row. Pure; whether a show can work is the hub's to say. */
import { type Goal, type StandingContentType, standingContentTypes } from '../../../contracts/content.ts'
import { accentSchema, type Show, type ShowTheme, type TickerEntry } from '../../../contracts/show.ts'

/** As the form has them. */
export interface ShowFields {
  name: string
  theme: ShowTheme
  /** Null: the theme's own. */
  accent: string | null
  /** Separated by commas or spaces. */
  categoryIds: string
  /** One of them a line. */
  categoryNames: string
}

export function fieldsOf({ name, theme, accent, categoryIds, categoryNames }: Show): ShowFields {
  return { name, theme, accent, categoryIds: categoryIds.join(', '), categoryNames: categoryNames.join('\n') }
}

/** The show that the fields say; `copied`: whose rules it takes over. */
export function showOf(show: Show, fields: ShowFields, copied: Show | null): Show {
  return {
    ...show,
    name: fields.name.trim(),
    theme: fields.theme,
    accent: fields.accent,
    categoryIds: parts(fields.categoryIds, /[\s,;]+/),
    categoryNames: parts(fields.categoryNames, /\n/),
    rules: copied ? [...copied.rules] : show.rules,
  }
}

function parts(text: string, between: RegExp): string[] {
  return [...new Set(text.split(between).map((part) => part.trim()))].filter((part) => part !== '')
}

/** With the table and the ticker of another, and no category yet. */
export function newShow(name: string, shows: readonly Show[], like: Show): Show {
  return { ...like, id: newId(name, shows), name, categoryIds: [], categoryNames: [] }
}

const ID_MAX = 32

/** `Retro Friday!` as `retro-friday`, or with a number after it when there is one. */
function newId(name: string, shows: readonly Show[]): string {
  const folded = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const letters = folded.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  const base = letters.slice(0, ID_MAX - 3).replace(/-+$/, '') || 'show'
  const isTaken = (id: string) => shows.some((show) => show.id === id)
  let id = base
  for (let number = 2; isTaken(id); number++) id = `${base}-${number}`
  return id
}

/** Why this colour will not do; null when it will. */
export function faultOfAccent(accent: string): string | null {
  const fault = accentSchema.safeParse(accent).error?.issues[0]?.message
  return fault ? fault.charAt(0).toUpperCase() + fault.slice(1) : null
}

/** A content of the ticker, with how often it comes; a standing one that comes 0 times is not on it. */
export type TickerRow = { type: StandingContentType; weight: number } | (TickerEntry & { type: 'message' })

/** Those that come first, in their order, then all others. */
export function tickerRows(ticker: readonly TickerEntry[]): TickerRow[] {
  const others = standingContentTypes.filter((type) => ticker.every((entry) => entry.type !== type))
  return [...ticker.map((entry) => ({ ...entry })), ...others.map((type) => ({ type, weight: 0 }))]
}

/** Messages without words are left out. */
export function tickerOf(rows: readonly TickerRow[]): TickerEntry[] {
  return rows.filter((row) => row.weight > 0 && (row.type !== 'message' || row.message.trim() !== ''))
}

/** `by` places up (negative) or down, as far as there are places. */
export function moved<T>(rows: readonly T[], at: number, by: number): T[] {
  const row = rows[at]
  const to = Math.min(rows.length - 1, Math.max(0, at + by))
  if (row === undefined || to === at) return [...rows]
  return rows.toSpliced(at, 1).toSpliced(to, 0, row)
}

/** What goals count by themselves, as Twitch calls it. */
export const goalTypes: Readonly<Record<string, string>> = {
  follow: 'New followers',
  subscription: 'Subs',
  new_bit: 'Bits',
}

/** A goal as it was when the form was opened, and as it is typed. */
export interface GoalRow {
  /** Null: it is new. */
  was: Goal | null
  goal: Goal
}

export function goalRows(goals: readonly Goal[]): GoalRow[] {
  return goals.map((goal) => ({ was: { ...goal }, goal: { ...goal } }))
}

/** The first type that no row has; when all are taken, one that nothing counts but the streamer. */
export function freeGoalType(rows: readonly GoalRow[]): string {
  const isTaken = (type: string) => rows.some(({ goal }) => goal.type === type)
  const known = Object.keys(goalTypes).find((type) => !isTaken(type))
  if (known) return known
  let number = 1
  while (isTaken(`own-${number}`)) number++
  return `own-${number}`
}

/** What counted on while the form was open is not set back, unless the figure was typed. */
export function goalsOf(rows: readonly GoalRow[], live: readonly Goal[]): Goal[] {
  return rows.map(({ was, goal }) => {
    const counted = live.find(({ type }) => type === was?.type)
    const isTyped = goal.current_amount !== was?.current_amount || goal.type !== was.type
    const current_amount = counted && !isTyped ? counted.current_amount : goal.current_amount
    return { ...goal, description: goal.description.trim(), current_amount }
  })
}
