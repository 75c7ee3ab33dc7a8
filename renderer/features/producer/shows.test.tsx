import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { sampleProducer } from '../../testing/sample-producer.ts'
import { Producer } from './producer.tsx'

afterEach(cleanup)

const state = sampleProducer(Date.now())

function setUp() {
  const hub = createFakeHub()
  hub.has('state:producer', state)
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
const textOf = (label: string) => (screen.getByLabelText(label) as HTMLInputElement).value

describe('shows', () => {
  it('adds one with a colour, the category that is on, and the rules of another', async () => {
    const hub = setUp()
    press('Add a show')
    fill('Name', 'Retro Friday')
    choose('Looks like', 'ironmon')
    fireEvent.click(screen.getByLabelText('A colour of its own'))
    expect(textOf('Accent colour')).toBe('#d62830')
    fill('Accent colour', '#ff8800')
    press('Add Just Chatting')
    fill('Category names', 'zelda\nmetroid prime')
    choose('Rules', 'coding')
    press('Save the show')
    expect(hub.asked).toMatchObject([
      {
        name: 'show.save',
        args: {
          show: {
            ...{ id: 'retro-friday', name: 'Retro Friday', theme: 'ironmon', accent: '#ff8800' },
            ...{ categoryIds: ['509658'], categoryNames: ['zelda', 'metroid prime'], rules: [] },
          },
        },
      },
    ])
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save the show' })).toBeNull())
  })

  it('does not send a colour that can’t be seen, and says why', () => {
    const hub = setUp()
    press('Edit the show Coding')
    fireEvent.click(screen.getByLabelText('A colour of its own'))
    fill('Accent colour', '#101010')
    expect(screen.getByText(/^Too dark/)).toBeTruthy()
    expect(screen.getByLabelText('Accent colour').getAttribute('aria-invalid')).toBe('true')
    press('Save the show')
    expect(hub.asked).toEqual([])
    fireEvent.click(screen.getByLabelText('A colour of its own'))
    press('Save the show')
    expect(hub.asked).toMatchObject([{ args: { show: { id: 'coding', accent: null } } }])
  })

  it('keeps what is typed while the hub refuses it, and what others save meanwhile does not overwrite it', async () => {
    const hub = setUp()
    hub.rejects('show.save', { code: 'invalid_args', message: 'expected the digits of a Twitch category id' })
    press('Edit the show Variety')
    fill('Category ids', 'Just Chatting')
    press('Save the show')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Expected the digits'))
    hub.has('state:producer', { ...state, shows: state.shows.map((show) => ({ ...show, name: `${show.name} 2` })) })
    expect([textOf('Category ids'), textOf('Name')]).toEqual(['Just Chatting', 'Variety'])
  })
})

describe('goals', () => {
  it('are edited together, and keep what counts on', async () => {
    const hub = setUp()
    press('Edit the goals')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('What for')))
    press('Add a goal')
    const first = within(screen.getByRole('group', { name: 'Goal 1' }))
    const second = within(screen.getByRole('group', { name: 'Goal 2' }))
    fireEvent.input(first.getByLabelText('Goal'), { target: { value: '2500' } })
    fireEvent.input(second.getByLabelText('What for'), { target: { value: 'New microphone' } })
    fireEvent.change(second.getByLabelText('Counts'), { target: { value: 'new_bit' } })
    hub.has('state:producer', { ...state, goals: state.goals.map((goal) => ({ ...goal, current_amount: 1900 })) })
    press('Save the goals')
    expect(hub.asked).toEqual([
      {
        name: 'goals.set',
        args: {
          goals: [
            { type: 'follow', description: 'Two thousand follows', current_amount: 1900, target_amount: 2500 },
            { type: 'new_bit', description: 'New microphone', current_amount: 0, target_amount: 100 },
          ],
        },
      },
    ])
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Edit the goals'))
  })

  it('can all be removed', () => {
    const hub = setUp()
    press('Edit the goals')
    press('Remove goal 1')
    press('Save the goals')
    expect(hub.asked).toEqual([{ name: 'goals.set', args: { goals: [] } }])
  })
})

it('the ticker of the show that ran when it was opened is saved, with words of its own', () => {
  const hub = setUp()
  press('Edit the ticker')
  choose('How often Today', '3')
  choose('How often Goals', '1')
  press('Goals earlier')
  press('Add a message')
  fill('message 1', 'Be kind to each other')
  choose('How often message 1', '2')
  press('Add a message')
  fill('Seconds for each', '20')
  hub.has('state:producer', { ...state, show: { ...state.show, id: 'coding' } })
  press('Save the ticker')
  const ticker = [
    { type: 'message', title: null, message: 'Be kind to each other', weight: 2 },
    { type: 'stream-goals', weight: 1 },
    { type: 'daily-stats', weight: 3 },
  ]
  expect(hub.asked).toEqual([{ name: 'ticker.set', args: { show: 'variety', ticker, tickerMs: 20_000 } }])
})

it('an entry of the ticker that is moved keeps the keyboard', async () => {
  setUp()
  press('Edit the ticker')
  const focused = () => document.activeElement?.getAttribute('aria-label')
  await waitFor(() => expect(focused()).toBe('How often Emotes'))
  const push = (name: string) => {
    const button = screen.getByRole<HTMLButtonElement>('button', { name })
    button.focus()
    fireEvent.click(button)
  }
  push('Emotes later')
  expect(focused()).toBe('Emotes later')
  push('Emotes earlier')
  // It is the first now: there is no earlier.
  expect(focused()).toBe('Emotes later')
})
