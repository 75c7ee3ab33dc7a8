import { cleanup, render } from '@solidjs/testing-library'
import gsap from 'gsap'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Takeover } from '../../contracts/state/producer.ts'
import { STARTED_AT, sampleProducer, sampleTakeover } from '../omnibar/sample-content.ts'
import { TakeoverLayer } from './takeover-layer.tsx'
import { sinceWords } from './takeover-words.ts'

describe('takeovers', () => {
  let frame = 0

  beforeEach(() => {
    vi.useFakeTimers()
    gsap.ticker.remove(gsap.updateRoot)
    frame = gsap.globalTimeline.time()
  })
  afterEach(() => {
    cleanup()
    gsap.ticker.add(gsap.updateRoot)
    vi.useRealTimers()
  })

  function show(first: Takeover | null) {
    let now = STARTED_AT
    const [takeover, setTakeover] = createSignal(first)
    const dropped: string[] = []
    const motion: boolean[] = []
    const view = render(() => (
      <TakeoverLayer
        state={sampleProducer({}, { takeover: takeover() })}
        hubNow={() => now}
        onAnimating={(moving) => motion.push(moving)}
        onDropped={(reason) => dropped.push(reason)}
      />
    ))
    const pass = (ms: number) => {
      for (let rest = ms; rest > 0; rest -= 50) {
        now += Math.min(50, rest)
        vi.advanceTimersByTime(Math.min(50, rest))
        frame += Math.min(50, rest) / 1000
        gsap.updateRoot(frame)
      }
    }
    const screen = () => view.container.querySelector<HTMLElement>('.takeover')
    const cover = () => view.container.querySelector('.takeover-cover')
    return { ...view, setTakeover, dropped, motion, pass, screen, cover }
  }

  it.each([
    ['technical-difficulties', 'Technical difficulties'],
    ['please-stand-by', 'Please stand by'],
    ['screen-cover', 'Back in a moment'],
    ['custom', 'The capture card took a nap.'],
  ] as const)('%s says so', (type, headline) => {
    const { container } = show(sampleTakeover({ type }))
    expect(container.querySelector('.screen-headline')?.textContent).toBe(headline)
    expect(container.textContent).toContain('The capture card took a nap.')
    expect(container.textContent?.match(/nap/g)).toHaveLength(1)
  })

  it('without a message there is no box for one, and never the word null', () => {
    const { container } = show(sampleTakeover({ type: 'screen-cover', message: null }))
    expect(container.querySelector('.screen-message')).toBeNull()
    expect(container.textContent).not.toMatch(/undefined|null|NaN/)
  })

  it('counts down to its end, and uncovers by itself if the hub does not', () => {
    const page = show(sampleTakeover({ endsAt: STARTED_AT + 10_000 }))
    expect(page.container.textContent).toContain('Back in 0:10')
    page.pass(4010)
    expect(page.container.textContent).toContain('Back in 0:06')
    page.pass(7000)
    expect(page.screen()?.dataset.state).toBe('hidden')
    expect(page.container.textContent).toBe('')
    expect(page.motion).toEqual([true, false, true, false])
  })

  it('without an end it says how long it has been', () => {
    const page = show(sampleTakeover())
    expect(page.container.querySelector('.screen-time')).toBeNull()
    page.pass(125_000)
    expect(page.container.querySelector('.screen-time')?.textContent).toBe('for 2 minutes')
    expect([sinceWords(60_000), sinceWords(3_700_000), sinceWords(7_300_000)]).toEqual([
      'for a minute',
      'for an hour',
      'for 2 hours',
    ])
  })

  it('fades in and out, and the screen cover covers at once', () => {
    const page = show(sampleTakeover())
    expect(page.screen()?.style.opacity).toBe('0')
    expect(page.cover()).toBeNull()
    page.pass(500)
    expect(page.screen()?.style.opacity).toBe('1')
    page.setTakeover(null)
    page.pass(350)
    expect(page.screen()?.dataset.state).toBe('hidden')
    page.setTakeover(sampleTakeover({ id: 'b', type: 'screen-cover', startedAt: STARTED_AT + 850 }))
    expect(page.cover()).not.toBeNull()
    page.pass(500)
    page.setTakeover(null)
    expect(page.cover()).toBeNull()
  })

  it('a page that is loaded in the middle of it covers at once', () => {
    expect(show(sampleTakeover({ startedAt: STARTED_AT - 5000 })).cover()).not.toBeNull()
  })

  it('another takes its place at once', () => {
    const page = show(sampleTakeover())
    page.pass(500)
    page.setTakeover(sampleTakeover({ id: 'b', type: 'please-stand-by' }))
    expect(page.screen()?.dataset.takeover).toBe('please-stand-by')
    expect(page.screen()?.style.opacity).toBe('1')
  })

  it('drops what it does not know with a reason', () => {
    const page = show(sampleTakeover({ type: 'curtain' as Takeover['type'] }))
    expect(page.dropped).toEqual(['a takeover is not drawn: its type "curtain" is not known to this page; reload it'])
    expect(page.container.querySelector('.screen')).toBeNull()
  })

  it('leaves no timer and no animation behind', () => {
    const page = show(sampleTakeover({ endsAt: STARTED_AT + 60_000 }))
    page.pass(100)
    page.unmount()
    expect(vi.getTimerCount()).toBe(0)
    page.pass(100)
    expect(gsap.globalTimeline.getChildren(true, true, true)).toHaveLength(0)
  })
})
