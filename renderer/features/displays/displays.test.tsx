import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, expect, it } from 'vitest'
import type { CodingState, StatusState } from '../../../contracts/state/displays.ts'
import { createCommand } from '../../state/create-command.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { Displays } from './displays.tsx'

afterEach(cleanup)

const STATUS: StatusState = {
  bar: { mode: 'break', text: 'fetching tea', isVisible: true, position: 'bottom', hasClock: true },
  text: { text: 'Soon', isVisible: true, position: 'bottom', fontSize: 'medium', animation: 'fade' },
}
const CODING: CodingState = { task: 'Queue', topic: null, status: null, startedAt: null }

function setUp() {
  const hub = createFakeHub()
  hub.has('state:status', STATUS)
  hub.has('state:coding', CODING)
  hub.has('state:now-playing', { track: null })
  const Panel = () => {
    const command = createCommand()
    return <Displays command={command} />
  }
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Panel />
    </DashboardProvider>
  ))
  return hub
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const fill = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } })
const isOff = (name: string) => (screen.getByRole('button', { name }) as HTMLButtonElement).disabled

it('shows a status in one press, and hides it', () => {
  const hub = setUp()
  expect(screen.getByRole('button', { name: 'On break' }).getAttribute('aria-pressed')).toBe('true')
  fill('Words beside it', ' tea is here ')
  press('Gaming')
  fill('Words beside it', '')
  expect(isOff('My own words')).toBe(true)
  press('Outro')
  press('Hide the status bar')
  expect(hub.asked.map(({ args }) => args)).toEqual([
    { mode: 'game', text: 'tea is here' },
    { mode: 'outro', text: null },
    { isVisible: false },
  ])
  hub.has('state:status', { ...STATUS, bar: { ...STATUS.bar, isVisible: false } })
  expect(isOff('Hide the status bar')).toBe(true)
})

it('shows a text, and how it looks can be changed while it is hidden', () => {
  const hub = setUp()
  expect(isOff('Show')).toBe(true)
  fill('Text on the picture', 'Back at half past')
  press('Show')
  hub.has('state:status', { ...STATUS, text: { ...STATUS.text, isVisible: false } })
  fireEvent.change(screen.getByLabelText('Size of the text'), { target: { value: 'large' } })
  expect(hub.asked).toEqual([
    { name: 'status.text.set', args: { text: 'Back at half past' } },
    { name: 'status.text.set', args: { fontSize: 'large', isVisible: false } },
  ])
})

it('follows what others say, and overwrites none of it with what it once was', () => {
  const hub = setUp()
  hub.has('state:status', {
    bar: { ...STATUS.bar, text: 'feeding the cat' },
    text: { ...STATUS.text, text: 'In a minute', isVisible: false },
  })
  hub.has('state:coding', { ...CODING, topic: 'SQLite' })
  press('Gaming')
  press('Show')
  fill('Task', 'Survive a crash')
  press('Save what is coded')
  expect(hub.asked.map(({ args }) => args)).toEqual([
    { mode: 'game', text: 'feeding the cat' },
    { text: 'In a minute' },
    { task: 'Survive a crash', topic: 'SQLite', status: null },
  ])
})

it('keeps what is typed while others say something else, until the hub has taken it', async () => {
  const hub = setUp()
  const field = () => screen.getByLabelText<HTMLInputElement>('Words beside it')
  fill('Words beside it', 'back soon')
  hub.has('state:status', { ...STATUS, bar: { ...STATUS.bar, text: 'feeding the cat' } })
  expect(field().value).toBe('back soon')
  press('Gaming')
  await waitFor(() => expect(field().value).toBe('feeding the cat'))
  hub.rejects('status.bar.set', { code: 'unavailable', message: 'the hub is busy' })
  fill('Words beside it', 'back soon')
  press('Gaming')
  await Promise.resolve()
  expect(field().value).toBe('back soon')
})

it('says what is coded, empty lines away, and keeps the clock', () => {
  const hub = setUp()
  fill('Topic', 'SQLite')
  fill('Task', '')
  press('Save what is coded')
  press('Start the clock')
  hub.has('state:coding', { ...CODING, startedAt: hub.hubNow() - 61_000 })
  press('Stop the clock')
  expect(hub.asked).toEqual([
    { name: 'coding.set', args: { task: null, topic: 'SQLite', status: null } },
    { name: 'coding.session.start', args: {} },
    { name: 'coding.session.stop', args: {} },
  ])
})

it('says what plays, and takes it away', () => {
  const hub = setUp()
  expect(screen.getByText(/^Nothing/)).toBeTruthy()
  const about = { album: null, source: null, durationMs: null, positionMs: 0, at: 0, artwork: null }
  hub.has('state:now-playing', { track: { title: 'Lavender', artist: 'Orchestra', isPlaying: false, ...about } })
  expect(screen.getByText('Lavender').closest('p')?.textContent).toBe('Lavender Orchestra (paused)')
  press('Take it away')
  expect(hub.asked).toEqual([{ name: 'now-playing.clear', args: {} }])
})
