import { describe, expect, it } from 'vitest'
import type { Giveaway } from '../../../contracts/state/giveaway.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'

const giveaway = (change: Partial<Giveaway> = {}): Giveaway => ({
  id: 'g',
  title: 'A keyboard',
  keyword: '$&win',
  status: 'open',
  entries: 1,
  openedAt: NOW,
  winners: [],
  ...change,
})

describe('the giveaway widget', () => {
  it('says what can be won and how, then that it is closed', async () => {
    const widget = await showWidget('giveaway', { data: { giveaway: giveaway() } })
    expect(widget.text()).toBe('GiveawayA keyboardWrite $&win in chat1 takes part')
    widget.setData({ giveaway: giveaway({ status: 'closed', entries: 1200 }) })
    expect(widget.text()).toBe('GiveawayA keyboardEntries are closed1,200 take part')
    widget.setData({ giveaway: null })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('says who has won, for as long as wanted', async () => {
    const winners = [
      { user_name: 'Mira', at: NOW - 5000 },
      { user_name: 'Otto', at: NOW - 9000 },
    ]
    const widget = await showWidget('giveaway', { data: { giveaway: giveaway({ entries: 84, winners }) } })
    expect(widget.text()).toBe('A keyboardWinnerMiraof 84')
    widget.setSettings({ keepSeconds: 10 })
    expect(widget.text()).toContain('Mira')
    widget.setSettings({ keepSeconds: 5 })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('shows names as words, whatever they are', async () => {
    for (const user_name of HOSTILE_NAMES) {
      const winners = [{ user_name, at: NOW }]
      const widget = await showWidget('giveaway', { data: { giveaway: giveaway({ title: user_name, winners }) } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
