import { describe, expect, it } from 'vitest'
import type { ChatLine } from '../../../contracts/state/chat.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'
import { visibleLines } from './visible-lines.ts'

function line(seq: number, said: string, change: Partial<ChatLine> = {}): ChatLine {
  return {
    seq,
    message_id: `m${seq}`,
    at: NOW - 60_000 + seq,
    user_id: '2',
    user_login: 'mira',
    user_name: 'Mira',
    color: '#0000FF',
    badges: [],
    fragments: [{ type: 'text', text: said, emote: null, cheermote: null }],
    reply_parent_user_name: null,
    cheer_bits: null,
    ...change,
  }
}

const lines = (...all: ChatLine[]) => ({ lines: Object.fromEntries(all.map((one) => [one.seq, one])) })
const words = (container: HTMLElement) => [...container.querySelectorAll('.said')].map(({ textContent }) => textContent)

describe('which lines are seen', () => {
  const settings = { most: 3, fade: 0, delay: 0, hideCommands: true, hiddenUsers: ['Nightbot'] }
  const seen = (all: ChatLine[], change = {}, now = NOW) => {
    const { lines: visible, changesAt } = visibleLines(all, { ...settings, ...change }, now)
    return [visible.map(({ seq }) => seq), changesAt]
  }

  it('the newest, in their order, without commands and bots', () => {
    const all = [5, 4, 3, 2, 1].map((seq) => line(seq, 'hi'))
    expect(seen(all)).toEqual([[3, 4, 5], null])
    expect(seen([line(1, '!uptime'), line(2, ' !so mira'), line(3, 'wow!')])).toEqual([[3], null])
    expect(seen([line(1, '!uptime')], { hideCommands: false })).toEqual([[1], null])
    expect(seen([line(1, 'hi', { user_login: 'nightbot' })])).toEqual([[], null])
  })

  it('after the delay, until they fade, and it is known when that changes', () => {
    const one = line(1, 'hi', { at: NOW })
    expect(seen([one], { delay: 5 })).toEqual([[], NOW + 5000])
    expect(seen([one], { delay: 5 }, NOW + 5000)).toEqual([[1], null])
    expect(seen([one], { delay: 5, fade: 10 }, NOW + 5000)).toEqual([[1], NOW + 15_000])
    expect(seen([one], { delay: 5, fade: 10 }, NOW + 15_000)).toEqual([[], null])
  })
})

describe('the chat widget', () => {
  it('shows who and what, in a colour that can be read, and drops what is deleted at once', async () => {
    const widget = await showWidget('chat', { data: lines(line(1, 'hello'), line(2, 'bad'), line(3, 'bye')) })
    expect(widget.text()).toBe('Mira  helloMira  badMira  bye')
    const name = widget.container.querySelector<HTMLElement>('.chatter')
    expect(name?.style.color).not.toBe('rgb(0, 0, 255)')
    widget.setData(lines(line(1, 'hello'), line(3, 'bye')))
    expect(words(widget.container)).toEqual(['hello', 'bye'])
    widget.setData(lines())
    expect(widget.container.querySelector('.chat')).toBeNull()
    widget.end()
  })

  it('a message that is deleted during the delay is never seen', async () => {
    const fresh = line(1, 'bad', { at: NOW })
    const widget = await showWidget('chat', { data: lines(fresh), settings: { delay: 5 } })
    expect(widget.text()).toBe('')
    widget.setData(lines())
    widget.setNow(NOW + 6000)
    widget.setData(lines(line(2, 'fine', { at: NOW })))
    expect(words(widget.container)).toEqual(['fine'])
    widget.end()
  })

  it('settings change it where it stands', async () => {
    const emote = { type: 'emote', text: 'Kappa', emote: { provider: 'twitch' as const, id: '25' }, cheermote: null }
    const special = line(1, '', {
      fragments: [emote, { type: 'mention', text: '@Otto', emote: null, cheermote: null }],
      badges: [
        { set_id: 'moderator', id: '1' },
        { set_id: 'unheard-of', id: '1' },
      ],
      reply_parent_user_name: 'Otto',
      cheer_bits: 1200,
    })
    const widget = await showWidget('chat', { data: lines(special) })
    expect(widget.text()).toBe('↪ OttoModMira 1,200 bits Kappa@Otto')
    widget.setSettings({ showBadges: false, showReplies: false, showEmotes: 'words' })
    expect(widget.text()).toBe('Mira 1,200 bits Kappa@Otto')
    widget.end()
  })

  it('shows words as words, whatever they are', async () => {
    for (const name of HOSTILE_NAMES) {
      const hostile = line(1, name, { user_name: name, reply_parent_user_name: name, color: name, user_id: name })
      const widget = await showWidget('chat', { data: lines(hostile) })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
    expect('hacked' in globalThis).toBe(false)
  })
})
