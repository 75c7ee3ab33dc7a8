import { cleanup, render } from '@solidjs/testing-library'
import gsap from 'gsap'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Content } from '../../contracts/content.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import { OmnibarLayer } from './omnibar-layer.tsx'
import { STARTED_AT, sampleContents, sampleItem, sampleProducer } from './sample-content.ts'

describe('the omnibar', () => {
  let frame = 0

  beforeEach(() => {
    vi.useFakeTimers()
    gsap.ticker.remove(gsap.updateRoot)
    frame = gsap.globalTimeline.time()
    vi.stubGlobal('matchMedia', () => ({ matches: false }))
    // There is no canvas here: names are not measured, so they are not shrunk.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  })
  afterEach(() => {
    cleanup()
    gsap.ticker.add(gsap.updateRoot)
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  function show(first: ProducerState | undefined) {
    let now = STARTED_AT
    const [state, setState] = createSignal(first)
    const dropped: string[] = []
    const motion: boolean[] = []
    const view = render(() => (
      <OmnibarLayer
        state={state()}
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
    const bar = (layer: string) => view.container.querySelector<HTMLElement>(`[data-layer="${layer}"]`)
    const phase = (layer: string) => bar(layer)?.dataset.state
    const text = (layer: string) => bar(layer)?.textContent
    return { ...view, setState, dropped, motion, pass, bar, phase, text }
  }

  const ticker = (content: Content, id = 'ticker:1') => sampleItem(content, { id })

  const WORDS = {
    'emote-stats': ['Emotes today', 'landalHype', '214', 'LUL'],
    'recent-follows': ['New followers', 'NightOwl_77', 'second_breakfast'],
    'daily-stats': ['Today', '4,217', 'messages', '38', 'new followers', '5,400', 'bits'],
    'stream-goals': ['Goals', 'Randomizer marathon', '142', '/ 200', '/ 10,000', '25,000 reached'],
    'latest-event': ['Latest gift', 'BigSpoon', 'gifted 5 subs'],
    'recent-events': ['Latest', 'CaptainHaddock7', 'raided with 143 viewers', 'NightOwl_77', 'Anonymous', 'はる'],
    'sub-train': ['Sub train', '×7', 'Juniper42', 'Tier 2', 'QuietRain', '61 months'],
    message: ['Raid', 'CaptainHaddock7 is here with 143 viewers: welcome aboard!'],
    'run-statistics': ['Run 812', 'MISTY', '6', '23', '3.4%'],
    'run-progression': ['MISTY', '3.4%', '790'],
  }

  it.each(Object.values(sampleContents).map((content) => [content.type, content] as const))(
    'draws %s',
    (type, content) => {
      const { bar, text } = show(sampleProducer({ background: ticker(content) }))
      expect(bar('background')?.dataset.content).toBe(type)
      for (const words of WORDS[type]) expect(text('background')).toContain(words)
      expect(text('background')).not.toMatch(/undefined|null|NaN|\[object|[{}]/)
    },
  )

  it.each([
    [{ ...sampleContents['emote-stats'], today: [] }, 'Top emotes'],
    [{ ...sampleContents['emote-stats'], today: [], all_time: [] }, 'No emotes yet'],
    [{ ...sampleContents['recent-follows'], follows: [] }, 'No followers yet'],
    [{ ...sampleContents['stream-goals'], goals: [] }, 'No goals yet'],
    [{ ...sampleContents['latest-event'], latest: null, at: null }, 'Nobody yet'],
    [{ ...sampleContents['run-statistics'], run_number: null }, 'No run yet'],
    [{ ...sampleContents['run-statistics'], current_checkpoint: null, clear_rate: null }, 'All cleared'],
    [{ ...sampleContents['run-progression'], has_active_run: false }, '811 runs so far'],
    [{ ...sampleContents.message, title: null }, 'CaptainHaddock7'],
  ] as const)('draws %o that has little to say', (content, words) => {
    const { text } = show(sampleProducer({ background: ticker(content as Content) }))
    expect(text('background')).toContain(words)
    expect(text('background')).not.toMatch(/undefined|null|NaN/)
  })

  it('is empty until the hub was heard, and when nothing stands', () => {
    expect(show(undefined).container.querySelector('.bar-plate')).toBeNull()
    expect(show(sampleProducer()).container.querySelector('.bar-plate')).toBeNull()
  })

  it('an alert interrupts the ticker, which comes back', () => {
    const alert = sampleItem(sampleContents.message, { id: 'a', layer: 'foreground', endsAt: STARTED_AT + 10_000 })
    const background = ticker(sampleContents['daily-stats'])
    const page = show(sampleProducer({ background }))
    page.pass(500)
    page.setState(sampleProducer({ background, foreground: alert }))
    expect([page.phase('foreground'), page.phase('background')]).toEqual(['entering', 'interrupted'])
    page.pass(500)
    page.setState(sampleProducer({ background }))
    page.pass(350)
    expect([page.phase('foreground'), page.phase('background')]).toEqual(['hidden', 'active'])
    page.pass(500)
    expect(page.motion).toEqual([true, false, true, false, true, false])
  })

  it('the next of the ticker takes the place of the one before, which is gone then', () => {
    const page = show(sampleProducer({ background: ticker(sampleContents['daily-stats']) }))
    page.pass(500)
    page.setState(sampleProducer({ background: ticker(sampleContents['recent-follows'], 'ticker:2') }))
    expect(page.bar('background')?.querySelectorAll('.content')).toHaveLength(2)
    expect(page.phase('background')).toBe('active')
    page.pass(1500)
    expect(page.bar('background')?.querySelectorAll('.content')).toHaveLength(1)
    expect(page.text('background')).toContain('New followers')
    expect(page.text('background')).not.toContain('messages')
    expect(page.motion).toEqual([true, false, true, false])
  })

  it('however fast they come, the newest stays', () => {
    const page = show(sampleProducer({ background: ticker(sampleContents['daily-stats']) }))
    for (let n = 2; n < 30; n++) {
      const content = n % 2 === 0 ? sampleContents['recent-follows'] : sampleContents['emote-stats']
      page.setState(sampleProducer({ background: ticker(content, `ticker:${n}`) }))
      page.pass(n * 30)
      expect(page.bar('background')?.querySelectorAll('.content').length).toBeLessThanOrEqual(2)
    }
    page.pass(2000)
    expect(page.bar('background')?.querySelectorAll('.content')).toHaveLength(1)
    expect(page.text('background')).toContain('Emotes today')
  })

  it('what comes while the bar leaves comes in with the next bar, without what left', () => {
    const message = (id: string, text: string) =>
      sampleItem({ ...sampleContents.message, message: text }, { id, layer: 'foreground' })
    const page = show(sampleProducer({ foreground: message('a', 'the first') }))
    page.pass(500)
    page.setState(sampleProducer())
    page.pass(100)
    page.setState(sampleProducer({ foreground: message('b', 'the second') }))
    expect([page.phase('foreground'), page.text('foreground')]).toEqual(['exiting', 'Raidthe first'])
    page.pass(250)
    expect([page.phase('foreground'), page.text('foreground')]).toEqual(['entering', 'Raidthe second'])
  })

  it('news of the same content change it where it stands', () => {
    const train = (count: number, endsAt: number) =>
      sampleProducer({
        midground: sampleItem({ ...sampleContents['sub-train'], count }, { id: 't', layer: 'midground', endsAt }),
      })
    const page = show(train(7, STARTED_AT + 60_000))
    page.pass(500)
    const before = page.bar('midground')?.querySelector('.content')
    expect(page.text('midground')).toContain('×7')
    page.setState(train(8, STARTED_AT + 301_000))
    expect(page.text('midground')).toContain('×8')
    expect(page.text('midground')).toContain('5:01')
    page.pass(1100)
    expect(page.text('midground')).toContain('5:00')
    expect(page.bar('midground')?.querySelector('.content')).toBe(before)
  })

  it('what has an end goes with it even if the hub is away; the ticker stays', () => {
    const endsAt = STARTED_AT + 5000
    const page = show(
      sampleProducer({
        background: sampleItem(sampleContents['daily-stats'], { endsAt }),
        foreground: sampleItem(sampleContents.message, { id: 'a', layer: 'foreground', endsAt }),
      }),
    )
    page.pass(4900)
    expect(page.phase('foreground')).toBe('active')
    page.pass(2000)
    expect([page.phase('foreground'), page.phase('background')]).toEqual(['hidden', 'active'])
    const late = show(sampleProducer({ foreground: sampleItem(sampleContents.message, { endsAt: STARTED_AT - 9000 }) }))
    expect(late.phase('foreground')).toBe('hidden')
  })

  it('drops what it does not know, says why once, and shows the rest', () => {
    const odd = { type: 'weather', secret: 'rain' } as unknown as Content
    const state = sampleProducer({
      foreground: sampleItem(odd, { id: 'odd', layer: 'foreground' }),
      background: ticker(sampleContents['daily-stats']),
    })
    const page = show(state)
    page.setState({ ...state })
    expect(page.dropped).toEqual([
      'content "odd" on the foreground is not drawn: its type "weather" is not known to this page; reload it',
    ])
    expect([page.phase('foreground'), page.phase('background')]).toEqual(['hidden', 'entering'])
    expect(page.container.textContent).not.toMatch(/rain|weather/)
  })

  it('treats what viewers write as text', () => {
    const message = { ...sampleContents.message, title: '<b>x</b>', message: '<img src=x onerror=alert(1)>' }
    const { container } = show(sampleProducer({ foreground: sampleItem(message, { layer: 'foreground' }) }))
    expect(container.querySelector('img, b, script')).toBeNull()
    expect(container.textContent).toContain('<img src=x')
  })

  it('wears the accent of the show', () => {
    const { container } = show(sampleProducer({}, { theme: 'ironmon' }))
    expect(container.querySelector<HTMLElement>('.omnibar')?.dataset.show).toBe('ironmon')
  })

  it('leaves no timer, no animation and no element behind', () => {
    const endsAt = STARTED_AT + 60_000
    const item = sampleItem(sampleContents['sub-train'], { layer: 'midground', endsAt })
    const page = show(sampleProducer({ midground: item, background: ticker(sampleContents['daily-stats']) }))
    page.pass(100)
    page.setState(sampleProducer({ background: ticker(sampleContents['emote-stats'], 'ticker:2') }))
    page.unmount()
    expect(vi.getTimerCount()).toBe(0)
    page.pass(100)
    expect(gsap.globalTimeline.getChildren(true, true, true)).toHaveLength(0)
  })
})
