import { describe, expect, it } from 'vitest'
import { ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import { checkpointNamed, checkpointOfTrainer, indexOf } from './checkpoints.ts'
import { clearCheckpoint, clearedCount, currentOf, endRun, newRun, type Run, reopenRun, takeBack } from './run.ts'

const fresh = newRun(1, 812, 1000)

function cleared(...names: Parameters<typeof clearCheckpoint>[1][]): Run {
  return names.reduce((run, name, at) => clearCheckpoint(run, name, 'trainer', 2000 + at).run, fresh)
}

const losses = (run: Run) => [...run.results].filter(([, { cleared }]) => !cleared).map(([name]) => name)

describe('checkpoints', () => {
  it('knows all 23 by their trainers, gym leaders too', () => {
    const trainers: Record<string, number[]> = {
      RIVAL1: [326, 327, 328],
      FIRSTTRAINER: [102, 115],
      RIVAL2: [329, 330, 331],
      BROCK: [414],
      RIVAL3: [332, 333, 334],
      RIVAL4: [426, 427, 428],
      MISTY: [415],
      SURGE: [416],
      RIVAL5: [429, 430, 431],
      ROCKETHIDEOUT: [348],
      ERIKA: [417],
      KOGA: [418],
      RIVAL6: [432, 433, 434],
      SILPHCO: [349],
      SABRINA: [420],
      BLAINE: [419],
      GIOVANNI: [350],
      RIVAL7: [435, 436, 437],
      LORELAI: [410],
      BRUNO: [411],
      AGATHA: [412],
      LANCE: [413],
      CHAMP: [438, 439, 440],
    }
    expect(Object.keys(trainers)).toEqual([...ironmonCheckpoints])
    const derived = Object.fromEntries(
      ironmonCheckpoints.map((name) => [
        name,
        Array.from({ length: 1000 }, (_, id) => id).filter((id) => checkpointOfTrainer(id) === name),
      ]),
    )
    expect(derived).toEqual(Object.fromEntries(Object.entries(trainers).map(([name, ids]) => [name, ids])))
    expect(ironmonCheckpoints).toHaveLength(23)
    expect(indexOf('CHAMP')).toBe(23)
  })

  it('goes by the name, and knows neither START nor LAB', () => {
    expect(['brock', 'START', 'LAB', 'toString', null].map(checkpointNamed)).toEqual(['BROCK', null, null, null, null])
  })
})

describe('a run', () => {
  it('stands after the furthest checkpoint, whatever was passed by', () => {
    expect(currentOf(fresh)).toBe('RIVAL1')
    expect(currentOf(cleared('RIVAL1', 'BROCK'))).toBe('RIVAL3')
    expect(currentOf(cleared('RIVAL1', 'KOGA', 'ERIKA'))).toBe('RIVAL6')
  })

  it('takes a checkpoint once', () => {
    const run = cleared('BROCK')
    expect(clearCheckpoint(run, 'BROCK', 'plugin', 9000)).toEqual({ run, facts: [] })
  })

  it('is lost where it stood', () => {
    const { run, facts } = endRun(cleared('RIVAL1', 'BROCK'), 'defeat', 5000)
    expect(run).toMatchObject({ outcome: 'lost', endedAt: 5000, endReason: 'defeat' })
    expect(losses(run)).toEqual(['RIVAL3'])
    expect(facts).toEqual([{ kind: 'ended', outcome: 'lost', reason: 'defeat' }])
    expect(endRun(run, 'manual', 6000)).toEqual({ run, facts: [] })
  })

  it('was not lost when it clears another checkpoint after', () => {
    const lost = endRun(cleared('RIVAL1'), 'defeat', 5000).run
    const { run, facts } = clearCheckpoint(lost, 'FIRSTTRAINER', 'trainer', 6000)
    expect(facts.map(({ kind }) => kind)).toEqual(['reopened', 'cleared'])
    expect(run).toMatchObject({ outcome: null, endedAt: null })
    expect(losses(run)).toEqual([])
  })

  it('stays lost when the streamer said so; what the streamer clears moves the loss on', () => {
    const lost = endRun(cleared('RIVAL1'), 'manual', 5000).run
    expect(clearCheckpoint(lost, 'FIRSTTRAINER', 'trainer', 6000).facts).toEqual([])
    const { run } = clearCheckpoint(lost, 'BROCK', 'manual', 6000)
    expect(run).toMatchObject({ outcome: 'lost' })
    expect(losses(run)).toEqual(['RIVAL3'])
    expect(losses(takeBack(run, 'BROCK').run)).toEqual(['FIRSTTRAINER'])
    expect(losses(reopenRun(run).run)).toEqual([])
  })

  it('is won with the last, also after a loss, and open again when that is taken back', () => {
    const won = clearCheckpoint(endRun(cleared('LANCE'), 'defeat', 1).run, 'CHAMP', 'trainer', 7000)
    expect(won.run).toMatchObject({ outcome: 'won', endReason: 'champion', endedAt: 7000 })
    expect(won.facts.map(({ kind }) => kind)).toEqual(['reopened', 'cleared', 'ended'])
    expect(currentOf(won.run)).toBe(null)
    expect(losses(won.run)).toEqual([])
    const back = takeBack(won.run, 'CHAMP')
    expect(back.run).toMatchObject({ outcome: null })
    expect(back.facts.map(({ kind }) => kind)).toEqual(['taken-back', 'reopened'])
    expect(clearedCount(back.run)).toBe(1)
  })
})
