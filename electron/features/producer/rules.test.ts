import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type EventPayload, isEventType } from '../../../contracts/events.ts'
import type { RuleCondition } from '../../../contracts/rule-condition.ts'
import { type ContentRule, contentRuleSchema } from '../../../contracts/show.ts'
import { commandFor, faultOf, rulesFor } from './rules.ts'

const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }

function cheer(bits: number, user_name = 'Mira'): Parameters<typeof rulesFor>[0] {
  const payload: EventPayload<'twitch.channel.cheer'> = {
    ...channel,
    is_anonymous: false,
    user_id: '2',
    user_login: 'mira',
    user_name,
    bits,
    message: '',
  }
  return { id: 'e', type: 'twitch.channel.cheer', payload }
}

function says(id: string, when: RuleCondition, message = id, layer: ContentRule['layer'] = 'foreground'): ContentRule {
  const content = { type: 'message', title: null, message, level: 'info' } as const
  return {
    id,
    event: 'twitch.channel.cheer',
    when,
    content,
    layer,
    priority: 50,
    durationMs: 5000,
    sound: null,
    volume: 1,
  }
}

function said(event: Parameters<typeof rulesFor>[0], ...rules: ContentRule[]): string[] {
  return rulesFor(event, rules).map((rule) => {
    const command = commandFor(event, rule)
    if (command?.kind !== 'put' || command.item.content.type !== 'message') throw new Error('expected a message')
    return command.item.content.message
  })
}

const ALWAYS: RuleCondition = { kind: 'always' }
const MANY: RuleCondition = { kind: 'range', field: 'bits', min: 100, max: 999 }
const EXACT: RuleCondition = { kind: 'exact', field: 'bits', value: 500 }

describe('rules', () => {
  it('lets the most specific rule of a layer count: exact, then range, then any', () => {
    const rules = [says('any', ALWAYS), says('many', MANY), says('exact', EXACT)]
    expect([1, 100, 500, 999, 1000].map((bits) => said(cheer(bits), ...rules)[0])).toEqual([
      ...['any', 'many', 'exact', 'many', 'any'],
    ])
    expect(said(cheer(500), says('first', EXACT), says('second', EXACT))).toEqual(['first'])
    expect(said(cheer(500), says('fore', EXACT), says('back', ALWAYS, 'back', 'background'))).toEqual(['fore', 'back'])
  })

  it('takes an exact number for the same, written or counted', () => {
    expect(said(cheer(500), says('text', { kind: 'exact', field: 'bits', value: '500' }))).toEqual(['text'])
    expect(said(cheer(500), says('flag', { kind: 'exact', field: 'is_anonymous', value: 'false' }))).toEqual(['flag'])
    expect(said(cheer(500), says('none', { kind: 'exact', field: 'nothing', value: 'undefined' }))).toEqual([])
  })

  it('leaves an end of a range open, and finds no number in a word', () => {
    expect(said(cheer(1), says('up to', { kind: 'range', field: 'bits', min: null, max: 1 }))).toEqual(['up to'])
    expect(said(cheer(1), says('name', { kind: 'range', field: 'user_name', min: null, max: null }))).toEqual([])
  })

  it.each(['constructor', '__proto__.polluted', 'user_name.length', 'toString'])('knows no field "%s"', (field) => {
    expect(said(cheer(1), says('no', { kind: 'range', field, min: null, max: null }))).toEqual([])
    expect(said(cheer(1), says('no', ALWAYS, `a{${field}}b`))).toEqual(['ab'])
  })

  it('fills in the fields of the event, and lets nobody break the line', () => {
    expect(said(cheer(12_345, 'Mi\u202era\n'), says('text', ALWAYS, '{user_name} gave {bits}'))).toEqual([
      'Mira gave 12,345',
    ])
    const [long = ''] = said(cheer(1, 'x'.repeat(10_000)), says('text', ALWAYS, '{user_name}'))
    expect(long).toHaveLength(500)
  })

  it('names one appearance after the event and the rule', () => {
    expect(commandFor(cheer(1), says('rule', ALWAYS))).toMatchObject({ item: { id: 'e:rule' } })
  })

  it('takes the rule of the guide', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/show.md'), 'utf8')
    const rule = contentRuleSchema.parse(JSON.parse(/```json\n([^`]*)```/.exec(guide)?.[1] ?? ''))
    expect(faultOf(rule, isEventType)).toBeNull()
    const payload = { from_broadcaster_user_name: 'OtherStreamer', viewers: 143 }
    const raid = { id: 'e', type: 'twitch.channel.raid', payload } as const
    expect(said(raid, rule)).toEqual(['OtherStreamer brings 143'])
  })

  it('refuses rules that could never work', () => {
    const rule = says('rule', ALWAYS)
    expect(faultOf(rule, isEventType)).toBeNull()
    expect(faultOf({ ...rule, event: 'no.such' }, isEventType)).toMatchObject({ path: 'event' })
    expect(faultOf({ ...rule, event: 'producer.show.changed' }, isEventType)).toMatchObject({ path: 'event' })
    expect(faultOf({ ...rule, content: { type: 'sub-train' } }, isEventType)).toMatchObject({ path: 'content.type' })
  })
})
