import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WidgetsState } from '../../../contracts/state/widgets.ts'
import { fieldOf } from '../../../contracts/widgets/fields.ts'
import { defaultSettings, widgetDefinitions, widgetKinds } from '../../../contracts/widgets.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub, type FakeHub } from '../../testing/fake-hub.ts'
import { sampleOutputs } from '../../testing/sample-picture.ts'
import { Widgets } from './widgets.tsx'

// The machine may be busy.
configure({ asyncUtilTimeout: 5000 })

const URL_ANSWER = { url: 'http://hub.test/widget/w1?token=secret' }
let hub: FakeHub

beforeEach(() => {
  location.hash = '#widgets'
  hub = createFakeHub()
  hub.has('state:outputs', sampleOutputs())
  hub.answers('widget.url.get', () => ({ status: 'committed', result: URL_ANSWER }))
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

const goals = (id: string, name: string) => ({
  id,
  kind: 'goals' as const,
  name,
  settings: defaultSettings('goals'),
})

function open(state: WidgetsState, widget: string | null = null) {
  hub.has('state:widgets', state)
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Widgets widget={widget} />
    </DashboardProvider>
  ))
}

const region = (name: string) => within(screen.getByRole('region', { name }))
const asked = (name: string) => hub.asked.filter((one) => one.name === name).map(({ args }) => args)

describe('the page of the widgets', () => {
  it('offers every kind where there are none yet, and goes to what was added', async () => {
    hub.answers('widget.add', () => ({ status: 'committed', result: { widget: 'w7' } }))
    open({ widgets: [], presets: [] })
    const gallery = region('Add a widget')
    for (const kind of widgetKinds) {
      const { title } = widgetDefinitions[kind]
      expect(gallery.getByRole('button', { name: `Add ${title}` })).toBeInstanceOf(HTMLButtonElement)
      expect(document.querySelector(`iframe[src="/widget-preview/${kind}"]`)).not.toBeNull()
    }
    fireEvent.click(gallery.getByRole('button', { name: 'Add Goals' }))
    await waitFor(() => expect(location.hash).toBe('#widgets/w7'))
    expect(asked('widget.add')).toEqual([{ kind: 'goals' }])
  })

  it.each(widgetKinds)('has a control for every setting of %s', (kind) => {
    open({ widgets: [{ id: 'w1', kind, name: 'One', settings: defaultSettings(kind) }], presets: [] })
    const settings = region('Settings')
    for (const field of Object.values(widgetDefinitions[kind].settings.shape)) {
      const { label, control } = fieldOf(field)
      const unit = 'unit' in control && control.kind === 'number' && control.unit !== '' ? ` (${control.unit})` : ''
      expect(settings.getAllByLabelText(label + unit).length).toBeGreaterThan(0)
    }
  })

  it('sends what fits at once, and says what does not', async () => {
    open({ widgets: [goals('w1', 'One')], presets: [] })
    const most = region('Settings').getByLabelText('Goals at once')
    fireEvent.input(most, { target: { value: '99' } })
    expect(region('Settings').getByText('use 6 or less')).toBeInstanceOf(HTMLElement)
    fireEvent.input(most, { target: { value: '2' } })
    await waitFor(() => expect(asked('widget.change')).toEqual([{ widget: 'w1', settings: { most: 2 } }]))
    expect(region('Settings').queryByText('use 6 or less')).toBeNull()
    fireEvent.input(most, { target: { value: '' } })
    expect(region('Settings').getByText('use a number')).toBeInstanceOf(HTMLElement)
    fireEvent.blur(most)
    await waitFor(() => expect((most as HTMLInputElement).value).toBe('3'))
    expect(region('Settings').queryByText('use a number')).toBeNull()
  })

  it('sends the newest of what was typed while the hub was busy', async () => {
    let take: () => void = () => {}
    const taken = () => new Promise<void>((resolve) => (take = resolve))
    hub.answers('widget.change', async () => {
      await taken()
      return { status: 'committed', result: {} }
    })
    open({ widgets: [goals('w1', 'One')], presets: [] })
    const heading = region('Settings').getByLabelText('Heading') as HTMLInputElement
    for (const value of ['a', 'ab', 'abc']) fireEvent.input(heading, { target: { value } })
    expect(heading.value).toBe('abc')
    take()
    await waitFor(() =>
      expect(asked('widget.change')).toEqual([
        { widget: 'w1', settings: { heading: 'a' } },
        { widget: 'w1', settings: { heading: 'abc' } },
      ]),
    )
    take()
  })

  it('shows what the hub says, and keeps one widget’s typing from another', async () => {
    open({ widgets: [goals('w1', 'One'), goals('w2', 'Two')], presets: [] }, 'w2')
    expect(screen.getByRole('link', { current: 'page' }).textContent).toContain('Two')
    const changed = { ...goals('w2', 'Two'), settings: { ...defaultSettings('goals'), heading: 'From elsewhere' } }
    hub.has('state:widgets', { widgets: [goals('w1', 'One'), changed], presets: [] })
    expect((region('Settings').getByLabelText('Heading') as HTMLInputElement).value).toBe('From elsewhere')
  })

  it('copies, resets, takes back, saves and applies presets, and puts it on an output', async () => {
    hub.answers('widget.copy', () => ({ status: 'committed', result: { widget: 'w3' } }))
    const preset = { id: 'p1', kind: 'goals' as const, name: 'Night', settings: defaultSettings('goals') }
    open({ widgets: [goals('w1', 'One')], presets: [preset] })
    const whole = region('This widget')
    fireEvent.click(whole.getByRole('button', { name: 'Night' }))
    fireEvent.input(whole.getByLabelText('Name of the preset'), { target: { value: 'Day' } })
    fireEvent.click(whole.getByRole('button', { name: 'Save as preset' }))
    fireEvent.click(whole.getByRole('button', { name: 'Add it to Main' }))
    fireEvent.click(whole.getByRole('button', { name: 'Copy' }))
    fireEvent.click(region('Settings').getByRole('button', { name: 'Reset' }))
    fireEvent.click(region('Settings').getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(location.hash).toBe('#widgets/w3'))
    expect(asked('widget.preset.apply')).toEqual([{ widget: 'w1', preset: 'p1' }])
    expect(asked('widget.preset.save')).toEqual([{ widget: 'w1', name: 'Day' }])
    expect(asked('layer.add')).toEqual([{ output: 'main', layer: { source: { kind: 'widget', widget: 'w1' } } }])
    expect(asked('widget.reset')).toEqual([{ widget: 'w1' }])
    expect(asked('widget.undo')).toEqual([{ widget: 'w1' }])
  })

  it('starts, pauses, feeds and sets a timer', () => {
    const idle = { status: 'idle' as const, startedAt: null, endsAt: null, leftMs: 3_600_000, givenMs: 0, last: null }
    hub.has('state:timers', { timers: { t1: idle } })
    open({ widgets: [{ id: 't1', kind: 'timer', name: 'T', settings: defaultSettings('timer') }], presets: [] })
    const control = region('Control')
    expect(control.getByText('Not started')).toBeInstanceOf(HTMLElement)
    fireEvent.click(control.getByRole('button', { name: 'Start' }))
    hub.has('state:timers', { timers: { t1: { ...idle, status: 'running', endsAt: Date.now() + 60_000 } } })
    fireEvent.click(control.getByRole('button', { name: 'Five minutes more' }))
    fireEvent.click(control.getByRole('button', { name: 'Pause' }))
    fireEvent.input(control.getByLabelText('Minutes left'), { target: { value: '1.5' } })
    fireEvent.click(control.getByRole('button', { name: 'Set what is left' }))
    expect(hub.asked.map(({ name }) => name).filter((name) => name.startsWith('timer'))).toEqual([
      'timer.start',
      'timer.add',
      'timer.pause',
      'timer.set',
    ])
    expect(asked('timer.set')).toEqual([{ widget: 't1', seconds: 90 }])
  })

  it('lets the chat vote, and ends it', async () => {
    const widget = { id: 'p1', kind: 'poll' as const, name: 'P', settings: defaultSettings('poll') }
    hub.has('state:poll', { poll: null })
    hub.answers('poll.start', () => ({ status: 'committed', result: { id: 'x' } }))
    open({ widgets: [widget], presets: [] })
    const control = region('Control')
    fireEvent.input(control.getByLabelText('Question'), { target: { value: 'Where to?' } })
    fireEvent.input(control.getByLabelText('Choices'), { target: { value: 'Forest\n\n Cave ' } })
    fireEvent.click(control.getByRole('button', { name: 'Let the chat vote' }))
    await waitFor(() => expect(asked('poll.start')).toHaveLength(1))
    expect(asked('poll.start')).toEqual([{ title: 'Where to?', choices: ['Forest', 'Cave'], durationMs: 60_000 }])
    const choices = [{ title: 'Forest', votes: 3 }]
    const times = { startedAt: Date.now(), endsAt: Date.now() + 60_000 }
    hub.has('state:poll', { poll: { id: 'x', title: 'Where to?', source: 'chat', choices, ...times } })
    expect(control.getByText('Forest')).toBeInstanceOf(HTMLElement)
    fireEvent.click(control.getByRole('button', { name: 'End it now' }))
    expect(asked('poll.end')).toHaveLength(1)
  })

  it('opens a giveaway and says who was drawn', async () => {
    const widget = { id: 'g1', kind: 'giveaway' as const, name: 'G', settings: defaultSettings('giveaway') }
    hub.has('state:giveaway', { giveaway: null })
    hub.answers('giveaway.open', () => ({ status: 'committed', result: { id: 'x' } }))
    open({ widgets: [widget], presets: [] })
    const control = region('Control')
    fireEvent.input(control.getByLabelText('What can be won'), { target: { value: 'A keyboard' } })
    fireEvent.input(control.getByLabelText('Never drawn'), { target: { value: 'Nightbot' } })
    fireEvent.click(control.getByRole('button', { name: 'Open it' }))
    await waitFor(() => expect(asked('giveaway.open')).toHaveLength(1))
    expect(asked('giveaway.open')).toEqual([
      { title: 'A keyboard', keyword: '!win', exclude: ['Nightbot'], rehearsal: false },
    ])
    const winners = [{ user_name: 'Mira', at: Date.now() }]
    const opened = { id: 'x', title: 'A keyboard', keyword: '!win', openedAt: Date.now(), entries: 3 }
    hub.has('state:giveaway', { giveaway: { ...opened, status: 'open', winners } })
    expect(control.getByText('Mira')).toBeInstanceOf(HTMLElement)
    fireEvent.click(control.getByRole('button', { name: 'Close entries' }))
    expect(asked('giveaway.close')).toHaveLength(1)
  })

  it('reads a file, says what did not fit, and refuses what is no export', async () => {
    hub.answers('widget.import', () => ({
      status: 'committed',
      result: { widgets: ['w9'], faults: ['“B”: left out'] },
    }))
    open({ widgets: [goals('w1', 'One')], presets: [] })
    const input = screen.getByLabelText('File to import')
    fireEvent.change(input, { target: { files: [new File(['no json'], 'x.json')] } })
    expect(await screen.findByText(/x\.json is no JSON/)).toBeInstanceOf(HTMLElement)
    fireEvent.change(input, { target: { files: [new File(['{"format":"landale-widgets"}'], 'y.json')] } })
    expect(await screen.findByText('“B”: left out')).toBeInstanceOf(HTMLElement)
    expect(asked('widget.import')).toEqual([{ file: { format: 'landale-widgets' } }])
    expect(location.hash).toBe('#widgets/w9')
  })

  it('can be read but not changed while the hub is away', () => {
    open({ widgets: [goals('w1', 'One')], presets: [] })
    hub.goes({ status: 'offline', since: Date.now() })
    expect(screen.getByRole('region', { name: 'Settings' }).querySelector('fieldset')?.disabled).toBe(true)
  })
})
