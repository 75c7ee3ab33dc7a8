import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PictureState } from '../../../contracts/state/picture.ts'
import { App } from '../../app.tsx'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub, type FakeHub } from '../../testing/fake-hub.ts'
import { sampleOutputs, samplePicture } from '../../testing/sample-picture.ts'
import { sampleObs, sampleSystem } from '../../testing/sample-state.ts'

const NOW = Date.now()
const addresses = {
  url: 'http://hub.test/overlay/main?token=secret',
  liveUrl: 'http://hub.test/live/main?token=secret',
  previewUrl: 'http://hub.test/live/main.mjpeg?token=secret',
}
let hub: FakeHub
/** Says whether the preview is on the screen. */
let onScreen: (isIntersecting: boolean) => void

// What waits for something at rest waits 400 ms at least, and the machine may be busy.
configure({ asyncUtilTimeout: 5000 })

beforeEach(() => {
  localStorage.clear()
  location.hash = '#outputs'
  onScreen = () => undefined
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        onScreen = (isIntersecting) => tell([{ isIntersecting }])
      }
      observe() {}
      disconnect() {}
    },
  )
  hub = createFakeHub()
  hub.has('state:obs', sampleObs(NOW))
  hub.has('state:system', sampleSystem(NOW))
  hub.has('state:outputs', sampleOutputs())
  hub.has('state:picture', samplePicture(NOW))
  hub.answers('overlay.url.get', () => ({ status: 'committed', result: addresses }))
  hub.answers('overlay.url.renew', () => ({ status: 'committed', result: addresses }))
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function open() {
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <App />
    </DashboardProvider>
  ))
}

const region = (name: string) => within(screen.getByRole('region', { name }))
const asked = (name: string) => hub.asked.filter((one) => one.name === name).map(({ args }) => args)
const rowNames = () => [...document.querySelectorAll('.layer-choose')].map((row) => row.firstElementChild?.textContent)
const box = (name: string) => region('Canvas').getByRole('button', { name: new RegExp(`^${name}, x`) })

describe('the layers', () => {
  it('are listed from the uppermost down, which is chosen', () => {
    open()
    expect(rowNames()).toEqual(['Alerts', 'Test card', 'Sub goal', 'Game frame'])
    expect(
      region('Layers')
        .getByRole('button', { name: /^Alerts/ })
        .getAttribute('aria-pressed'),
    ).toBe('true')
    expect((region('Settings').getByLabelText('Name') as HTMLInputElement).value).toBe('Alerts')
  })

  it('are shown and hidden', () => {
    open()
    fireEvent.click(region('Layers').getByRole('button', { name: 'Show Sub goal' }))
    expect(asked('layer.update')).toEqual([{ output: 'main', layer: 'l2', change: { visible: false } }])
  })

  it('are moved by the contract’s count, from the bottom up, as far as they go', () => {
    open()
    fireEvent.click(region('Layers').getByRole('button', { name: 'Move Sub goal up' }))
    fireEvent.click(region('Layers').getByRole('button', { name: 'Move Alerts down' }))
    expect(asked('layer.move')).toEqual([
      { output: 'main', layer: 'l2', index: 2 },
      { output: 'main', layer: 'l4', index: 2 },
    ])
    for (const name of ['Move Alerts up', 'Move Game frame down']) {
      expect(region('Layers').getByRole('button', { name }).matches(':disabled')).toBe(true)
    }
  })

  it('keep the focus where it was when one has moved', async () => {
    open()
    const up = region('Layers').getByRole('button', { name: 'Move Test card up' })
    up.focus()
    fireEvent.click(up)
    const moved = sampleOutputs()
    moved.outputs[0]?.layers.splice(2, 2, ...(moved.outputs[0]?.layers.slice(2).reverse() ?? []))
    hub.has('state:outputs', moved)
    expect(rowNames().slice(0, 2)).toEqual(['Test card', 'Alerts'])
    await waitFor(() =>
      expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Move Test card (up|down)$/),
    )
  })

  it('are added, from an address too, and then chosen', async () => {
    hub.answers('layer.add', () => ({ status: 'committed', result: { layer: 'l1' } }))
    open()
    fireEvent.click(region('Layers').getByRole('button', { name: 'Add a layer' }))
    fireEvent.click(region('Layers').getByLabelText('Any address'))
    fireEvent.input(region('Layers').getByLabelText('Address'), { target: { value: 'https://goals.test/1' } })
    fireEvent.submit(region('Layers').getByRole('form', { name: 'New layer' }))
    const source = { kind: 'url', url: 'https://goals.test/1' }
    await waitFor(() => expect(asked('layer.add')).toEqual([{ output: 'main', layer: { source } }]))
    await waitFor(() =>
      expect((region('Settings').getByLabelText('Name') as HTMLInputElement).value).toBe('Game frame'),
    )
  })

  it('say why the hub refused, where it was asked', async () => {
    hub.rejects('layer.move', { code: 'not_found', message: 'there is no layer "l2"; it may have been removed' })
    open()
    fireEvent.click(region('Layers').getByRole('button', { name: 'Move Sub goal up' }))
    expect((await region('Layers').findByRole('alert')).textContent).toContain('There is no layer "l2"')
    expect(region('Canvas').queryByRole('alert')).toBeNull()
  })

  it('teach where there are none', () => {
    const bare = sampleOutputs()
    for (const output of bare.outputs) output.layers = []
    hub.has('state:outputs', bare)
    open()
    fireEvent.click(region('Layers').getByRole('button', { name: 'Add the alerts' }))
    expect(asked('layer.add')).toEqual([{ output: 'main', layer: { source: { kind: 'page', page: 'alerts' } } }])
  })
})

describe('the canvas', () => {
  it('moves the chosen layer by the arrow keys, as one change', async () => {
    open()
    box('Alerts').focus()
    for (let press = 0; press < 3; press += 1) fireEvent.keyDown(box('Alerts'), { key: 'ArrowRight' })
    fireEvent.keyDown(box('Alerts'), { key: 'ArrowUp', shiftKey: true })
    expect((region('Settings').getByLabelText('X') as HTMLInputElement).value).toBe('423')
    expect(asked('layer.update')).toEqual([])
    const rect = { x: 423, y: 50, width: 1080, height: 360 }
    await waitFor(() => expect(asked('layer.update')).toEqual([{ output: 'main', layer: 'l4', change: { rect } }]))
  })

  it('resizes it by the arrow keys at its corner', async () => {
    open()
    const corner = region('Canvas').getByRole('button', { name: /^Resize Alerts/ })
    fireEvent.keyDown(corner, { key: 'ArrowDown', shiftKey: true })
    const rect = { x: 420, y: 60, width: 1080, height: 370 }
    await waitFor(() => expect(asked('layer.update')).toEqual([{ output: 'main', layer: 'l4', change: { rect } }]))
  })

  it('puts back what was refused, and says why', async () => {
    hub.rejects('layer.update', { code: 'invalid_args', message: 'nothing would be left' })
    open()
    fireEvent.keyDown(box('Alerts'), { key: 'ArrowRight' })
    expect((await region('Canvas').findByRole('alert')).textContent).toContain('Nothing would be left')
    await waitFor(() => expect(box('Alerts').getAttribute('aria-label')).toContain('x 420,'))
  })
})

describe('the settings', () => {
  it('change a number, and put back what is none', async () => {
    open()
    const width = region('Settings').getByLabelText('Width') as HTMLInputElement
    fireEvent.change(width, { target: { value: '0' } })
    expect(width.value).toBe('1080')
    expect(region('Settings').getByText('1 to 7680')).toBeTruthy()
    fireEvent.change(width, { target: { value: '960' } })
    const rect = { x: 420, y: 60, width: 960, height: 360 }
    await waitFor(() => expect(asked('layer.update')).toEqual([{ output: 'main', layer: 'l4', change: { rect } }]))
  })

  it('keep what was typed when the hub refuses it, to be mended', async () => {
    hub.rejects('layer.update', { code: 'invalid_args', message: 'that would be the picture in itself' })
    open()
    fireEvent.click(region('Settings').getByLabelText('Any address'))
    const address = region('Settings').getByLabelText('Address') as HTMLInputElement
    fireEvent.change(address, { target: { value: 'http://hub.test/overlay/main' } })
    expect((await region('Settings').findByRole('alert')).textContent).toContain('the picture in itself')
    expect(address.isConnected && address.value).toBe('http://hub.test/overlay/main')
    hub.answers('layer.update', () => ({ status: 'committed', result: {} }))
    fireEvent.change(address, { target: { value: 'https://goals.test/' } })
    const change = { source: { kind: 'url', url: 'https://goals.test/' } }
    await waitFor(() => expect(asked('layer.update').at(-1)).toEqual({ output: 'main', layer: 'l4', change }))
  })

  it('change the output', async () => {
    open()
    fireEvent.click(region('Settings').getByLabelText('Output'))
    fireEvent.change(region('Settings').getByLabelText('Frames/s'), { target: { value: '30' } })
    expect(asked('output.update')).toEqual([{ output: 'main', frameRate: 30 }])
    expect(region('Settings').queryByRole('button', { name: /Remove the output/ })).toBeNull()
  })
})

describe('outputs', () => {
  it('are chosen by their address, and removed only after a question', async () => {
    location.hash = '#outputs/vertical'
    open()
    expect(rowNames()).toEqual(['Alerts'])
    await waitFor(() => expect(asked('overlay.url.get')).toEqual([{ output: 'vertical' }]))
    fireEvent.click(region('Settings').getByLabelText('Output'))
    expect(asked('output.remove')).toEqual([])
    expect(region('Settings').getByRole('button', { name: 'Remove the output Vertical' })).toBeTruthy()
  })

  it('are added', async () => {
    hub.answers('output.add', () => ({ status: 'committed', result: { output: 'vertical' } }))
    open()
    fireEvent.click(screen.getByRole('button', { name: 'Add an output' }))
    const form = region('New output')
    fireEvent.input(form.getByLabelText('Name'), { target: { value: 'Vertical' } })
    fireEvent.input(form.getByLabelText('Width, px'), { target: { value: '1080' } })
    fireEvent.input(form.getByLabelText('Height, px'), { target: { value: '1920' } })
    fireEvent.click(form.getByRole('button', { name: 'Add the output' }))
    const args = { name: 'Vertical', width: 1080, height: 1920, frameRate: 60 }
    await waitFor(() => expect(asked('output.add')).toEqual([args]))
    await waitFor(() => expect(location.hash).toBe('#outputs/vertical'))
  })
})

describe('undo', () => {
  it('names what it takes back, by button and by keys, but not while typing', async () => {
    open()
    fireEvent.click(screen.getByRole('button', { name: 'Undo: move layer “Alerts” up' }))
    await waitFor(() => expect(asked('outputs.undo')).toHaveLength(1))
    expect(screen.getByRole('button', { name: 'Redo' }).matches(':disabled')).toBe(true)
    fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true })
    fireEvent.keyDown(region('Settings').getByLabelText('Name'), { key: 'z', ctrlKey: true })
    await waitFor(() => expect(asked('outputs.undo')).toHaveLength(2))
    fireEvent.keyDown(document.body, { key: 'Z', ctrlKey: true, shiftKey: true })
    await waitFor(() => expect(asked('outputs.redo')).toHaveLength(1))
    expect(asked('outputs.undo')).toHaveLength(2)
  })

  it('sends what is on its way first, so that just that is taken back', async () => {
    open()
    fireEvent.keyDown(box('Alerts'), { key: 'ArrowRight' })
    fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true })
    await waitFor(() => expect(asked('outputs.undo')).toHaveLength(1))
    const names = hub.asked.map(({ name }) => name)
    expect(names.indexOf('layer.update')).toBeLessThan(names.indexOf('outputs.undo'))
    expect(names).toContain('layer.update')
  })
})

describe('watchers', () => {
  it('are shown with who they are and how they keep up', () => {
    open()
    const rows = region('Watchers').getAllByRole('row').slice(1)
    expect(rows.map((row) => row.textContent)).toEqual([
      expect.stringMatching(/OBS 31\.0 127\.0\.0\.1Picture1 h48,104023 MB\/s.*Plays/),
      expect.stringMatching(/OBS 31\.0 127\.0\.0\.1Picture1 h48,101523 MB\/sSilent/),
      expect.stringMatching(/Chrome 128 100\.84\.12\.7Overlay4 min———Silent/),
    ])
    expect(region('Watchers').getByText(/Painting, 60 frames\/s/)).toBeTruthy()
  })

  it('may be previews', () => {
    const picture = samplePicture(NOW)
    picture.watchers = picture.watchers.slice(0, 1).map((watcher) => ({ ...watcher, framesBehind: null }))
    hub.has('state:picture', picture)
    open()
    expect(region('Watchers').getByText('Preview')).toBeTruthy()
  })

  it('are refreshed at once, and dropped after a question', () => {
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true
    }
    open()
    fireEvent.click(region('Watchers').getByRole('button', { name: 'Refresh Chrome 128 at 100.84.12.7' }))
    expect(asked('watcher.refresh')).toEqual([{ watcher: 'w3' }])
    fireEvent.click(region('Watchers').getByRole('button', { name: 'Drop Chrome 128 at 100.84.12.7' }))
    expect(asked('watcher.drop')).toEqual([])
    fireEvent.click(screen.getByRole('button', { name: 'Drop it' }))
    expect(asked('watcher.drop')).toEqual([{ watcher: 'w3' }])
  })

  it('let the painting be started anew, but not where it rests', () => {
    open()
    fireEvent.click(region('Watchers').getByRole('button', { name: 'Start anew' }))
    expect(asked('picture.restart')).toEqual([{ output: 'main' }])
    hub.has('state:picture', { port: null, sources: [], watchers: [] })
    expect(region('Watchers').getByRole('button', { name: 'Start anew' }).matches(':disabled')).toBe(true)
    expect(region('Watchers').getByText('Nobody watches')).toBeTruthy()
  })
})

describe('the preview', () => {
  const image = () => document.querySelector<HTMLImageElement>('.preview-image')
  const becomes = (state: PictureState['sources'][number]['state'], reason: string | null = null) => {
    const picture = samplePicture(NOW)
    picture.sources = picture.sources.map((source) => ({ ...source, state, reason }))
    hub.has('state:picture', picture)
  }

  it('is asked for while it is on the screen, and no longer', async () => {
    open()
    await screen.findByLabelText('Picture address of Main')
    expect(image()).toBeNull()
    onScreen(true)
    await waitFor(() =>
      expect(image()?.src).toBe('http://hub.test/live/main.mjpeg?token=secret&width=960&background=000000'),
    )
    const first = image()
    onScreen(false)
    expect(image()).toBeNull()
    expect(first?.hasAttribute('src')).toBe(false)
  })

  it('is not asked for in a page that nobody sees', async () => {
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    open()
    onScreen(true)
    await screen.findByLabelText('Picture address of Main')
    expect(image()).toBeNull()
    visibility.mockReturnValue('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    await waitFor(() => expect(image()).not.toBeNull())
    visibility.mockRestore()
  })

  it('has its alpha over the checkerboard, one still after the other', async () => {
    open()
    onScreen(true)
    fireEvent.click(region('Canvas').getByLabelText('Checkerboard'))
    await waitFor(() => expect(image()?.src).toBe('http://hub.test/live/main.webp?token=secret&width=960&turn=0'))
    fireEvent.load(image() as HTMLImageElement)
    await waitFor(() => expect(image()?.src).toMatch(/turn=1$/))
  })

  it('says how it stands, and tries again when asked or when the hub has news', async () => {
    becomes('starting')
    open()
    onScreen(true)
    expect(region('Canvas').getByText('Starting the picture…')).toBeTruthy()
    await waitFor(() => expect(image()).not.toBeNull())
    fireEvent.load(image() as HTMLImageElement)
    expect(region('Canvas').queryByText('Starting the picture…')).toBeNull()
    fireEvent.error(image() as HTMLImageElement)
    expect(image()).toBeNull()
    fireEvent.click(region('Canvas').getByRole('button', { name: 'Try again' }))
    fireEvent.error(image() as HTMLImageElement)
    expect(image()).toBeNull()
    becomes('painting')
    expect(image()).not.toBeNull()
    becomes('unavailable', 'no Chromium was found')
    expect(image()).toBeNull()
    expect(region('Canvas').getByText(/can’t be painted/)).toBeTruthy()
    expect(region('Watchers').getByText('no Chromium was found')).toBeTruthy()
  })
})

describe('the addresses', () => {
  it('are hidden until asked for, and renewed', async () => {
    open()
    const live = (await screen.findByLabelText('Picture address of Main')) as HTMLInputElement
    expect(live.value).toBe('http://hub.test/live/main?token=••••••••')
    fireEvent.click(region('Into OBS').getByRole('button', { name: 'Show the addresses' }))
    expect(live.value).toBe(addresses.liveUrl)
  })

  it('say so when they can’t be read, and can be read again', async () => {
    hub.rejects('overlay.url.get', { code: 'unavailable', message: 'the store is not writable' })
    open()
    expect((await region('Into OBS').findByRole('alert')).textContent).toContain('The store is not writable')
    hub.answers('overlay.url.get', () => ({ status: 'committed', result: addresses }))
    fireEvent.click(region('Into OBS').getAllByRole('button', { name: 'Read again' })[0] as HTMLElement)
    expect(await screen.findByLabelText('Picture address of Main')).toBeTruthy()
  })
})

it('keeps what it knew when the hub is gone, but lets nothing be changed', () => {
  open()
  hub.goes({ status: 'offline', since: NOW })
  expect(region('Layers').getByRole('button', { name: 'Show Alerts' }).matches(':disabled')).toBe(true)
  expect(box('Alerts').matches(':disabled')).toBe(true)
  expect(screen.getAllByText('Waiting for the hub').length).toBeGreaterThan(4)
})

it('waits in words for a hub that has not said anything yet', () => {
  hub = createFakeHub()
  open()
  expect(screen.getByText('Waiting for the outputs…')).toBeTruthy()
})
