import { expect, it } from 'vitest'
import type { FinishedAlert } from '../../contracts/state/alerts.ts'
import { latestFollow, latestSub, sessionWords } from './coding-words.ts'

it('says how long a session is', () => {
  expect([-5, 0, 59_999, 42 * 60_000, 3_600_000, 6_130_000].map(sessionWords)).toEqual([
    ...['0 min', '0 min', '0 min', '42 min', '1:00 h', '1:42 h'],
  ])
})

it('knows who came last', () => {
  const recent = [
    { type: 'raid', who: 'Raider' },
    { type: 'gift', who: '' },
    { type: 'resub', who: 'Juniper42' },
    { type: 'follow', who: 'NightOwl_77' },
    { type: 'sub', who: 'Older' },
  ] as FinishedAlert[]
  expect([latestFollow(recent), latestSub(recent)]).toEqual(['NightOwl_77', 'Juniper42'])
  expect([latestFollow([]), latestSub([])]).toEqual([null, null])
})
