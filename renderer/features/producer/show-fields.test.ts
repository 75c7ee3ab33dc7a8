import { describe, expect, it } from 'vitest'
import type { Goal } from '../../../contracts/content.ts'
import type { Show } from '../../../contracts/show.ts'
import { sampleProducer } from '../../testing/sample-producer.ts'
import {
  faultOfAccent,
  fieldsOf,
  freeGoalType,
  goalRows,
  goalsOf,
  moved,
  newShow,
  showOf,
  tickerOf,
  tickerRows,
} from './show-fields.ts'

const { shows } = sampleProducer(0)
const [variety, ironmon] = shows as [Show, Show]

describe('the fields of a show', () => {
  it('come back as they went in', () => {
    const show: Show = { ...variety, accent: '#ff8800', categoryIds: ['1', '22'], categoryNames: ['pokemon fire', 'a'] }
    expect(showOf(show, fieldsOf(show), null)).toEqual(show)
  })

  it('are read as people type them, and take over the rules of another', () => {
    const fields = {
      ...fieldsOf(variety),
      name: ' Retro ',
      categoryIds: ' 5; 7,5 \n 9 ',
      categoryNames: '\n zelda \n\n',
    }
    const rules = [{ id: 'r' }] as unknown as Show['rules']
    expect(showOf(variety, fields, { ...ironmon, rules })).toMatchObject({
      ...{ id: 'variety', name: 'Retro', categoryIds: ['5', '7', '9'], categoryNames: ['zelda'], rules },
    })
  })

  it('a new show has an id of its own', () => {
    const idOf = (name: string) => newShow(name, shows, variety).id
    expect([idOf('Retro Friday!'), idOf('Pokémon'), idOf('Variety'), idOf('配信')]).toEqual([
      ...['retro-friday', 'pokemon', 'variety-2', 'show'],
    ])
    expect(idOf('x'.repeat(60)).length).toBeLessThanOrEqual(32)
    expect(newShow('A', shows, { ...ironmon, categoryIds: ['1'] })).toMatchObject({ theme: 'ironmon', categoryIds: [] })
  })

  it('say why a colour will not do', () => {
    expect([faultOfAccent('#7c4dff'), faultOfAccent('#101010')]).toEqual([
      null,
      'Too dark to be told from the plates; choose a lighter colour',
    ])
  })
})

describe('the rows of a ticker', () => {
  it('have everything that can be on it, and leave out what never comes', () => {
    const rows = tickerRows([{ type: 'stream-goals', weight: 3 }])
    expect(rows.map(({ type }) => type)).toEqual([
      ...['stream-goals', 'emote-stats', 'recent-follows', 'daily-stats', 'latest-event'],
      ...['recent-events', 'run-statistics', 'run-progression'],
    ])
    expect(tickerOf(rows)).toEqual([{ type: 'stream-goals', weight: 3 }])
  })

  it('move as far as there are places', () => {
    expect([moved(['a', 'b', 'c'], 2, -1), moved(['a', 'b'], 0, -1), moved(['a', 'b'], 0, 5), moved([], 0, 1)]).toEqual(
      [['a', 'c', 'b'], ['a', 'b'], ['b', 'a'], []],
    )
  })
})

describe('the rows of goals', () => {
  const follow: Goal = { type: 'follow', description: 'Two thousand', current_amount: 1874, target_amount: 2000 }

  it('keep what counted on meanwhile, unless the figure was typed', () => {
    const live = [{ ...follow, current_amount: 1880 }]
    const [row] = goalRows([follow])
    if (!row) throw new Error('no row')
    expect(goalsOf([{ ...row, goal: { ...row.goal, description: ' New ' } }], live)).toEqual([
      { ...follow, description: 'New', current_amount: 1880 },
    ])
    expect(goalsOf([{ ...row, goal: { ...row.goal, current_amount: 5 } }], live)[0]?.current_amount).toBe(5)
    expect(goalsOf([{ ...row, goal: { ...row.goal, type: 'new_bit' } }], live)[0]?.current_amount).toBe(1874)
    expect(goalsOf([row], [])).toEqual([follow])
  })

  it('find a type that none has', () => {
    const row = (type: string) => ({ was: null, goal: { ...follow, type } })
    expect(freeGoalType([])).toBe('follow')
    expect(freeGoalType([row('follow')])).toBe('subscription')
    expect(freeGoalType(['follow', 'subscription', 'new_bit', 'own-1'].map(row))).toBe('own-2')
  })
})
