import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import type { Component } from 'solid-js'
import { afterEach, expect, it } from 'vitest'
import { createCommand } from '../../../state/create-command.ts'
import { DashboardProvider } from '../../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../../testing/fake-hub.ts'
import type { ControlProps } from '../widget-controls.ts'
import { ChatControl } from './chat-control.tsx'
import { EmoteRainControl } from './emote-rain-control.tsx'
import { HighlightControl } from './highlight-control.tsx'

afterEach(cleanup)

function show(control: Component<ControlProps>, kind: 'chat' | 'highlight' | 'emote-rain') {
  const hub = createFakeHub()
  const Control = control
  function Bench() {
    const command = createCommand()
    return (
      <>
        <Control widget={{ id: 'w', kind, name: 'It', settings: {} }} command={command} />
        <p>{command.problem()}</p>
      </>
    )
  }
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Bench />
    </DashboardProvider>
  ))
  return hub
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

it('the rain falls and is cleared at a press', () => {
  const hub = show(EmoteRainControl, 'emote-rain')
  for (const name of ['A few', 'A storm', 'Clear']) press(name)
  expect(hub.asked).toEqual([
    { name: 'emote-rain.burst', args: { count: 10 } },
    { name: 'emote-rain.burst', args: { count: 200 } },
    { name: 'emote-rain.clear', args: {} },
  ])
})

it('emotes are read again, and it is said how many there are', async () => {
  const hub = show(ChatControl, 'chat')
  hub.answers('emotes.refresh', () => ({ status: 'committed', result: { words: 1204 } }))
  press('Read them now')
  expect((await screen.findByRole('status')).textContent).toBe('1,204 words known')
  hub.rejects('emotes.refresh', { code: 'unavailable', message: 'not all emotes could be read' })
  press('Read them now')
  await waitFor(() => expect(screen.queryByRole('status')).toBeNull())
  await screen.findByText('Not all emotes could be read')
})

it('the highlight says how a message gets there', () => {
  show(HighlightControl, 'highlight')
  expect(screen.getByText(/press the eye beside it/)).toBeTruthy()
})
