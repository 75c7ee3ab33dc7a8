import gsap from 'gsap'
import { describe, expect, it } from 'vitest'
import type { ChatHighlight } from '../../../contracts/state/chat.ts'
import { previewLine } from '../../../contracts/widgets/chat.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'

function highlight(said: string, change: Partial<ChatHighlight> = {}): { highlight: ChatHighlight } {
  const line = { ...previewLine(0, NOW), fragments: [{ type: 'text', text: said, emote: null, cheermote: null }] }
  return { highlight: { id: said, line, startedAt: NOW, endsAt: NOW + 10_000, ...change } }
}
const words = (container: HTMLElement) => [...container.querySelectorAll('.said')].map(({ textContent }) => textContent)
const animations = () => gsap.globalTimeline.getChildren(true, true, true).length

describe('the highlight widget', () => {
  it('shows the message, another in its place, and nothing when there is none', async () => {
    const widget = await showWidget('highlight', { data: { highlight: null } })
    expect(widget.text()).toBe('')
    widget.setData(highlight('look at this'))
    expect(widget.text()).toBe('From the chatModMira_Playslook at this')
    widget.setData(highlight('and this'))
    expect(words(widget.container)).toEqual(['and this'])
    widget.end()
    expect(animations()).toBe(0)
  })

  it('is gone at once when it is taken away early, and leaves in its own time otherwise', async () => {
    const widget = await showWidget('highlight', { data: highlight('bad') })
    widget.setNow(NOW + 3000)
    widget.setData({ highlight: null })
    expect(widget.text()).toBe('')
    expect(widget.motion.at(-1)).toBe(false)
    widget.setData(highlight('fine'))
    widget.setNow(NOW + 10_000)
    widget.setData({ highlight: null })
    expect(words(widget.container)).toEqual(['fine'])
    await expect.poll(() => widget.text()).toBe('')
    expect(widget.motion.at(-1)).toBe(false)
    widget.end()
    expect(animations()).toBe(0)
  })

  it('shows words as words, whatever they are', async () => {
    for (const name of HOSTILE_NAMES) {
      const widget = await showWidget('highlight', { data: highlight(name), settings: { heading: name.slice(0, 40) } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
