import { describe, expect, it } from 'vitest'
import { HOSTILE_NAMES, showWidget } from '../testing/show-widget.tsx'

const goal = (description: string, current_amount: number, target_amount: number) => ({
  type: description,
  description,
  current_amount,
  target_amount,
})

describe('the goals widget', () => {
  it('shows those not reached first, and no more than wanted', async () => {
    const goals = [goal('Bits', 20, 10), goal('Follows', 940, 1000), goal('Subs', 1, 5)]
    const widget = await showWidget('goals', { data: { goals }, settings: { most: 2 } })
    expect(widget.text()).toBe('GoalsFollows940 / 1,000Subs1 / 5')
    widget.setSettings({ most: 3, showFigures: false, heading: '' })
    expect(widget.text()).toBe('FollowsSubsBits')
    widget.setSettings({ showReached: false })
    expect(widget.text()).toBe('FollowsSubs')
    widget.end()
  })

  it('is not there without goals', async () => {
    const widget = await showWidget('goals', { data: { goals: [] } })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('shows words as words, whatever they are', async () => {
    for (const name of HOSTILE_NAMES) {
      const widget = await showWidget('goals', { data: { goals: [goal(name, 0, 0), goal(name, 1, 2)] } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
