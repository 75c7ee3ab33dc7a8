/** A widget of any kind in a test, as the page draws it; and names as nobody should have. */
import { render } from '@solidjs/testing-library'
import { createStore, reconcile } from 'solid-js/store'
import { expect, vi } from 'vitest'
import {
  defaultSettings,
  type WidgetData,
  type WidgetKind,
  type WidgetSettings,
  widgetDefinitions,
} from '../../../contracts/widgets.ts'
import { WidgetFrame } from '../widget-frame.tsx'

/** A Tuesday in 2027; a multiple of 1000. */
export const NOW = 1_800_000_000_000

/** What viewers call themselves: long, from right to left, stacked, nothing but signs, markup. */
export const HOSTILE_NAMES = [
  'W'.repeat(10_000),
  'مرحبا بالعالم العربي الطويل جدا',
  'Z̸̢̛͓̲̈́̋̚͝a̷̡̛̼̔̄l̵̰̃̈́g̶̨̈o̸̭͘'.repeat(20),
  '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(200),
  '<img src=x onerror="globalThis.hacked=true"><script>globalThis.hacked=true</script>',
  '\u202Edesrever\u0000\u200b',
  '',
] as const

interface Shown<K extends WidgetKind> {
  settings?: Partial<WidgetSettings<K>>
  /** What the preview shows in its first second, unless given. */
  data?: WidgetData<K>
}

/** `end` it: it stands in for the browser's canvas and media queries. */
export async function showWidget<K extends WidgetKind>(kind: K, given: Shown<K> = {}) {
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  // There is no canvas here: names are not measured, so they are not shrunk.
  const canvas = vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  const settings = { ...defaultSettings(kind), ...given.settings }
  const simulated = () => widgetDefinitions[kind].simulate({ settings: settings as never, second: 0, now: NOW })
  const [shown, setShown] = createStore<{ settings: Record<string, unknown>; data: Record<string, unknown> }>({
    settings,
    data: (given.data ?? simulated()) as Record<string, unknown>,
  })
  const [time, setTime] = createStore({ now: NOW })
  const dropped: string[] = []
  const motion: boolean[] = []
  const { container, unmount } = render(() => (
    <WidgetFrame
      shown={{ kind, settings: shown.settings, data: shown.data, theme: 'variety', accent: null }}
      hubNow={() => time.now}
      onAnimating={(moving) => motion.push(moving)}
      onDropped={(reason) => dropped.push(reason)}
    />
  ))
  // Its component is loaded when it is shown.
  await expect.poll(() => container.querySelector('[data-loaded]')).not.toBeNull()
  return {
    container,
    /** What viewers read. */
    text: () => container.textContent ?? '',
    /** Why nothing is drawn. */
    dropped,
    motion,
    setSettings: (change: Partial<WidgetSettings<K>>) => setShown('settings', change as Record<string, unknown>),
    setData: (data: WidgetData<K>) => setShown('data', reconcile(data as Record<string, unknown>)),
    setNow: (now: number) => setTime('now', now),
    end() {
      unmount()
      canvas.mockRestore()
      vi.unstubAllGlobals()
    },
  }
}
