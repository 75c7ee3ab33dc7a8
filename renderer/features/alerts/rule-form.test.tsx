import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { sampleAlerts } from '../../testing/sample-state.ts'
import { AlertRules } from './alert-rules.tsx'

afterEach(cleanup)

function setUp() {
  const hub = createFakeHub()
  hub.has('state:alerts', sampleAlerts(Date.now()))
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <AlertRules />
    </DashboardProvider>
  ))
  return hub
}

const type = (label: string | RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } })

const number = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })

describe('the rule of an alert', () => {
  it('changes nothing until it is saved, and then all at once', async () => {
    const hub = setUp()
    fireEvent.click(screen.getByRole('button', { name: /^Raid/ }))
    type('Text', '{who} is here with {amount}')
    number('Seconds on screen', '7.5')
    number(/Least amount/, '10')
    fireEvent.change(screen.getByLabelText('Sound'), { target: { value: '' } })
    expect(hub.asked).toEqual([])
    fireEvent.click(screen.getByRole('button', { name: 'Save raid' }))
    const rule = {
      ...sampleAlerts(0).rules.raid,
      template: '{who} is here with {amount}',
      durationMs: 7500,
      minimum: 10,
      sound: null,
    }
    expect(hub.asked).toEqual([{ name: 'alert.rule.set', args: { type: 'raid', rule } }])
    await waitFor(() => expect(screen.getByRole('status').textContent).toMatch(/^Saved/))
  })

  it('of follows says whether many become one, that of others does not', () => {
    const hub = setUp()
    fireEvent.click(screen.getByLabelText(/one alert of many/))
    fireEvent.click(screen.getByRole('button', { name: 'Save follow' }))
    expect(hub.asked[0]?.args).toMatchObject({ type: 'follow', rule: { fold: false } })
    fireEvent.click(screen.getByRole('button', { name: /^Raid/ }))
    expect(screen.queryByLabelText(/one alert of many/)).toBeNull()
  })

  it('has exceptions, each with its own condition, text and sound', () => {
    const hub = setUp()
    fireEvent.click(screen.getByRole('button', { name: /^Cheer/ }))
    fireEvent.click(screen.getByRole('button', { name: 'Add an exception' }))
    type('From', '1000')
    fireEvent.input(screen.getAllByLabelText('Text').at(-1) as HTMLElement, { target: { value: '{who} threw it all' } })
    fireEvent.change(screen.getAllByLabelText('Sound').at(-1) as HTMLElement, { target: { value: 'fanfare' } })
    fireEvent.click(screen.getByRole('button', { name: 'Add an exception' }))
    fireEvent.change(screen.getAllByLabelText('Is').at(-1) as HTMLElement, { target: { value: 'exact' } })
    type('Value', '1337')
    expect(screen.getByText('When bits from 1000')).toBeTruthy()
    expect(screen.getByText('When bits is 1337')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Save cheer' }))
    const { template, durationMs, priority, volume } = sampleAlerts(0).rules.cheer
    const own = { durationMs, priority, volume }
    expect(hub.asked[0]?.args).toMatchObject({
      rule: {
        template,
        variants: [
          { ...own, template: '{who} threw it all', sound: 'fanfare', when: { field: 'bits', min: 1000, max: null } },
          { ...own, template, sound: 'chime', when: { kind: 'exact', field: 'bits', value: '1337' } },
        ],
      },
    })
    fireEvent.click(screen.getAllByRole('button', { name: 'Leave this exception out' })[0] as HTMLElement)
    expect(screen.queryByText('When bits from 1000')).toBeNull()
  })

  it('keeps what is typed when another dashboard saves meanwhile', () => {
    const hub = setUp()
    type('Text', 'typed here')
    const elsewhere = sampleAlerts(Date.now())
    elsewhere.rules.follow.template = 'saved elsewhere'
    hub.has('state:alerts', elsewhere)
    expect((screen.getByLabelText('Text') as HTMLInputElement).value).toBe('typed here')
  })

  it('keeps the last number while the field is empty', () => {
    const hub = setUp()
    number('Seconds on screen', '9')
    number('Seconds on screen', '')
    fireEvent.submit(screen.getByRole('button', { name: 'Save follow' }).closest('form') as HTMLFormElement)
    expect(hub.asked[0]?.args).toMatchObject({ rule: { durationMs: 9000 } })
  })
})
