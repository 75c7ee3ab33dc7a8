import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EmoteRainState, Rain } from '../../../contracts/state/emote-rain.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'
import { RainView, WAITING_MAX } from './rain-view.ts'

const emote = (name: string) => ({ provider: 'twitch' as const, id: 'x', name })
const rain = (count: number, change: Partial<Rain> = {}): Rain => ({
  cause: 'burst',
  at: NOW,
  count,
  emotes: [emote('Kappa')],
  ...change,
})
const state = (rains: Record<string, Rain>, clearedUpTo = 0): { rain: EmoteRainState } => ({
  rain: { rains, clearedUpTo },
})

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame', 'performance'],
  })
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const SETTINGS = { size: 84, gravity: 1, restitution: 0, friction: 0.3, airFriction: 0.01, rotation: 0 }
const LIMITS = { floor: 84, lifetime: 5, maxEmotes: 10, spawnDelay: 100 }

function view(change: Partial<typeof LIMITS> = {}) {
  const root = document.createElement('div')
  const motion: boolean[] = []
  const size = { width: 1920, height: 1080 }
  const settings = { ...SETTINGS, ...LIMITS, ...change }
  const rainView = new RainView({
    root,
    size,
    settings,
    onAnimating: (moving) => motion.push(moving),
    random: () => 0.5,
  })
  return { root, motion, rainView }
}

describe('the view', () => {
  it('does nothing while nothing is there', () => {
    const { rainView, motion } = view()
    rainView.clear()
    rainView.configure({ ...SETTINGS, ...LIMITS })
    expect(vi.getTimerCount()).toBe(0)
    expect(motion).toEqual([])
    rainView.dispose()
  })

  it('lets them fall one after the other, never more than wanted, and sleeps while they lie', () => {
    const { rainView, root, motion } = view()
    rainView.rain([emote('A'), emote('B')], 1000)
    expect(rainView.waiting).toBe(WAITING_MAX)
    vi.advanceTimersByTime(250)
    expect(rainView.count).toBe(3)
    expect(root.textContent).toBe('ABA')
    vi.advanceTimersByTime(3000)
    expect(rainView.count).toBe(10)
    expect(root.children).toHaveLength(10)
    rainView.clear()
    vi.advanceTimersByTime(4000)
    expect([rainView.count, root.children.length, motion.at(-1)]).toEqual([0, 0, false])
    expect(vi.getTimerCount()).toBe(0)
    rainView.dispose()
  })

  it('asks for no frame while all lie still, and then all go', () => {
    const { rainView, motion } = view({ lifetime: 30 })
    rainView.rain([emote('A')], 1)
    vi.advanceTimersByTime(15_000)
    expect(motion).toEqual([true, false])
    const asked = vi.spyOn(globalThis, 'requestAnimationFrame')
    vi.advanceTimersByTime(10_000)
    expect(asked).not.toHaveBeenCalled()
    vi.advanceTimersByTime(15_000)
    expect([rainView.count, motion.at(-1)]).toEqual([0, false])
    asked.mockRestore()
    rainView.dispose()
  })

  it('lets them go in their time, however often more are said while the box is full', () => {
    const { rainView } = view({ lifetime: 10, maxEmotes: 1 })
    rainView.rain([emote('A')], 1)
    vi.advanceTimersByTime(5000)
    for (let second = 0; second < 10; second++) {
      rainView.rain([emote('B')], 1)
      vi.advanceTimersByTime(1000)
    }
    expect(rainView.waiting).toBe(9)
    rainView.dispose()
  })

  it('moves by transform alone, and leaves nothing behind', () => {
    const { rainView, root } = view()
    rainView.rain(HOSTILE_NAMES.map(emote), 7)
    vi.advanceTimersByTime(900)
    for (const drop of root.querySelectorAll<HTMLElement>('.rain-drop')) {
      expect(drop.style.transform).toMatch(/^translate3d\(-?[\d.]+px, -?[\d.]+px, 0(px)?\) rotate\(-?[\d.]+rad\)$/)
      expect((drop.textContent ?? '').length).toBeLessThanOrEqual(16)
    }
    expect(root.querySelector('script, img')).toBeNull()
    rainView.dispose()
    expect(root.children).toHaveLength(0)
  })
})

describe('the emote rain widget', () => {
  const shown = (widget: { container: HTMLElement }) => widget.container.querySelectorAll('.rain-drop').length

  async function open(data = state({})) {
    const opening = showWidget('emote-rain', { data })
    await vi.advanceTimersByTimeAsync(100)
    return opening
  }

  it('takes each rain once, and none that is over', async () => {
    const widget = await open(state({ 1: rain(5, { at: NOW - 60_000 }) }))
    await vi.advanceTimersByTimeAsync(500)
    expect(shown(widget)).toBe(0)
    widget.setData(state({ 1: rain(5, { at: NOW - 60_000 }), 2: rain(2) }))
    await vi.advanceTimersByTimeAsync(1000)
    expect(shown(widget)).toBe(2)
    widget.setData(state({ 2: rain(2), 3: rain(1) }))
    await vi.advanceTimersByTimeAsync(1000)
    expect(shown(widget)).toBe(3)
    widget.setData(state({}, 3))
    await vi.advanceTimersByTimeAsync(4000)
    expect(shown(widget)).toBe(0)
    expect(widget.dropped).toEqual([])
    widget.end()
  })

  it('rains for what is wanted', async () => {
    const widget = await open()
    widget.setSettings({ fromChat: false, fromEvents: false })
    widget.setData(state({ 1: rain(1, { cause: 'message' }), 2: rain(1, { cause: 'raid' }), 3: rain(1) }))
    await vi.advanceTimersByTimeAsync(1000)
    expect(shown(widget)).toBe(1)
    widget.end()
  })
})
