import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { App } from './app.tsx'
import { DashboardProvider } from './state/dashboard.tsx'
import { createFakeEventLog, createFakeHub, type FakeHub } from './testing/fake-hub.ts'
import { sampleEvent, sampleEvents } from './testing/sample-events.ts'
import {
  sampleAlerts,
  sampleObs,
  sampleShortcuts,
  sampleSimulator,
  sampleSystem,
  sampleTwitch,
} from './testing/sample-state.ts'

const NOW = Date.now()
let hub: FakeHub

beforeEach(() => {
  localStorage.clear()
  location.hash = ''
  hub = createFakeHub()
})
afterEach(cleanup)

function fill() {
  hub.has('state:obs', sampleObs(NOW))
  hub.has('state:twitch', sampleTwitch(NOW))
  hub.has('state:alerts', sampleAlerts(NOW))
  hub.has('state:system', sampleSystem(NOW))
  hub.has('state:shortcuts', sampleShortcuts(NOW))
  hub.has('state:simulator', sampleSimulator())
}

function open(events = sampleEvents(30, NOW)) {
  const eventLog = createFakeEventLog(events)
  render(() => (
    <DashboardProvider hub={hub} eventLog={eventLog}>
      <App />
    </DashboardProvider>
  ))
  return eventLog
}

/** What is written, not what is spoken beside it. */
function noticeText() {
  return document.querySelector('.notice-text')?.textContent
}

describe('the live page', () => {
  it('switches the scene, and marks the one on program', () => {
    fill()
    open()
    fireEvent.click(screen.getByRole('button', { name: /Just chatting/ }))
    expect(hub.asked).toContainEqual({ name: 'obs.scene.set', args: { scene: 'Just chatting' } })
    expect(screen.getByRole('button', { name: /^Game/ }).getAttribute('aria-pressed')).toBe('true')
  })

  it('in studio mode sets the preview, and takes it', () => {
    fill()
    hub.has('state:obs', { ...sampleObs(NOW), studioMode: { enabled: true } })
    open()
    fireEvent.click(screen.getByRole('button', { name: /Just chatting/ }))
    fireEvent.click(screen.getByRole('button', { name: 'Take preview' }))
    expect(hub.asked).toContainEqual({ name: 'obs.preview.set', args: { scene: 'Just chatting' } })
    expect(hub.asked).toContainEqual({ name: 'obs.preview.take', args: {} })
  })

  it('shows a refusal in words, in the region where it was asked', async () => {
    fill()
    hub.rejects('alert.skip', { code: 'conflict', message: 'nothing is on screen' })
    open()
    fireEvent.click(screen.getByRole('button', { name: 'Skip' }))
    const region = screen.getByRole('region', { name: 'Alerts' })
    await waitFor(() => expect(region.querySelector('[role="alert"]')?.textContent).toContain('Nothing is on screen'))
  })

  it('keeps what it knew when the hub is gone, but lets nothing be pressed', () => {
    fill()
    open()
    hub.goes({ status: 'offline', since: NOW })
    expect(noticeText()).toMatch(/The hub is gone\. Reconnecting/)
    const scene = screen.getByRole('button', { name: /Just chatting/ })
    expect(scene.matches(':disabled')).toBe(true)
    expect(screen.getAllByText('Waiting for the hub').length).toBeGreaterThan(2)
  })

  it('says why OBS is missing and where to mend it', () => {
    fill()
    hub.has('state:obs', {
      ...sampleObs(NOW),
      connection: { status: 'needs-auth', reason: 'OBS refused the password' },
    })
    open()
    expect(noticeText()).toBe('OBS refused the password')
    expect(screen.getByLabelText('What is live').textContent).toContain('Was on air')
    expect(screen.getAllByRole('link', { name: 'Open settings' }).length).toBeGreaterThan(0)
  })

  it('follows the state without drawing the rest again', () => {
    fill()
    open()
    const before = screen.getByRole('button', { name: /^Game/ })
    const next = sampleObs(NOW)
    next.scenes.current = 'Coding'
    hub.has('state:obs', next)
    expect(screen.getByRole('button', { name: /Coding/ }).getAttribute('aria-pressed')).toBe('true')
    expect(screen.getByRole('button', { name: /^Game/ })).toBe(before)
  })
})

describe('the timeline', () => {
  it('joins history with what happens now, each event once', async () => {
    fill()
    open(sampleEvents(3, NOW))
    await waitFor(() => expect(document.querySelectorAll('.event').length).toBe(3))
    const live = sampleEvent(5, NOW)
    hub.says([live, live, sampleEvent(3, NOW)])
    expect(document.querySelectorAll('.event').length).toBe(4)
    expect(document.querySelector('.event')?.textContent).toContain(String(live.payload.message))
  })

  it('never holds more than 200 rows in the page', async () => {
    fill()
    open([])
    await waitFor(() => expect(screen.getByText('Nothing has happened yet')).toBeTruthy())
    hub.says(Array.from({ length: 900 }, (_, index) => sampleEvent(index + 1, NOW)))
    expect(document.querySelectorAll('.event').length).toBe(200)
  })

  it('searches in the log', async () => {
    fill()
    const log = open()
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'hydrate' } })
    await waitFor(() => expect(log.queries.at(-1)?.q).toBe('hydrate'))
    await waitFor(() => {
      const rows = [...document.querySelectorAll('.event')]
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.every((row) => row.textContent?.includes('hydrate'))).toBe(true)
    })
  })
})

describe('the guide', () => {
  it('opens by itself once, for whoever has nothing yet', async () => {
    fill()
    hub.has('state:obs', { ...sampleObs(NOW), connection: { status: 'idle', reason: 'no address' } })
    open()
    await waitFor(() => expect(screen.getByText('First alert in four steps')).toBeTruthy())
    fireEvent.click(screen.getByRole('button', { name: 'Leave the guide' }))
    await waitFor(() => expect(screen.getByRole('region', { name: 'Scenes' })).toBeTruthy())
    expect(localStorage.getItem('landale.guide-seen')).toBe('yes')
  })

  it('stays away where OBS is connected', () => {
    fill()
    open()
    expect(screen.queryByText('First alert in four steps')).toBeNull()
  })
})
