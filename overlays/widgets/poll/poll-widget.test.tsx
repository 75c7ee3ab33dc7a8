import { describe, expect, it } from 'vitest'
import type { Poll } from '../../../contracts/state/poll.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'

const poll = (change: Partial<Poll> = {}): Poll => ({
  id: 'p',
  title: 'Where to?',
  source: 'chat',
  choices: [
    { title: 'Mt. Moon', votes: 3 },
    { title: 'Forest', votes: 1 },
  ],
  startedAt: NOW - 10_000,
  endsAt: NOW + 50_000,
  ...change,
})

describe('the poll widget', () => {
  it('shows the vote as it goes, with the one ahead marked', async () => {
    const widget = await showWidget('poll', { data: { poll: poll() } })
    expect(widget.text()).toBe('Where to?0:501Mt. Moon75 % 32Forest25 % 1Write the number in chat')
    expect(widget.container.querySelector('[data-ahead]')?.textContent).toContain('Mt. Moon')
    widget.setSettings({ showVotes: false, showTime: false, hint: '' })
    expect(widget.text()).toBe('Where to?1Mt. Moon75 %2Forest25 %')
    widget.setData({ poll: poll({ source: 'twitch', choices: [{ title: 'Yes', votes: 0 }] }) })
    expect(widget.text()).toBe('Where to?Yes0 %')
    widget.end()
  })

  it('shows the result for a while, then goes', async () => {
    const widget = await showWidget('poll', { data: { poll: poll({ endsAt: NOW - 29_000 }) } })
    expect(widget.text()).toBe('Where to?1Mt. Moon75 % 32Forest25 % 1')
    widget.setSettings({ keepSeconds: 20 })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.setData({ poll: null })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('shows words as words, whatever they are', async () => {
    for (const title of HOSTILE_NAMES) {
      const widget = await showWidget('poll', { data: { poll: poll({ title, choices: [{ title, votes: 1 }] }) } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
