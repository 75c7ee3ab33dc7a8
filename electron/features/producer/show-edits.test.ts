import { describe, expect, it } from 'vitest'
import { type ContentRule, contentRuleSchema, MAX_RULES, MAX_SHOWS, type Show } from '../../../contracts/show.ts'
import { DEFAULT_SHOWS } from './default-shows.ts'
import { removeRule, removeShow, saveShow, setRule, setTicker, showNamed } from './show-edits.ts'

const rule = (id: string, event = 'twitch.channel.follow'): ContentRule =>
  contentRuleSchema.parse({
    id,
    event,
    when: { kind: 'always' },
    content: { type: 'latest-event' },
    layer: 'midground',
    priority: 50,
    durationMs: 5000,
  })
const own = (id: string, parts: Partial<Show> = {}): Show => ({
  ...showNamed(DEFAULT_SHOWS, 'variety'),
  id,
  name: id,
  rules: [],
  ...parts,
})
const refusal = (code: string, path?: string) => expect.objectContaining({ code, path })
const rulesOf = (shows: readonly Show[], id: string) => showNamed(shows, id).rules.map((each) => each.id)

describe('edits of shows', () => {
  it('adds a show, replaces it, removes it', () => {
    const added = saveShow(DEFAULT_SHOWS, own('art'))
    expect(added.map(({ id }) => id)).toEqual([...DEFAULT_SHOWS.map(({ id }) => id), 'art'])
    const renamed = saveShow(added, own('art', { name: 'Painting' }))
    expect(renamed).toHaveLength(added.length)
    expect(showNamed(renamed, 'art').name).toBe('Painting')
    expect(removeShow(renamed, 'art')).toEqual(DEFAULT_SHOWS)
    expect(() => removeShow(DEFAULT_SHOWS, 'art')).toThrow(refusal('not_found', 'show'))
  })

  it('puts one that is always there back as it was delivered', () => {
    const changed = saveShow(DEFAULT_SHOWS, { ...showNamed(DEFAULT_SHOWS, 'coding'), name: 'Code', rules: [] })
    expect(removeShow(changed, 'coding')).toEqual(DEFAULT_SHOWS)
  })

  it('adds a rule as the last, replaces it in its place, removes it', () => {
    const shows = [own('art', { rules: [rule('a'), rule('b')] })]
    expect(rulesOf(setRule(shows, 'art', rule('c')), 'art')).toEqual(['a', 'b', 'c'])
    const replaced = setRule(shows, 'art', { ...rule('a'), priority: 9 })
    expect(rulesOf(replaced, 'art')).toEqual(['a', 'b'])
    expect(showNamed(replaced, 'art').rules[0]?.priority).toBe(9)
    expect(rulesOf(removeRule(shows, 'art', 'a'), 'art')).toEqual(['b'])
    expect(() => removeRule(shows, 'art', 'z')).toThrow(refusal('not_found', 'rule'))
  })

  it('names the field of a rule that can not work, as it was sent', () => {
    const bad = rule('bad', 'no.such.event')
    expect(() => setRule([own('art')], 'art', bad)).toThrow(refusal('invalid_args', 'rule.event'))
    const show = own('art', { rules: [rule('a'), bad] })
    expect(() => saveShow([], show)).toThrow(refusal('invalid_args', 'show.rules[1].event'))
  })

  it('knows its bounds', () => {
    const full = own('art', { rules: Array.from({ length: MAX_RULES }, (_, n) => rule(String(n))) })
    expect(() => setRule([full], 'art', rule('one more'))).toThrow(refusal('conflict'))
    expect(rulesOf(setRule([full], 'art', rule('7')), 'art')).toHaveLength(MAX_RULES)
    const many = Array.from({ length: MAX_SHOWS }, (_, n) => own(String(n)))
    expect(() => saveShow(many, own('art'))).toThrow(refusal('conflict'))
    expect(saveShow(many, own('7'))).toHaveLength(MAX_SHOWS)
  })

  it('keeps the ticker’s own words as one line each, and leaves out what is nothing then', () => {
    const words = (message: string, title: string | null = null) =>
      ({ type: 'message', weight: 1, title, message }) as const
    const ticker = [words('one\nline', '\u202e'), words('\u202e')]
    const shows = setTicker([own('art', { tickerMs: 7000 })], 'art', { ticker })
    expect(showNamed(shows, 'art')).toMatchObject({ tickerMs: 7000, ticker: [words('one line')] })
    expect(showNamed(setTicker(shows, 'art', { ticker, tickerMs: 9000 }), 'art').tickerMs).toBe(9000)
  })
})
