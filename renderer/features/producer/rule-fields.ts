/** A rule of a show's table as the fields of a form, and in words. Pure; whether it can work is the hub's to say. */
import type { ContentLayer, ContentType } from '../../../contracts/content.ts'
import type { RuleCondition } from '../../../contracts/rule-condition.ts'
import type { ContentRule, MessageLevel } from '../../../contracts/show.ts'

/** As the form has them: those that are not shown are missing. */
export interface RuleFields {
  event: string
  when: RuleCondition['kind']
  field?: string
  min?: string
  max?: string
  value?: string
  content: ContentType
  title?: string
  message?: string
  level?: MessageLevel
  layer: ContentLayer
  priority: string
  seconds: string
  sound: string
  /** % */
  volume: string
}

/** The rule that the fields say; what the form does not show stays as it was. */
export function ruleOf(rule: ContentRule, fields: RuleFields): ContentRule {
  return {
    ...rule,
    event: fields.event.trim(),
    when: conditionOf(fields),
    content: contentOf(fields),
    layer: fields.layer,
    priority: Math.round(Number(fields.priority)),
    durationMs: Math.round(Number(fields.seconds) * 1000),
    sound: fields.sound || null,
    volume: Math.min(100, Math.max(0, Number(fields.volume))) / 100,
  }
}

function conditionOf({ when, field = '', min, max, value = '' }: RuleFields): RuleCondition {
  if (when === 'range') return { kind: 'range', field: field.trim(), min: endOf(min), max: endOf(max) }
  return when === 'exact' ? { kind: 'exact', field: field.trim(), value: value.trim() } : { kind: 'always' }
}

/** An empty end is open. */
function endOf(text: string | undefined): number | null {
  return text === undefined || text.trim() === '' ? null : Number(text)
}

function contentOf({ content: type, title = '', message = '', level = 'info' }: RuleFields): ContentRule['content'] {
  if (type !== 'message') return { type }
  return { type, title: title.trim() || null, message: message.trim(), level }
}

/** A message for every raid, under an id that no other rule has. */
export function newRule(rules: readonly ContentRule[]): ContentRule {
  const taken = new Set(rules.map(({ id }) => id))
  let number = rules.length + 1
  while (taken.has(`rule-${number}`)) number++
  return {
    id: `rule-${number}`,
    event: 'twitch.channel.raid',
    when: { kind: 'always' },
    content: { type: 'message', title: null, message: '', level: 'info' },
    layer: 'foreground',
    priority: 60,
    durationMs: 8000,
    sound: null,
    volume: 0.7,
  }
}

/** `with bits from 100`; nothing where it always applies. */
export function conditionInWords(when: RuleCondition): string {
  if (when.kind === 'always') return ''
  if (when.kind === 'exact') return `with ${when.field} ${when.value}`
  const from = when.min === null ? '' : ` from ${when.min}`
  const to = when.max === null ? '' : ` to ${when.max}`
  return `with ${when.field}${from}${to}`
}
