import { describe, expect, it } from 'vitest'
import { heldItemName } from './held-items.ts'
import { conditionOf, foeWords, healthOf, lengthWords, rowsAround, titleCase } from './run-words.ts'
import { SAMPLE_BATTLE, sampleCheckpoints, sampleIronmon } from './sample-ironmon.ts'

const runAt = (current: string | null) => ({ ...sampleIronmon().run, current }) as never
const titles = (current: string | null) => rowsAround(sampleCheckpoints(), runAt(current), 2).map(({ title }) => title)

describe('the way of a run', () => {
  it('shows one behind, the next, and two ahead; at its ends as many', () => {
    expect(titles('MISTY')).toEqual(['Rival 4', 'Misty', 'Lt. Surge', 'Rival 5'])
    expect(titles('RIVAL1')).toEqual(['Rival 1', 'First trainer', 'Rival 2', 'Brock'])
    expect(titles('CHAMP')).toEqual(['Bruno', 'Agatha', 'Lance', 'Champion'])
    expect(titles(null)).toEqual(['Bruno', 'Agatha', 'Lance', 'Champion'])
    expect(rowsAround([], runAt(null), 2)).toEqual([])
  })

  it('says what a place is and how runs fare there', () => {
    const [, misty] = rowsAround(sampleCheckpoints(), runAt('MISTY'), 2)
    expect(misty).toMatchObject({ place: 'Gym 2 · 7 of 23', fate: '3.2% clear it · last 793', status: 'current' })
    const [bruno] = rowsAround(sampleCheckpoints(), runAt(null), 2)
    expect(bruno).toMatchObject({ place: 'Elite Four · 20 of 23', fate: 'Never cleared yet' })
    const unknown = sampleCheckpoints().map((each) => ({ ...each, clearRate: null }))
    expect(rowsAround(unknown, runAt('MISTY'), 2)[1]?.fate).toBeNull()
  })
})

describe('the team', () => {
  it('names what is held by its number', () => {
    expect([133, 139, 142, 175, 179, 200, 225].map(heldItemName)).toEqual([
      ...['Cheri Berry', 'Oran Berry', 'Sitrus Berry', 'Enigma Berry', 'BrightPowder', 'Leftovers', 'Stick'],
    ])
    expect([13, 132, 176, 226, -1].map(heldItemName)).toEqual([
      'Item 13',
      'Item 132',
      'Item 176',
      'Item 226',
      'Item -1',
    ])
  })

  it('tells how well somebody is, whatever numbers come', () => {
    const hp = (current: number, max: number) => healthOf({ current, max })?.level
    expect([hp(96, 96), hp(48, 96), hp(19, 96), hp(0, 96), hp(-4, 96), hp(200, 96)]).toEqual([
      ...['well', 'hurt', 'low', 'fainted', 'fainted', 'well'],
    ])
    expect([healthOf(null), healthOf({ current: 3, max: 0 })]).toEqual([null, null])
    expect(conditionOf({ hp: { current: 0, max: 9 }, status: 'asleep' })).toBe('Fainted')
    expect(conditionOf({ hp: null, status: 'badly-poisoned' })).toBe('Badly poisoned')
    expect([conditionOf({ hp: null, status: 'healthy' }), conditionOf({ hp: null, status: null })]).toEqual([
      null,
      null,
    ])
  })
})

it('says who is fought', () => {
  const checkpoints = sampleCheckpoints()
  const trainer = (name: string | null) => ({ id: 1, name, checkpoint: null })
  expect(foeWords(SAMPLE_BATTLE, checkpoints)).toBe('Misty')
  expect(foeWords({ ...SAMPLE_BATTLE, isWild: true }, checkpoints)).toBe('Wild')
  expect(foeWords({ ...SAMPLE_BATTLE, trainer: trainer('BUG CATCHER RICK') }, checkpoints)).toBe('Bug Catcher Rick')
  expect(foeWords({ ...SAMPLE_BATTLE, trainer: trainer(' ') }, checkpoints)).toBe('Trainer')
  expect(foeWords({ ...SAMPLE_BATTLE, isWild: null, trainer: null }, checkpoints)).toBe('Trainer')
  expect([titleCase('MR. MIME'), titleCase('Nidoran'), titleCase('ÉLITE')]).toEqual(['Mr. Mime', 'Nidoran', 'Élite'])
})

it('says how long a run was', () => {
  expect([0, 59_000, 6_130_000].map(lengthWords)).toEqual(['1 min', '1 min', '1 h 42 min'])
})
