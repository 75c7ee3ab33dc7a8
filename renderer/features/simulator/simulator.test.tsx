import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorState } from '../../../contracts/state/simulator.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { sampleSimulator } from '../../testing/sample-state.ts'
import { positionAt } from './current-run.tsx'
import { changesOf, fieldsOf } from './event-fields.ts'
import { SimulatorPanel } from './simulator-panel.tsx'

afterEach(cleanup)

const HOUR_MS = 3_600_000
const FROM = Date.UTC(2026, 10, 20, 19)
const RUN: NonNullable<SimulatorState['run']> = {
  runId: 'r',
  kind: 'replay',
  startedAt: 0,
  lengthMs: HOUR_MS,
  positionMs: 600_000,
  toldAt: 1000,
  speed: 10,
  paused: true,
  done: 1234,
  total: null,
  counted: false,
}

function open(state: Partial<SimulatorState> = {}) {
  const hub = createFakeHub()
  hub.answers('simulator.recordings', () => {
    const recording = { from: FROM, to: FROM + 2 * HOUR_MS, isRunning: false, title: 'Attempt 7', category: null }
    return { status: 'committed', result: { recordings: [recording] } }
  })
  hub.has('state:simulator', { ...sampleSimulator(), ...state })
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <SimulatorPanel />
    </DashboardProvider>
  ))
  return { hub, asked: () => hub.asked.filter(({ name }) => name !== 'simulator.recordings') }
}

describe('the simulator', () => {
  it('sends one event as it is made up', () => {
    const { asked } = open()
    fireEvent.click(screen.getByRole('button', { name: 'Raid' }))
    expect(asked()).toEqual([{ name: 'simulator.event', args: { type: 'twitch.channel.raid' } }])
  })

  it('shows an event’s fields, and sends only what was changed in them', async () => {
    const { hub, asked } = open()
    hub.answers('simulator.payload', () => {
      const user = { user_id: '1', user_login: 'mira', user_name: 'Mira', broadcaster_user_id: '9' }
      return { status: 'committed', result: { payload: { ...user, bits: 100, is_anonymous: false, at_once: null } } }
    })
    fireEvent.change(screen.getByLabelText('Any event'), { target: { value: 'twitch.channel.cheer' } })
    fireEvent.click(screen.getByRole('button', { name: 'Edit first' }))
    const bits = await screen.findByLabelText('bits')
    fireEvent.input(bits, { target: { value: '5000' } })
    fireEvent.change(screen.getByLabelText('is anonymous'), { target: { value: 'true' } })
    expect(screen.queryByLabelText('broadcaster user id')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Send this' }))
    const seed = expect.any(Number)
    expect(asked().at(-1)).toEqual({
      name: 'simulator.event',
      args: { type: 'twitch.channel.cheer', payload: { bits: 5000, is_anonymous: true }, seed },
    })
  })

  it('starts a burst of a mix', () => {
    const { asked } = open()
    fireEvent.click(screen.getByRole('button', { name: 'Add to the mix' }))
    fireEvent.change(screen.getByLabelText('Event 3'), { target: { value: 'twitch.channel.raid' } })
    fireEvent.input(screen.getByLabelText('Share of event 3'), { target: { value: '4' } })
    fireEvent.click(screen.getByRole('button', { name: 'Leave out event 2' }))
    fireEvent.click(screen.getByRole('button', { name: 'Start the burst' }))
    const mix = [
      { type: 'twitch.channel.chat.message', weight: 9 },
      { type: 'twitch.channel.raid', weight: 4 },
    ]
    expect(asked()).toEqual([{ name: 'simulator.burst', args: { mix, perSecond: 10, seconds: 10 } }])
  })

  it('plays a recorded broadcast, uncounted unless asked', async () => {
    const { asked } = open()
    await waitFor(() => expect(screen.getByText(/Attempt 7/)).toBeTruthy())
    fireEvent.click(screen.getByRole('button', { name: 'Play it again' }))
    const span = { from: FROM, to: FROM + 2 * HOUR_MS, speed: 10 }
    fireEvent.click(screen.getByLabelText('Count it as if it happened now'))
    fireEvent.click(screen.getByRole('button', { name: 'Play it again' }))
    expect(asked()).toEqual([
      { name: 'simulator.replay', args: { ...span, counted: false } },
      { name: 'simulator.replay', args: { ...span, counted: true } },
    ])
  })

  it('plays any stretch of time, with an end after its beginning', async () => {
    const { asked } = open()
    await screen.findByText(/Attempt 7/)
    fireEvent.change(screen.getByLabelText('Broadcast'), { target: { value: 'times' } })
    fireEvent.input(screen.getByLabelText('From'), { target: { value: '2026-11-20T20:00:00' } })
    fireEvent.input(screen.getByLabelText('To'), { target: { value: '2026-11-20T19:00:00' } })
    fireEvent.click(screen.getByRole('button', { name: 'Play it again' }))
    expect(asked()).toEqual([])
    expect(screen.getByText('The end must come after the beginning.')).toBeTruthy()
    fireEvent.input(screen.getByLabelText('To'), { target: { value: '2026-11-20T21:00:00' } })
    fireEvent.click(screen.getByRole('button', { name: 'Play it again' }))
    const from = Date.parse('2026-11-20T20:00:00')
    expect(asked()[0]?.args).toMatchObject({ from, to: from + HOUR_MS })
  })

  it('shows where a run is, and holds, moves, speeds up and stops it', () => {
    const { asked } = open({ run: RUN })
    expect(screen.getByText('10:00 of 1:00:00 · 1,234 events')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }))
    const place = screen.getByLabelText('Place in the replay')
    fireEvent.input(place, { target: { value: '1800000' } })
    expect(screen.getByText('30:00 of 1:00:00 · 1,234 events')).toBeTruthy()
    fireEvent.change(place, { target: { value: '1800000' } })
    fireEvent.change(screen.getByLabelText('Speed', { selector: '.simulator-run select' }), {
      target: { value: '100' },
    })
    fireEvent.click(screen.getByRole('button', { name: 'Stop the replay' }))
    expect(asked()).toEqual([
      { name: 'simulator.resume', args: {} },
      { name: 'simulator.seek', args: { positionMs: 1_800_000 } },
      { name: 'simulator.speed.set', args: { speed: 100 } },
      { name: 'simulator.stop', args: {} },
    ])
  })

  it('knows between two words of the hub where a run is', () => {
    expect(positionAt({ ...RUN, paused: false }, 3000)).toBe(620_000)
    expect(positionAt({ ...RUN, paused: false }, 1000 + HOUR_MS)).toBe(HOUR_MS)
    expect(positionAt(RUN, 3000)).toBe(600_000)
  })
})

describe('an event’s fields', () => {
  const payload = { reward: { id: 'x', title: 'Hydrate', cost: 5 }, choices: [{ title: 'a' }], message: null, mapId: 3 }

  it('are those that somebody would type, nested ones too', () => {
    expect(fieldsOf(payload).map(({ label, kind }) => [label, kind])).toEqual([
      ['reward · title', 'text'],
      ['reward · cost', 'number'],
      ['choices', 'json'],
      ['message', 'text'],
      ['mapId', 'number'],
    ])
  })

  it('become the changes of a payload', () => {
    const fields = fieldsOf(payload)
    const typed = fields.map(({ value }) => value)
    expect(changesOf(fields, typed)).toEqual({})
    expect(changesOf(fields, ['Sip', '5', '[]', '', '4'])).toEqual({ reward: { title: 'Sip' }, choices: [], mapId: 4 })
    expect(() => changesOf(fields, ['Sip', '5', '[', '', '4'])).toThrow('“choices” is not valid JSON.')
  })
})
