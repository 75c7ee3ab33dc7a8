import { cleanup, fireEvent, render, screen, within } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import { type IronmonState, ironmonRefusals } from '../../../contracts/state/ironmon.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub, type FakeHub } from '../../testing/fake-hub.ts'
import { sampleSystem } from '../../testing/sample-state.ts'
import { Ironmon } from './ironmon.tsx'

const NOW = Date.now()
let hub: FakeHub

beforeEach(() => {
  hub = createFakeHub()
})
afterEach(cleanup)

const noRefusals = Object.fromEntries(
  ironmonRefusals.map((reason) => [reason, 0]),
) as IronmonState['link']['refused']['byReason']

function sample(changes: Partial<IronmonState> = {}): IronmonState {
  return {
    link: {
      listener: { status: 'connected', since: NOW },
      address: { host: '127.0.0.1', port: 8080 },
      games: [],
      refused: { total: 0, byReason: noRefusals, last: null },
    },
    profile: { id: 1, name: 'Kaizo IronMON' },
    profiles: [{ id: 1, name: 'Kaizo IronMON' }],
    game: 'firered-leafgreen',
    run: { attempt: 1274, startedAt: NOW, endedAt: null, outcome: null, endReason: null, cleared: 1, current: 'BROCK' },
    checkpoints: ironmonCheckpoints.map((name, at) => ({
      name,
      index: at + 1,
      leader: name === 'BROCK' ? 'Brock' : name,
      clearedAt: name === 'RIVAL1' ? NOW : null,
      proof: name === 'RIVAL1' ? ('trainer' as const) : null,
      clears: 3,
      losses: 5,
      clearRate: 12.5,
      lastCleared: 1201,
    })),
    team: [null, null, null, null, null, null],
    location: null,
    battle: null,
    statistics: { runs: 40, lost: 39, won: 0, best: { checkpoint: 'BROCK', attempt: 1201 } },
    ...changes,
  }
}

function open(state: IronmonState) {
  hub.has('state:system', sampleSystem(NOW))
  hub.has('state:ironmon', state)
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Ironmon />
    </DashboardProvider>
  ))
}

describe('the IronMON section', () => {
  it('shows the run, the next checkpoint and the totals', () => {
    open(sample())
    expect(screen.getByText('#1,274')).toBeTruthy()
    expect(screen.getByText('1 of 23 cleared')).toBeTruthy()
    expect(screen.getByText('Next: Brock, cleared in 12.5 % of runs, last in #1,201')).toBeTruthy()
    expect(screen.getByText(/40 runs, 39 lost, 0 won\. Furthest: Brock in #1,201/)).toBeTruthy()
    expect(screen.getByText('No game yet')).toBeTruthy()
    const list = within(screen.getByRole('list', { name: 'Checkpoints' }))
    expect(list.getAllByRole('button')).toHaveLength(23)
    expect(list.getByRole('button', { name: 'Brock' }).getAttribute('aria-current')).toBe('step')
  })

  it('marks a checkpoint, and takes one back', () => {
    open(sample())
    fireEvent.click(screen.getByRole('button', { name: 'Brock' }))
    fireEvent.click(screen.getByRole('button', { name: '✓ Rival 1' }))
    expect(hub.asked).toEqual([
      { name: 'ironmon.checkpoint.set', args: { checkpoint: 'BROCK', cleared: true } },
      { name: 'ironmon.checkpoint.set', args: { checkpoint: 'RIVAL1', cleared: false } },
    ])
  })

  it('corrects the number and the profile', () => {
    open(sample())
    fireEvent.input(screen.getByLabelText('Attempt number'), { target: { value: '1275' } })
    fireEvent.click(screen.getByRole('button', { name: 'Correct' }))
    fireEvent.input(screen.getByLabelText('Profile'), { target: { value: 'Super Kaizo' } })
    fireEvent.click(screen.getByLabelText('The run shown belongs to that profile'))
    fireEvent.click(screen.getByRole('button', { name: 'Choose' }))
    expect(hub.asked).toEqual([
      { name: 'ironmon.attempt.set', args: { attempt: 1275 } },
      { name: 'ironmon.profile.set', args: { profile: 'Super Kaizo', moveRun: true } },
    ])
  })

  it('goes on with a run that was lost', () => {
    const { run } = sample()
    open(sample({ run: run && { ...run, outcome: 'lost', endReason: 'defeat', endedAt: NOW } }))
    expect(screen.getByText('1 of 23 cleared, lost to a defeat')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Go on with it' }))
    expect(hub.asked).toEqual([{ name: 'ironmon.run.reopen', args: {} }])
  })

  it('says how to begin when there is nothing yet', () => {
    open(sample({ run: null, statistics: { runs: 0, lost: 0, won: 0, best: null } }))
    expect(screen.getByText('No run yet')).toBeTruthy()
    expect(screen.getByText('--socket_ip=127.0.0.1 --socket_port=8080')).toBeTruthy()
    expect(screen.getByText('Kaizo IronMON: no runs yet.')).toBeTruthy()
  })

  it('says why the port is not open, and tries again when asked', () => {
    const { link } = sample()
    const listener = { status: 'waiting', attempt: 1, retryAt: NOW + 4000, reason: 'port 8080 is taken' } as const
    open(sample({ link: { ...link, listener, address: null } }))
    expect(screen.getByText(/port 8080 is taken/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Retry now' }))
    expect(hub.asked).toEqual([{ name: 'ironmon.listen', args: {} }])
  })

  it('shows what was refused', () => {
    const { link } = sample()
    const last = { at: NOW, reason: 'not-a-game', detail: 'it began with a letter', address: '127.0.0.1:5' } as const
    const byReason = { ...noRefusals, 'not-a-game': 2, 'not-json': 1 }
    open(sample({ link: { ...link, refused: { total: 3, byReason, last } } }))
    expect(screen.getByText(/3 things refused: 2 not from a game, closed, 1 not readable as JSON\./)).toBeTruthy()
  })
})
