import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ObsState } from '../../../contracts/state/obs.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub, type FakeHub } from '../../testing/fake-hub.ts'
import { sampleObs } from '../../testing/sample-state.ts'
import { Studio } from './studio.tsx'

const NOW = 1_760_000_000_000
const IMAGE = 'data:image/png;base64,AA=='
let hub: FakeHub

beforeEach(() => {
  hub = createFakeHub()
  hub.answers('obs.screenshot', ({ source = '' }) => ({ status: 'committed', result: { source, dataUrl: IMAGE } }))
})
afterEach(cleanup)

function open(change: Partial<ObsState> = {}) {
  has(change)
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Studio />
    </DashboardProvider>
  ))
}

const has = (change: Partial<ObsState>) => hub.has('state:obs', { ...sampleObs(NOW), ...change })
const region = (name: string) => within(screen.getByRole('region', { name }))
const studioOn = { studioMode: { enabled: true } }
const stills = () => hub.asked.filter(({ name }) => name === 'obs.screenshot')
const press = (button: HTMLElement) => fireEvent.click(button)

describe('the screens', () => {
  it('show a still of program and of preview, and a new one when its scene is another', async () => {
    open(studioOn)
    expect((await region('Program').findByRole('img')).getAttribute('alt')).toBe('Program: Game')
    expect((await region('Preview').findByRole('img')).getAttribute('alt')).toBe('Preview: Be right back')
    has({ ...studioOn, scenes: { ...sampleObs(NOW).scenes, preview: 'Coding' } })
    await waitFor(() => expect(stills().at(-1)?.args).toMatchObject({ source: 'Coding' }))
    expect(stills()).toHaveLength(3)
  })

  it('take no still because of anything else that OBS tells', async () => {
    open()
    await region('Program').findByRole('img')
    has({ stats: null })
    expect(stills()).toHaveLength(1)
  })

  it('drop the still of a scene that is left meanwhile', async () => {
    const answers: ((dataUrl: string) => void)[] = []
    hub.answers(
      'obs.screenshot',
      ({ source = '' }) =>
        new Promise((resolve) =>
          answers.push((dataUrl) => resolve({ status: 'committed', result: { source, dataUrl } })),
        ),
    )
    open()
    has({ scenes: { ...sampleObs(NOW).scenes, current: 'Coding' } })
    await waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.(IMAGE)
    await region('Program').findByRole('img')
    answers[0]?.('data:image/png;base64,BB==')
    await Promise.resolve()
    expect(region('Program').getByRole('img').getAttribute('src')).toBe(IMAGE)
  })

  it('say why there is no picture, and take another when asked', async () => {
    hub.rejects('obs.screenshot', { code: 'vendor_error', message: 'OBS tried and failed' })
    open()
    expect(await region('Program').findByText('No picture: OBS tried and failed')).toBeTruthy()
    hub.answers('obs.screenshot', () => ({ status: 'committed', result: { source: 'Game', dataUrl: IMAGE } }))
    press(region('Program').getByRole('button', { name: 'Take a new still of program' }))
    await region('Program').findByRole('img')
    expect(region('Program').queryByRole('status')).toBeNull()
  })

  it('ask for nothing while OBS is away, and again once it is back', async () => {
    open({ connection: { status: 'connecting', attempt: 1 } })
    expect(stills()).toEqual([])
    has({})
    await region('Program').findByRole('img')
    expect(stills()).toHaveLength(1)
  })

  it('without studio mode say what it is, and turn it on', () => {
    open()
    press(region('Preview').getByRole('button', { name: 'Turn studio mode on' }))
    expect(hub.asked).toContainEqual({ name: 'obs.studio-mode.set', args: { enabled: true } })
  })

  it('save a screenshot in full size', async () => {
    open()
    press(region('Program').getByRole('button', { name: 'Save a screenshot of program' }))
    expect(hub.asked).toContainEqual({ name: 'obs.screenshot', args: { source: 'Game', format: 'png' } })
  })
})

describe('the transition', () => {
  it('takes the preview by a cut or by what is chosen, in studio mode alone', () => {
    open()
    const button = (name: string) => region('Transition').getByRole<HTMLButtonElement>('button', { name })
    expect([button('Cut').disabled, button('Transition').disabled]).toEqual([true, true])
    has(studioOn)
    press(button('Cut'))
    expect(hub.asked).toContainEqual({ name: 'obs.preview.take', args: { cut: true } })
    press(button('Transition'))
    expect(hub.asked).toContainEqual({ name: 'obs.preview.take', args: {} })
  })

  it('is chosen, and put back when OBS refuses', async () => {
    hub.rejects('obs.transition.set', { code: 'not_found', message: 'OBS has no transition "Luma wipe"' })
    open()
    const kind = region('Transition').getByRole<HTMLSelectElement>('combobox', { name: 'Kind' })
    expect(kind.value).toBe('Fade')
    fireEvent.change(kind, { target: { value: 'Luma wipe' } })
    expect(hub.asked).toContainEqual({ name: 'obs.transition.set', args: { transition: 'Luma wipe' } })
    expect(await region('Transition').findByRole('alert')).toBeTruthy()
    expect(kind.value).toBe('Fade')
  })

  it('gets the duration that fits', () => {
    open()
    const duration = region('Transition').getByRole('spinbutton', { name: 'Duration, ms' })
    fireEvent.change(duration, { target: { value: '20' } })
    expect(hub.asked.filter(({ name }) => name === 'obs.transition.set')).toEqual([])
    fireEvent.change(duration, { target: { value: '750' } })
    expect(hub.asked).toContainEqual({ name: 'obs.transition.set', args: { transition: 'Fade', durationMs: 750 } })
  })

  it('has no duration where OBS says that it has none', () => {
    open({ transition: { current: 'Cut', durationMs: null, list: ['Cut', 'Fade'] } })
    expect(region('Transition').queryByRole('spinbutton')).toBeNull()
    expect(region('Transition').getByText('Cut has no duration to set.')).toBeTruthy()
  })
})

describe('the items', () => {
  const names = () => [...document.querySelectorAll('.item-name')].map((name) => name.textContent)

  it('are those of program, or in studio mode of preview, until a scene is chosen', () => {
    open()
    expect(names()).toEqual(['Landale main', 'Camera in its frame', 'Splits', 'Game capture'])
    has(studioOn)
    expect(names()).toEqual(['Slides'])
    fireEvent.change(region('Items').getByRole('combobox'), { target: { value: 'Game' } })
    expect(names()).toHaveLength(4)
  })

  it('are shown and hidden', () => {
    open()
    const splits = region('Items').getByRole('button', { name: 'Show Splits' })
    expect(splits.getAttribute('aria-pressed')).toBe('false')
    press(splits)
    expect(hub.asked).toContainEqual({
      name: 'obs.scene-item.visibility.set',
      args: { scene: 'Game', itemId: 4, visible: true },
    })
  })

  it('keep the button that has the focus when one of them changes', () => {
    open()
    const before = region('Items').getByRole('button', { name: 'Show Splits' })
    const { sceneItems } = sampleObs(NOW)
    for (const item of sceneItems.Game ?? []) item.visible = true
    has({ sceneItems })
    expect(region('Items').getByRole('button', { name: 'Show Splits' })).toBe(before)
    expect(before.getAttribute('aria-pressed')).toBe('true')
  })

  it('of an empty scene teach what would be there', () => {
    open({ sceneItems: {} })
    expect(region('Items').getByText('Nothing in this scene')).toBeTruthy()
  })

  it('can’t be pressed while OBS is away', () => {
    open({ connection: { status: 'idle', reason: 'OBS is switched off' } })
    expect(region('Items').getByRole('button', { name: 'Show Splits' }).matches(':disabled')).toBe(true)
  })
})
