import { cleanup, render } from '@solidjs/testing-library'
import gsap from 'gsap'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import { AlertLayer } from './alert-layer.tsx'
import { STARTED_AT, samplePlaying, sampleState } from './sample-alerts.ts'

const AT_REST = /^translate\(0(px|%)?(, 0(px|%)?)?\)$/

describe('alert layer', () => {
  beforeEach(() => {
    // Frames come when the test says so.
    gsap.ticker.sleep()
    vi.stubGlobal('matchMedia', () => ({ matches: false }))
    // There is no canvas here: names are not measured, so they are not shrunk.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  })
  afterEach(() => {
    cleanup()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  function show(first: AlertsState | undefined, atMs = 0) {
    let now = STARTED_AT + atMs
    const [state, setState] = createSignal(first)
    const motion: boolean[] = []
    const view = render(() => <AlertLayer state={state()} hubNow={() => now} onAnimating={(on) => motion.push(on)} />)
    const frameAt = (ms: number) => {
      now = STARTED_AT + ms
      gsap.ticker.tick()
    }
    const alert = () => view.container.querySelector<HTMLElement>('.alert')
    return { ...view, setState, motion, frameAt, alert }
  }

  it('says who, what and how much, and the message', () => {
    const { container } = show(sampleState(samplePlaying({ message: 'hello' })), 3000)
    expect(container.querySelector('.alert-who')?.textContent).toBe('Mira')
    expect(container.querySelector('.alert-what')?.textContent).toBe('subscribed')
    expect(container.querySelector('.alert-amount')?.textContent).toBe('Tier 1')
    expect(container.querySelector('.alert-message')?.textContent).toBe('hello')
  })

  it('shows no box for what is not there, and never the word undefined', () => {
    const { container } = show(sampleState(samplePlaying({ amount: null, message: null })))
    expect(container.querySelector('.alert-amount')).toBeNull()
    expect(container.querySelector('.alert-message')).toBeNull()
    expect(container.textContent).not.toMatch(/undefined|null|NaN/)
    expect(show(undefined).container.querySelector('.alert')).toBeNull()
  })

  it('treats what viewers write as text', () => {
    const { container } = show(sampleState(samplePlaying({ who: '<img src=x>', message: '<b>hi</b>' })))
    expect(container.querySelector('img, b')).toBeNull()
    expect(container.querySelector('.alert-who')?.textContent).toBe('<img src=x>')
  })

  it('draws emotes and bits in a message; without a picture the word, and a gem', () => {
    const text = (said: string) => ({ type: 'text', text: said, emote: null, cheermote: null })
    const fragments = [
      { type: 'cheermote', text: 'Cheer1500', emote: null, cheermote: { prefix: 'Cheer', bits: 1500 } },
      text(' <b>gg</b> '),
      { type: 'emote', text: 'Kappa', emote: { provider: 'twitch' as const, id: '25' }, cheermote: null },
    ]
    const message = 'Cheer1500 <b>gg</b> Kappa'
    const { container } = show(sampleState(samplePlaying({ message, fragments })), 3000)
    expect(container.querySelector('.alert-message')?.textContent).toBe('1,500 <b>gg</b> Kappa')
    expect(container.querySelectorAll('.cheermote[data-rank="2"] svg')).toHaveLength(1)
    expect(container.querySelector('b, img')).toBeNull()
  })

  it('comes from the left edge, stands, and leaves to it', () => {
    const { alert, frameAt, container } = show(sampleState(samplePlaying()))
    const badge = container.querySelector<HTMLElement>('.alert-badge')
    expect(badge?.style.transform).toContain('-100%')
    frameAt(2000)
    expect(badge?.style.transform).toMatch(AT_REST)
    frameAt(7850)
    expect(alert()?.style.transform).toMatch(/translate\(-\d/)
    frameAt(8000)
    expect(alert()).toBeNull()
  })

  it('is at its right place at once when the page is loaded in the middle', () => {
    const { container } = show(sampleState(samplePlaying()), 3000)
    const parts = ['.alert-badge', '.alert-plate', '.alert-who', '.alert-line']
    for (const part of parts) {
      expect(container.querySelector<HTMLElement>(part)?.style.transform, part).toMatch(AT_REST)
    }
  })

  it('says that it moves while it comes and goes, and not while it stands', () => {
    const page = show(sampleState(samplePlaying({ message: 'hello' })))
    expect(page.motion).toEqual([true])
    page.frameAt(2000)
    expect(page.motion).toEqual([true, false])
    page.frameAt(7850)
    expect(page.motion).toEqual([true, false, true])
    page.frameAt(8000)
    expect(page.motion).toEqual([true, false, true, false])
  })

  it('says that it stands when what moved is taken away', () => {
    const page = show(sampleState(samplePlaying()))
    page.unmount()
    expect(page.motion).toEqual([true, false])
  })

  it('only fades where motion is not wanted', () => {
    vi.stubGlobal('matchMedia', () => ({ matches: true }))
    const { alert, frameAt, container } = show(sampleState(samplePlaying()))
    expect(alert()?.style.opacity).toBe('0')
    frameAt(1000)
    expect(alert()?.style.opacity).toBe('1')
    expect(container.innerHTML).not.toContain('-100%')
  })

  it('leaves nothing behind after a hundred alerts', () => {
    const page = show(sampleState(null))
    for (let run = 1; run <= 100; run++) {
      page.setState(sampleState(samplePlaying({ run, id: `a${run}`, startedAt: STARTED_AT + run * 8000 })))
      page.frameAt(run * 8000 + 500)
      page.frameAt(run * 8000 + 8000)
      expect(page.alert()).toBeNull()
    }
    expect(gsap.globalTimeline.getChildren(true, true, true)).toHaveLength(0)
  })
})
