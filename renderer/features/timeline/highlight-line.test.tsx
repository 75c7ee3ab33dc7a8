import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { previewLine } from '../../../contracts/widgets/chat.ts'
import { createCommand } from '../../state/create-command.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { EventRow } from './event-row.tsx'
import { HighlightLine } from './highlight-line.tsx'

afterEach(cleanup)

function setUp() {
  const hub = createFakeHub()
  function Bench() {
    const command = createCommand()
    const event = (type: string, seq: number) => ({
      ...{ id: `e${seq}`, seq, type, source: 'twitch', at: 0, correlationId: 'c' },
      payload: { user_name: 'Mira', user_login: 'mira', message: `said ${seq}` },
    })
    const row = (type: string, seq: number) => (
      <EventRow
        event={event(type, seq)}
        onUser={() => {}}
        onShow={(shown) => void command.run('chat.highlight', { seq: shown })}
      />
    )
    return (
      <>
        <HighlightLine command={command} />
        {row('twitch.channel.chat.message', 7)}
        {row('twitch.channel.follow', 8)}
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

describe('a message on stream', () => {
  it('is put there from its row; nothing else can be', () => {
    const hub = setUp()
    expect(screen.getAllByRole('button', { name: /^Show on stream/ })).toHaveLength(1)
    fireEvent.click(screen.getByRole('button', { name: 'Show on stream: Mira said 7' }))
    expect(hub.asked).toEqual([{ name: 'chat.highlight', args: { seq: 7 } }])
  })

  it('is named with what it has left, and is kept longer or taken off', async () => {
    const hub = setUp()
    expect(screen.queryByRole('status')).toBeNull()
    const line = previewLine(0, Date.now())
    const highlight = { id: 'h', line, startedAt: Date.now(), endsAt: Date.now() + 9_500 }
    hub.has('state:chat', { lines: {}, highlight })
    expect((await screen.findByRole('status')).textContent).toMatch(/^On stream: Mira_Plays that jump was CLEAN.* s/)
    fireEvent.click(screen.getByRole('button', { name: 'Longer' }))
    fireEvent.click(screen.getByRole('button', { name: 'Take off' }))
    expect(hub.asked).toEqual([
      { name: 'chat.highlight', args: { seq: 0, durationMs: 60_000 } },
      { name: 'chat.highlight.clear', args: {} },
    ])
    hub.has('state:widgets', { widgets: [], presets: [] })
    expect((await screen.findByRole('status')).textContent).toContain('Nobody sees it yet')
    hub.goes({ status: 'connecting' })
    expect((screen.getByRole('button', { name: 'Take off' }) as HTMLButtonElement).disabled).toBe(true)
    hub.has('state:chat', { lines: {}, highlight: null })
    await waitFor(() => expect(screen.queryByRole('status')).toBeNull())
  })
})
