import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { sampleProducer } from '../../testing/sample-producer.ts'
import { ByHand, Producer } from './producer.tsx'

afterEach(cleanup)

const NOW = Date.now()

function setUp(change: Partial<ProducerState> = {}) {
  const hub = createFakeHub()
  hub.has('state:producer', { ...sampleProducer(NOW), ...change })
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Producer />
      <ByHand />
    </DashboardProvider>
  ))
  return hub
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))

describe('the show', () => {
  it('says which runs and why, and is chosen or left to the category', () => {
    const hub = setUp()
    expect(screen.getByText('Chosen by the category Just Chatting')).toBeTruthy()
    expect((screen.getByRole('radio', { name: 'By category' }) as HTMLInputElement).checked).toBe(true)
    fireEvent.click(screen.getByRole('radio', { name: 'IronMON' }))
    const { show } = sampleProducer(NOW)
    hub.has('state:producer', {
      ...sampleProducer(NOW),
      show: { ...show, id: 'ironmon', mode: 'manual', why: 'manual' },
    })
    expect((screen.getByRole('radio', { name: 'IronMON' }) as HTMLInputElement).checked).toBe(true)
    fireEvent.click(screen.getByRole('radio', { name: 'By category' }))
    expect(hub.asked).toEqual([
      { name: 'show.set', args: { show: 'ironmon' } },
      { name: 'show.auto', args: {} },
    ])
  })

  it('shows what stands on each layer, what is behind it, and takes it away', () => {
    const hub = setUp()
    const rows = within(screen.getByRole('region', { name: 'Show' })).getAllByRole('listitem')
    expect(rows.slice(0, 4).map((row) => row.textContent)).toEqual([
      'FrontNothing',
      expect.stringMatching(/^MiddleSub train 3 subs, latest はる[34]:\d\d$/),
      expect.stringMatching(/^BackGoals 1,874 of 2,0000:\d\d$/),
      expect.stringMatching(/^MiddleLatest event0:0\d$/),
    ])
    press('Take away Sub train')
    press('Take away Latest event behind')
    press('Next')
    expect(hub.asked.map(({ args }) => args)).toEqual([{ id: 'train' }, { id: 'cheer' }, {}])
    expect(document.querySelector('[aria-current="true"]')?.textContent).toBe('Goals')
  })

  it('says that an alert holds the ticker', () => {
    setUp({ ticker: { items: ['daily-stats'], index: 0, isPaused: true } })
    expect(screen.getByText('Held while an alert is on screen.')).toBeTruthy()
  })
})

describe('by hand', () => {
  it('covers the picture with one press, in the usual words or in own ones, and uncovers it', () => {
    const hub = setUp()
    press('Technical difficulties')
    press('Cover, no words')
    expect((screen.getByRole('button', { name: 'My own words' }) as HTMLButtonElement).disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Words on it'), { target: { value: ' Pizza is here ' } })
    press('My own words')
    const takeover = { id: 't', type: 'custom', message: 'Pizza is here', startedAt: NOW, endsAt: null } as const
    hub.has('state:producer', { ...sampleProducer(NOW), takeover })
    expect(screen.getByRole('status').textContent).toBe('Covered: My own words')
    press('Uncover')
    expect(hub.asked).toEqual([
      {
        name: 'takeover.show',
        args: { type: 'technical-difficulties', message: 'Technical difficulties, back in a moment' },
      },
      { name: 'takeover.show', args: { type: 'screen-cover' } },
      { name: 'takeover.show', args: { type: 'custom', message: 'Pizza is here' } },
      { name: 'takeover.clear', args: {} },
    ])
  })

  it('says something on the bar, and keeps the words when that is refused', async () => {
    const hub = setUp()
    const field = screen.getByLabelText('Message on the bar') as HTMLInputElement
    hub.rejects('content.override', { code: 'unavailable', message: 'the producer is not running' })
    fireEvent.input(field, { target: { value: 'Raid in five' } })
    press('Show for 30 s')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('The producer is not running'))
    expect(field.value).toBe('Raid in five')
    hub.answers('content.override', () => ({ status: 'committed', result: { id: 'i' } }))
    press('Show for 30 s')
    await waitFor(() => expect(field.value).toBe(''))
    expect(hub.asked.at(-1)).toEqual({ name: 'content.override', args: { message: 'Raid in five' } })
  })
})
