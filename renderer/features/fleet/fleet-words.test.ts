import { describe, expect, it } from 'vitest'
import { processStates } from '../../../contracts/fleet.ts'
import { manyMachines, sampleFleet, sampleMachine, sampleProcess } from '../../testing/sample-fleet.ts'
import { exitWords, fleetWords, formerWords, machineTime, processWords } from './fleet-words.ts'

const NOW = 1_761_868_800_000
const process = sampleProcess({ id: 'obs', name: 'OBS' })

describe('words of a process', () => {
  it('never rely on the colour alone: every state has its own', () => {
    const words = processStates.map((state) => processWords({ ...process, state }, NOW).word)
    expect(new Set(words).size).toBe(processStates.length)
    expect(new Set(processStates.map((state) => formerWords({ ...process, state }).word)).size).toBe(
      processStates.length,
    )
  })

  it('count down to the next start by the machine’s own clock', () => {
    const machine = sampleMachine(NOW, { id: 'm', name: 'Demi', clockAheadMs: 3_600_000 })
    const waiting = { ...process, state: 'backoff' as const, retryAt: NOW + 3_600_000 + 4000 }
    expect(processWords(waiting, machineTime(machine, NOW)).word).toBe('Restarts in 4 s')
    expect(processWords({ ...waiting, retryAt: null }, NOW).word).toBe('Restarts soon')
  })

  it.each([
    [null, null],
    [{ code: 1, signal: null, at: 0 }, 'Ended with code 1'],
    [{ code: null, signal: 'SIGKILL', at: 0 }, 'Ended by SIGKILL'],
    [{ code: null, signal: null, at: 0 }, 'Ended, nobody knows how'],
  ])('say how it ended: %j', (exit, words) => expect(exitWords({ exit })).toBe(words))
})

describe('words of them all', () => {
  it('are none before there is a machine', () => {
    expect(fleetWords(undefined)).toBeNull()
    expect(fleetWords({ machines: [], pairing: null, rules: [] })).toBeNull()
  })

  it('name the one that failed and lead to it, though others are away', () => {
    const words = fleetWords(sampleFleet(NOW))
    expect(words).toMatchObject({ tone: 'bad', word: 'TITS failed' })
    expect(words?.reason).toMatch(/^TITS on Demi: ended with code 3.*\nAlys is away: nothing was heard/)
    const [alys] = sampleFleet(NOW).machines
    const away = fleetWords({ ...sampleFleet(NOW), machines: alys ? [alys] : [] })
    expect(away).toMatchObject({ tone: 'warn', word: 'Alys away', href: '#machines/m-alys' })
  })

  it('count them where there are many, and name only a few', () => {
    const words = fleetWords(manyMachines(NOW, 30))
    expect(words).toMatchObject({ tone: 'bad', word: '4 failed', href: '#machines' })
    expect(words?.reason?.split('\n')).toHaveLength(6)
    const well = sampleMachine(NOW, { id: 'm', name: 'Demi' })
    expect(fleetWords({ machines: [well], pairing: null, rules: [] })).toMatchObject({
      tone: 'ok',
      word: '1 connected',
    })
  })
})
