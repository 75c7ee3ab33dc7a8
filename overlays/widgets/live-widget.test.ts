import { createRoot } from 'solid-js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import { defaultSettings } from '../../contracts/widgets.ts'
import { sampleProducer } from '../omnibar/sample-content.ts'
import { createLiveWidget } from './live-widget.ts'
import { createPreviewWidget } from './preview-widget.ts'

/** The hub as a page hears it. */
class FakeClient {
  readonly #listeners = new Map<string, Set<(value: never) => void>>()

  state<K extends StateTopic>(topic: K, onValue: (value: StateTopics[K]) => void): Disposable {
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners)
    listeners.add(onValue as (value: never) => void)
    return toDisposable(() => {
      listeners.delete(onValue as (value: never) => void)
      if (listeners.size === 0) this.#listeners.delete(topic)
    })
  }

  has<K extends StateTopic>(topic: K, value: StateTopics[K]): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(value as never)
  }

  get topics(): string[] {
    return [...this.#listeners.keys()].sort()
  }
}

const timer = (settings: object = {}) => ({
  id: 'w1',
  kind: 'timer' as const,
  name: 'T',
  settings: { ...defaultSettings('timer'), ...settings },
})
const state = (leftMs: number) => ({
  status: 'paused' as const,
  startedAt: 1,
  endsAt: null,
  leftMs,
  givenMs: 0,
  last: null,
})

describe('a widget as the hub has it', () => {
  ensureNoLeaks()

  function open(id = 'w1') {
    const client = new FakeClient()
    const dropped: string[] = []
    return createRoot((dispose) => {
      const shown = createLiveWidget({ client, id, onDropped: (reason) => dropped.push(reason) })
      return { client, dropped, shown, dispose }
    })
  }

  it('is there once all of it is known, and follows what changes', () => {
    const { client, shown, dropped, dispose } = open()
    expect(shown()).toBeUndefined()
    client.has('state:widgets', { widgets: [timer()], presets: [] })
    expect(shown()).toBeUndefined()
    expect(client.topics).toEqual(['state:producer', 'state:timers', 'state:widgets'])
    client.has('state:timers', { timers: { w1: state(5), w2: state(9) } })
    expect(shown()).toMatchObject({ kind: 'timer', theme: undefined, data: { timer: { leftMs: 5 } } })
    const before = shown()
    client.has('state:producer', sampleProducer({}, { theme: 'coding' }))
    client.has('state:widgets', { widgets: [timer({ heading: 'Now' })], presets: [] })
    client.has('state:timers', { timers: { w1: state(4) } })
    // The same one: what was changed in it is followed by itself, and nothing is drawn anew.
    expect(shown()).toBe(before)
    expect(shown()).toMatchObject({ theme: 'coding', settings: { heading: 'Now' }, data: { timer: { leftMs: 4 } } })
    expect(dropped).toEqual([])
    dispose()
    expect(client.topics).toEqual([])
  })

  it('goes when it is removed, and says once why nothing is there', () => {
    const { client, shown, dropped, dispose } = open()
    client.has('state:widgets', { widgets: [timer()], presets: [] })
    client.has('state:timers', { timers: {} })
    expect(shown()?.data).toEqual({ timer: null })
    client.has('state:widgets', { widgets: [], presets: [] })
    client.has('state:widgets', { widgets: [], presets: [] })
    expect(shown()).toBeUndefined()
    expect(dropped).toEqual([expect.stringContaining('there is no widget "w1"')])
    dispose()
  })

  it('is not drawn by a page that does not know its kind', () => {
    const { client, shown, dropped, dispose } = open()
    const unknown = { ...timer(), kind: 'weather' as never }
    client.has('state:widgets', { widgets: [unknown], presets: [] })
    expect(shown()).toBeUndefined()
    expect(dropped).toEqual([expect.stringContaining('weather')])
    expect(client.topics).toEqual(['state:producer', 'state:widgets'])
    dispose()
  })
})

describe('a preview', () => {
  afterEach(() => vi.useRealTimers())

  function say(data: unknown, from: { source?: Window | null; origin?: string } = {}): void {
    dispatchEvent(new MessageEvent('message', { data, source: window, origin: location.origin, ...from }))
  }

  it('follows the settings it is told, by the page around it alone', () => {
    createRoot((dispose) => {
      const { shown } = createPreviewWidget('timer', 12)
      expect(shown().settings).toEqual(defaultSettings('timer'))
      const settings = { ...defaultSettings('timer'), minutes: 5 }
      say({ landale: 'preview-settings', settings }, { origin: 'http://evil.example' })
      say({ landale: 'preview-settings', settings }, { source: null })
      say({ landale: 'preview-settings', settings: null })
      say('preview-settings')
      expect(shown().settings.minutes).toBe(60)
      say({ landale: 'preview-settings', settings })
      expect(shown().settings.minutes).toBe(5)
      dispose()
    })
  })

  it('makes something up every second, or stays where it is for a picture', () => {
    vi.useFakeTimers()
    createRoot((dispose) => {
      const moving = createPreviewWidget('goals', null)
      const still = createPreviewWidget('goals', 7)
      const first = (shown: () => { data: Record<string, unknown> }) =>
        (shown().data.goals as { current_amount: number }[])[0]?.current_amount
      expect([first(moving.shown), first(still.shown)]).toEqual([940, 947])
      vi.advanceTimersByTime(3000)
      expect([first(moving.shown), first(still.shown)]).toEqual([943, 947])
      expect(still.hubNow()).toBe(still.hubNow())
      dispose()
    })
    expect(vi.getTimerCount()).toBe(0)
  })
})
