/**
 * From an event to what it puts on which layer, by a show's table. Pure. Of the rules of one event the most specific one
 * of each layer counts: an exact value before a range before none, and of equals the first in the table.
 */
import { contentLayers } from '../../../contracts/content.ts'
import type { EventEnvelope, EventType } from '../../../contracts/events.ts'
import { applyingRules, fieldOf } from '../../../contracts/rule-condition.ts'
import type { ContentRule } from '../../../contracts/show.ts'
import type { Boarding, ItemDraft, MachineCommand } from './machine.ts'
import { clean, cleanName } from './plain-line.ts'

/** An event as rules see it. */
type RuledEvent = Pick<EventEnvelope, 'id' | 'type'> & { payload: unknown }

/** Events that are one more on a sub train. */
const BOARDING: ReadonlySet<EventType> = new Set([
  'twitch.channel.subscribe',
  'twitch.channel.subscription.message',
] as const)

/** Why this rule can never work, and where the fault is; null when it can. */
export function faultOf(
  rule: ContentRule,
  isEventType: (type: string) => boolean,
): { path: string; why: string } | null {
  if (!isEventType(rule.event)) return { path: 'event', why: `there is no event "${rule.event}"` }
  if (rule.event.startsWith('producer.')) {
    return { path: 'event', why: 'what the producer does itself can not be a cause: it would never end' }
  }
  if (rule.content.type === 'sub-train' && !(BOARDING as ReadonlySet<string>).has(rule.event)) {
    return { path: 'content.type', why: `"${rule.event}" is no subscription, so it can not join the sub train` }
  }
  return null
}

/** The rules that count for `event`, at most one of each layer. */
export function rulesFor(event: RuledEvent, rules: readonly ContentRule[]): ContentRule[] {
  const ofEvent = rules.filter((rule) => rule.event === event.type)
  const matching = applyingRules(ofEvent, event.payload)
  return contentLayers.flatMap((layer) => {
    const rule = matching.find((candidate) => candidate.layer === layer)
    return rule ? [rule] : []
  })
}

/** What `event` asks of the machine by this rule; null where there is nothing to say or nobody to board. */
export function commandFor(event: RuledEvent, rule: ContentRule): MachineCommand | null {
  const { layer, priority, durationMs, content } = rule
  const place = { id: `${event.id}:${rule.id}`, layer, priority, durationMs }
  if (content.type === 'sub-train') {
    const boarding = boardingOf(event, place)
    return boarding && { kind: 'board', boarding }
  }
  if (content.type === 'message') {
    const title = content.title === null ? null : cleanName(filled(content.title, event.payload)) || null
    const message = clean(filled(content.message, event.payload))
    if (title === null && message === '') return null
    return { kind: 'put', item: { ...place, content: { type: 'message', title, message, level: content.level } } }
  }
  return { kind: 'put', item: { ...place, content } }
}

function boardingOf(event: RuledEvent, place: Omit<ItemDraft, 'content'>): Boarding | null {
  const { type, payload } = event as EventEnvelope
  if (type === 'twitch.channel.subscribe') {
    return { ...place, user_name: cleanName(payload.user_name), tier: payload.tier, months: 1 }
  }
  if (type === 'twitch.channel.subscription.message') {
    const { user_name, tier, cumulative_months: months } = payload
    return { ...place, user_name: cleanName(user_name), tier, months }
  }
  return null
}

/** The words on the bar are English, so the figures are too. */
const figures = new Intl.NumberFormat('en-GB')

/** With `{field}` filled in; one that is not there becomes nothing. */
function filled(template: string, payload: unknown): string {
  return template.replace(/\{(\w+(?:\.\w+)*)\}/g, (_, path: string) => {
    const value = fieldOf(payload, path)
    if (typeof value === 'number') return figures.format(value)
    return typeof value === 'string' ? value : ''
  })
}
