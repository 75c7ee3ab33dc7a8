import { expect, it } from 'vitest'
import { contentSchema } from '../../../contracts/content.ts'
import { ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import type { IronmonState } from '../../../contracts/state/ironmon.ts'
import { RunContent } from './content.ts'

/** Attempt 12, which has beaten Brock; the last one got to Misty. */
function stateOf(changes: Partial<IronmonState['run'] & object> = {}): IronmonState {
  return {
    run: {
      attempt: 12,
      startedAt: 1,
      endedAt: null,
      outcome: null,
      endReason: null,
      cleared: 4,
      current: 'RIVAL3',
      ...changes,
    },
    checkpoints: ironmonCheckpoints.map((name, index) => ({
      name,
      index: index + 1,
      leader: `leader ${index + 1}`,
      clearedAt: index < 4 ? 1000 : null,
      proof: index < 4 ? 'trainer' : null,
      clears: 3,
      losses: 1,
      clearRate: 25,
      lastCleared: 11,
    })),
    statistics: { runs: 12, lost: 11, won: 0, best: null },
  } as unknown as IronmonState
}

it('says how the run stands, in the words of the catalogue', () => {
  const content = new RunContent()
  content.take(stateOf())
  const statistics = content.read('run-statistics')
  expect(contentSchema.parse(statistics)).toEqual(statistics)
  expect(statistics).toEqual({
    type: 'run-statistics',
    run_number: 12,
    checkpoints_cleared: 4,
    total_checkpoints: 23,
    progress_percentage: (4 / 23) * 100,
    current_checkpoint: 'RIVAL3',
    trainer: 'leader 5',
    clear_rate: 25,
  })
  const progression = content.read('run-progression')
  expect(contentSchema.parse(progression)).toEqual(progression)
  expect(progression).toMatchObject({
    has_active_run: true,
    current_checkpoint: 'RIVAL3',
    last_cleared_seed: 11,
    attempts_on_record: 12,
  })
  const { checkpoints } = progression as Extract<typeof progression, { type: 'run-progression' }>
  expect(checkpoints.map(({ status }) => status).slice(2, 6)).toEqual(['cleared', 'cleared', 'current', 'pending'])
  expect(content.read('daily-stats')).toBeNull()
})

it('a run that is over has no current checkpoint', () => {
  const content = new RunContent()
  content.take(stateOf({ endedAt: 2000, outcome: 'lost', endReason: 'defeat' }))
  expect(content.read('run-progression')).toMatchObject({
    has_active_run: false,
    current_checkpoint: null,
    trainer: null,
  })
})

it('says what has changed, and nothing twice; without a run there is nothing to show', () => {
  const content = new RunContent()
  const changed: string[] = []
  const listening = content.onDidChange((type) => changed.push(type))
  content.take({ ...stateOf(), run: null })
  expect(changed).toEqual([])
  content.take(stateOf())
  content.take(stateOf())
  expect(changed).toEqual(['run-statistics', 'run-progression'])
  content.take(stateOf({ attempt: 13 }))
  expect(changed).toHaveLength(3)
  content.take(null)
  expect(content.read('run-statistics')).toBeNull()
  listening.dispose()
})
