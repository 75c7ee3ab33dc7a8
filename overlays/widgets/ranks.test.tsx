import { describe, expect, it } from 'vitest'
import type { AudienceBoard } from '../../contracts/state/audience.ts'
import { HOSTILE_NAMES, showWidget } from './testing/show-widget.tsx'

const rank = (user_name: string, count: number) => ({ user_id: user_name, user_name, count })
const board = (change: Partial<AudienceBoard> = {}): AudienceBoard => ({
  messages: [],
  bits: [],
  gifts: [],
  points: [],
  ...change,
})

describe('the widgets that rank viewers', () => {
  it('show the most of what they are asked for', async () => {
    const today = board({ bits: [rank('Mira', 1500), rank('Otto', 20)], gifts: [rank('Lumi', 5)] })
    const ever = board({ bits: [rank('Otto', 250_000)] })
    const widget = await showWidget('supporters', { data: { today, ever } })
    expect(widget.text()).toBe('Top supporters1Mira1,500 bits2Otto20 bits')
    widget.setSettings({ most: 1, heading: '' })
    expect(widget.text()).toBe('1Mira1,500 bits')
    widget.setSettings({ leaveOut: ['mira'] })
    expect(widget.text()).toBe('1Otto20 bits')
    widget.setSettings({ period: 'ever' })
    expect(widget.text()).toBe('1Otto250K bits')
    widget.setSettings({ measure: 'gifts', period: 'today' })
    expect(widget.text()).toBe('1Lumi5 subs')
    widget.end()
  })

  it('are not there while nobody did anything', async () => {
    const widget = await showWidget('leaderboard', { data: { today: board(), ever: board() } })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.setData({ today: board({ messages: [rank('Mira', 3)] }), ever: board() })
    expect(widget.text()).toBe('Most in chat1Mira3 lines')
    widget.end()
  })

  it('show names as words, whatever they are', async () => {
    const messages = HOSTILE_NAMES.map((name, at) => ({ ...rank(name, at + 1), user_id: String(at) }))
    const widget = await showWidget('leaderboard', {
      data: { today: board({ messages }), ever: board() },
      settings: { most: 10 },
    })
    expect(widget.container.querySelectorAll('li')).toHaveLength(HOSTILE_NAMES.length)
    expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
    expect(widget.dropped).toEqual([])
    widget.end()
  })
})
