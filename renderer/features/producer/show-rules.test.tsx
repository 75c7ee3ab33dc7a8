import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import type { ContentRule } from '../../../contracts/show.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { sampleProducer } from '../../testing/sample-producer.ts'
import { Producer } from './producer.tsx'

afterEach(cleanup)

const cheer: ContentRule = {
  id: 'cheer',
  event: 'twitch.channel.cheer',
  when: { kind: 'range', field: 'bits', min: 100, max: null },
  content: { type: 'latest-event' },
  layer: 'midground',
  priority: 40,
  durationMs: 8000,
  sound: null,
  volume: 0.4,
}

function setUp() {
  const hub = createFakeHub()
  const state = sampleProducer(Date.now())
  hub.has('state:producer', { ...state, shows: state.shows.map((show) => ({ ...show, rules: [cheer] })) })
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Producer />
    </DashboardProvider>
  ))
  return hub
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const fill = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } })
const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })

describe('the table of a show', () => {
  it('says what each event shows, and takes a rule out', () => {
    const hub = setUp()
    const row = screen.getByRole('button', { name: 'Edit cheer' }).closest('li')
    expect(row?.textContent).toContain(
      'twitch.channel.cheer with bits from 100Latest event · Middle · priority 40 · 8 s',
    )
    press('Remove cheer')
    expect(hub.asked).toEqual([{ name: 'show.rule.remove', args: { show: 'variety', rule: 'cheer' } }])
  })

  it('edits a rule, and keeps what the form does not show', async () => {
    const hub = setUp()
    press('Edit cheer')
    fill('From', '500')
    fill('To', '999')
    choose('On', 'foreground')
    fill('Seconds', '2.5')
    choose('Sound', 'rise')
    fill('Volume of the sound, %', '45')
    press('Save the rule')
    const when = { kind: 'range', field: 'bits', min: 500, max: 999 }
    const rule = { ...cheer, when, layer: 'foreground', durationMs: 2500, sound: 'rise', volume: 0.45 }
    expect(hub.asked).toEqual([{ name: 'show.rule.set', args: { show: 'variety', rule } }])
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save the rule' })).toBeNull())
  })

  it('gives the keyboard to the form, and back', async () => {
    setUp()
    press('Edit cheer')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Event')))
    press('Cancel')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a rule' })))
  })

  it('keeps what is typed when another dashboard saves, and drops it with the show', () => {
    const hub = setUp()
    press('Edit cheer')
    choose('Sound', 'fanfare')
    const state = sampleProducer(Date.now())
    const elsewhere = { ...cheer, sound: 'elsewhere', priority: 41 }
    const shows = state.shows.map((show) => ({ ...show, rules: [elsewhere] }))
    hub.has('state:producer', { ...state, shows })
    expect((screen.getByLabelText('Sound') as HTMLSelectElement).value).toBe('fanfare')
    expect((screen.getByLabelText('Priority, 0 to 100') as HTMLInputElement).value).toBe('40')
    hub.has('state:producer', { ...state, shows, show: { ...state.show, id: 'coding' } })
    expect(screen.queryByLabelText('Sound')).toBeNull()
  })

  it('adds a message for an exact value, and stays open while the hub refuses it', async () => {
    const hub = setUp()
    hub.rejects('show.rule.set', { code: 'invalid_args', message: 'there is no event "no.such"' })
    press('Add a rule')
    fill('Event', 'no.such')
    choose('When', 'exact')
    fill('Field', 'tier')
    fill('Value', '3000')
    fill('Message', '{user_name} is generous')
    press('Save the rule')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('There is no event "no.such"'))
    expect(hub.asked[0]?.args).toMatchObject({
      rule: {
        id: 'rule-2',
        event: 'no.such',
        when: { kind: 'exact', field: 'tier', value: '3000' },
        content: { type: 'message', title: null, message: '{user_name} is generous' },
      },
    })
    expect((screen.getByLabelText('Message') as HTMLInputElement).value).toBe('{user_name} is generous')
    press('Cancel')
    expect(screen.getByRole('button', { name: 'Add a rule' })).toBeTruthy()
  })
})
