/**
 * How the streamer's shows are changed: one saved, removed, a rule of it set. Pure: the shows as they are in, the shows as
 * they shall be out. What can't be done is a `CommandError` that says why and names the field.
 */
import { isEventType } from '../../../contracts/events.ts'
import { type ContentRule, MAX_RULES, MAX_SHOWS, type Show } from '../../../contracts/show.ts'
import { CommandError } from '../../kernel/commands.ts'
import { DEFAULT_SHOWS } from './default-shows.ts'
import { clean } from './plain-line.ts'
import { faultOf } from './rules.ts'
import { isBuiltIn } from './show-choice.ts'

type Shows = readonly Show[]

export function showNamed(shows: Shows, id: string): Show {
  const show = shows.find((other) => other.id === id)
  if (show) return show
  throw new CommandError('not_found', `there is no show "${id}"`, { path: 'show' })
}

/** All of a show, as it is sent by who edits it. */
export function saveShow(shows: Shows, show: Show): Shows {
  show.rules.forEach((rule, index) => {
    mustWork(rule, `show.rules[${index}]`)
  })
  return withShow(shows, show)
}

/** The streamer's own is gone; one that is always there is as it was delivered. */
export function removeShow(shows: Shows, id: string): Shows {
  showNamed(shows, id)
  const delivered = isBuiltIn(id) ? DEFAULT_SHOWS.find((show) => show.id === id) : undefined
  if (!delivered) return shows.filter((show) => show.id !== id)
  return shows.map((show) => (show.id === id ? delivered : show))
}

/** In the place of the one with its id, or as the last. */
export function setRule(shows: Shows, id: string, rule: ContentRule): Shows {
  const show = showNamed(shows, id)
  mustWork(rule, 'rule')
  const at = show.rules.findIndex((other) => other.id === rule.id)
  return withShow(shows, { ...show, rules: at === -1 ? [...show.rules, rule] : show.rules.with(at, rule) })
}

export function removeRule(shows: Shows, id: string, ruleId: string): Shows {
  const show = showNamed(shows, id)
  const rules = show.rules.filter((rule) => rule.id !== ruleId)
  if (rules.length < show.rules.length) return withShow(shows, { ...show, rules })
  throw new CommandError('not_found', `"${show.name}" has no rule "${ruleId}"`, { path: 'rule' })
}

/** `tickerMs`: how long each stands; as before where it is not given. */
export function setTicker(
  shows: Shows,
  id: string,
  { ticker, tickerMs }: { ticker: Show['ticker']; tickerMs?: number | undefined },
): Shows {
  const show = showNamed(shows, id)
  return withShow(shows, { ...show, ticker, tickerMs: tickerMs ?? show.tickerMs })
}

function mustWork(rule: ContentRule, path: string): void {
  const fault = faultOf(rule, isEventType)
  if (fault) throw new CommandError('invalid_args', fault.why, { path: `${path}.${fault.path}` })
}

function withShow(shows: Shows, show: Show): Shows {
  if (show.rules.length > MAX_RULES) {
    throw new CommandError('conflict', `"${show.name}" has ${MAX_RULES} rules already; remove one first`)
  }
  const saved = cleaned(show)
  const at = shows.findIndex(({ id }) => id === show.id)
  if (at !== -1) return shows.with(at, saved)
  if (shows.length < MAX_SHOWS) return [...shows, saved]
  throw new CommandError('conflict', `there are ${MAX_SHOWS} shows already; remove one first`)
}

/** The ticker's own words as one line each; what is nothing then is left out. */
function cleaned(show: Show): Show {
  if (show.ticker.every(({ type }) => type !== 'message')) return show
  const ticker = show.ticker.map((entry) => {
    if (entry.type !== 'message') return entry
    return { ...entry, title: entry.title && (clean(entry.title) || null), message: clean(entry.message) }
  })
  return { ...show, ticker: ticker.filter((entry) => entry.type !== 'message' || entry.message !== '') }
}
