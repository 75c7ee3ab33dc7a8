import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TimerState } from '../../../contracts/state/timers.ts'
import { addedTime } from '../duration.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'

const running = (leftMs: number, last: TimerState['last'] = null): TimerState => ({
  status: 'running',
  startedAt: NOW,
  endsAt: NOW + leftMs,
  leftMs: 0,
  givenMs: leftMs,
  last,
})

describe('the timer widget', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(NOW)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('shows what is left, and what adds time', async () => {
    const widget = await showWidget('timer', { data: { timer: running(3_723_000) } })
    expect(widget.text()).toBe('Subathon1:02:03Sub +5 min  ·  100 bits +1 min')
    widget.setSettings({ tier1: 90, bits: 0, follow: 5400, heading: '' })
    expect(widget.text()).toBe('1:02:03Sub +90 s  ·  Follow +1 h 30 min')
    widget.setSettings({ showRules: false })
    expect(widget.text()).toBe('1:02:03')
    widget.end()
  })

  it('stands still where it does not run, and says when it is over', async () => {
    const widget = await showWidget('timer', { data: { timer: null }, settings: { showRules: false, heading: '' } })
    expect(widget.text()).toBe('1:00:00')
    widget.setData({ timer: { ...running(0), status: 'paused', endsAt: null, leftMs: 61_000 } })
    expect(widget.text()).toBe('1:01paused')
    widget.setData({ timer: running(-1000) })
    expect(widget.text()).toBe('Time is up')
    widget.end()
  })

  it('says who added time, for a while', async () => {
    const widget = await showWidget('timer', { data: { timer: running(60_000, { who: null, ms: 300_000, at: NOW }) } })
    expect(widget.text()).toBe('Subathon1:00+5 minAnonymous')
    widget.setData({ timer: running(60_000, { who: 'Mira', ms: 300_000, at: NOW - 60_000 }) })
    expect(widget.text()).not.toContain('Mira')
    widget.end()
  })

  it('shows names as words, whatever they are', async () => {
    for (const who of HOSTILE_NAMES) {
      const widget = await showWidget('timer', { data: { timer: running(60_000, { who, ms: 1000, at: NOW }) } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })

  it('words times', () => {
    expect([1000, 60_000, 90_000, 300_000, 3_600_000, 5_400_000].map(addedTime)).toEqual([
      '+1 s',
      '+1 min',
      '+90 s',
      '+5 min',
      '+1 h',
      '+1 h 30 min',
    ])
  })
})
