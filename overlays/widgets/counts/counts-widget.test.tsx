import { describe, expect, it } from 'vitest'
import { HOSTILE_NAMES, showWidget } from '../testing/show-widget.tsx'

describe('the counts of viewers and followers', () => {
  it('shows what is known and wanted', async () => {
    const widget = await showWidget('counts', { data: { viewers: 1234, followers: null } })
    expect(widget.text()).toBe('1,234watching')
    widget.setData({ viewers: 0, followers: 250_400 })
    expect(widget.text()).toBe('0watching250.4Kfollowers')
    widget.setSettings({ viewers: false, followersWord: 'friends' })
    expect(widget.text()).toBe('250.4Kfriends')
    widget.setData({ viewers: 1, followers: null })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('shows words as words, whatever they are', async () => {
    for (const viewersWord of HOSTILE_NAMES) {
      const widget = await showWidget('counts', { settings: { viewersWord } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      widget.end()
    }
  })
})
