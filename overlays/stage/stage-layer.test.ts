import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { Layer } from '../../contracts/output.ts'
import { createLayerStack, type LayerStack } from './layer-stack.ts'
import { ROUND_MS } from './stage-layer.ts'

const STAGE = new URL('http://127.0.0.1:7175/overlay/main?token=secret')

const page = (id: string, change: Partial<Layer> = {}): Layer => ({
  id,
  name: id,
  source: { kind: 'page', page: 'alerts' },
  visible: true,
  rect: { x: 10, y: 20, width: 300, height: 200 },
  crop: { top: 0, right: 0, bottom: 0, left: 0 },
  opacity: 1,
  blend: 'normal',
  css: '',
  pageCss: '',
  transparent: true,
  ...change,
})
const url = (id: string, change: Partial<Layer> = {}) =>
  page(id, { source: { kind: 'url', url: 'http://widgets.example/w' }, ...change })

describe('stage layers', () => {
  ensureNoLeaks()
  let clock: FakeClock
  let stack: LayerStack
  let root: HTMLElement
  let reachable: boolean
  let isHeard: boolean

  beforeEach(() => {
    clock = new FakeClock()
    reachable = true
    isHeard = false
    root = document.createElement('div')
    document.body.append(root)
    // As of a page of another origin.
    vi.spyOn(HTMLIFrameElement.prototype, 'contentDocument', 'get').mockReturnValue(null)
    // There is no network here; what is loaded is what the test says.
    root.addEventListener('load', (event) => event.isTrusted && event.stopImmediatePropagation(), true)
    stack = createLayerStack(root, {
      stage: STAGE,
      clock,
      random: () => 0,
      isReachable: async () => reachable,
      isHeard: () => isHeard,
    })
  })
  afterEach(() => {
    stack.dispose()
    expect(clock.pendingTimers).toBe(0)
    expect(root.children).toHaveLength(0)
    root.remove()
    vi.restoreAllMocks()
  })

  const frameOf = (id: string) => root.querySelector<HTMLIFrameElement>(`iframe[name="${id}"]`)
  const boxOf = (id: string) => frameOf(id)?.parentElement
  const states = () => stack.layers.map(({ id, state }) => `${id} ${state}`).join(', ')

  /** As the page inside says it. */
  function beat(id: string, animating = false): void {
    const source = frameOf(id)?.contentWindow ?? null
    const data = { landale: 'beat', animating }
    dispatchEvent(new MessageEvent('message', { source, origin: location.origin, data }))
  }

  const loaded = (id: string) => frameOf(id)?.dispatchEvent(new Event('load'))

  it('gives pages of ours the token, and each frame no more than it needs', async () => {
    stack.show([page('ours'), url('theirs')])
    await clock.advance(0)
    expect(frameOf('ours')?.getAttribute('src')).toBe('/layer/alerts?token=secret')
    expect(frameOf('ours')?.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin')
    expect(frameOf('theirs')?.getAttribute('src')).toBe('http://widgets.example/w')
    expect(frameOf('theirs')?.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin')
    expect(frameOf('theirs')?.getAttribute('allow')).toContain("autoplay 'none'")
    expect(frameOf('theirs')?.hasAttribute('credentialless')).toBe(true)
  })

  it('shows a widget by the address of its own, with the token of the output', () => {
    stack.show([page('w', { source: { kind: 'widget', widget: 'a/b' } })])
    expect(frameOf('w')?.getAttribute('src')).toBe('/widget/a%2Fb?token=secret')
  })

  it('is not to be seen before it has said that it is there', async () => {
    stack.show([page('a', { opacity: 0.5 })])
    expect(boxOf('a')?.style.opacity).toBe('0')
    expect(states()).toBe('a loading')
    beat('a')
    expect(boxOf('a')?.style.opacity).toBe('0.5')
    expect(states()).toBe('a ready')
  })

  it('hears nobody else in the name of a layer', () => {
    stack.show([page('a')])
    const data = { landale: 'beat', animating: true }
    dispatchEvent(new MessageEvent('message', { source: window, origin: location.origin, data }))
    const source = frameOf('a')?.contentWindow ?? null
    dispatchEvent(new MessageEvent('message', { source, origin: 'http://evil.example', data }))
    expect(states()).toBe('a loading')
  })

  it('takes a silent one away, and loads it anew after longer and longer', async () => {
    stack.show([page('a'), page('good')])
    const good = frameOf('good')
    const waits: number[] = []
    for (let n = 0; n < 4; n++) {
      beat('a')
      beat('good')
      while (frameOf('a')) {
        await clock.advance(50)
        beat('good')
      }
      expect(states()).toBe('a waiting, good ready')
      const since = clock.monotonic()
      while (!frameOf('a')) await clock.advance(50)
      waits.push(clock.monotonic() - since)
    }
    expect(waits).toEqual([250, 500, 1000, 2000])
    expect(frameOf('good')).toBe(good)
  })

  it('forgets its failures once it has lived for a while', async () => {
    stack.show([page('a')])
    const fail = async () => {
      beat('a')
      while (frameOf('a')) await clock.advance(50)
      const since = clock.monotonic()
      while (!frameOf('a')) await clock.advance(50)
      return clock.monotonic() - since
    }
    await fail()
    expect(await fail()).toBe(500)
    for (let n = 0; n < 31; n++) {
      beat('a')
      await clock.advance(ROUND_MS)
    }
    expect(await fail()).toBe(250)
  })

  it('gives up a page that never comes, and tries at once when told', async () => {
    stack.show([page('a')])
    while (frameOf('a')) await clock.advance(50)
    expect(states()).toBe('a waiting')
    stack.retry()
    expect(states()).toBe('a loading')
  })

  it('frames nothing that has no server, and waits for one', async () => {
    reachable = false
    stack.show([url('a')])
    await clock.advance(0)
    expect(states()).toBe('a waiting')
    expect(frameOf('a')).toBeNull()
    reachable = true
    await clock.advance(250)
    expect(states()).toBe('a ready')
  })

  it('lets a page forward its visitor once, and puts back one that leaves later', async () => {
    stack.show([url('a')])
    await clock.advance(0)
    loaded('a')
    await clock.advance(500)
    loaded('a')
    expect(states()).toBe('a ready')
    await clock.advance(500)
    loaded('a')
    expect(states()).toBe('a waiting')
  })

  it('keeps a hidden page for a while, then lets it go, and never loads one that was never seen', async () => {
    stack.show([url('a'), url('unseen', { visible: false })])
    await clock.advance(0)
    const frame = frameOf('a')
    const hidden = [url('a', { visible: false }), url('unseen', { visible: false })]
    stack.show(hidden)
    expect(boxOf('a')?.style.display).toBe('none')
    await clock.advance(20 * ROUND_MS)
    stack.show([url('a'), url('unseen', { visible: false })])
    expect(frameOf('a')).toBe(frame)
    stack.show(hidden)
    await clock.advance(31 * ROUND_MS)
    expect(states()).toBe('a off, unseen off')
    stack.reload('a')
    expect(states()).toBe('a off, unseen off')
    stack.show([url('a')])
    await clock.advance(0)
    expect(states()).toBe('a ready')
    expect(frameOf('a')).not.toBe(frame)
  })

  it('orders by z-index and leaves every frame where it is in the document', async () => {
    stack.show([url('a'), url('b'), url('c')])
    await clock.advance(0)
    const before = [...root.querySelectorAll('iframe')]
    stack.show([url('c'), url('a', { rect: { x: 1, y: 2, width: 3, height: 4 }, css: 'filter: blur(2px)' }), url('b')])
    expect([...root.querySelectorAll('iframe')]).toEqual(before)
    expect(['a', 'b', 'c'].map((id) => boxOf(id)?.style.zIndex)).toEqual(['1', '2', '0'])
    expect(stack.layers.map(({ id }) => id)).toEqual(['c', 'a', 'b'])
    expect(frameOf('a')?.style.filter).toBe('blur(2px)')
  })

  it('loads anew what shows something else now, and what may be heard now', async () => {
    stack.show([url('a'), page('b')])
    await clock.advance(0)
    beat('b')
    const [a, b] = [frameOf('a'), frameOf('b')]
    stack.permissionsChanged()
    expect(frameOf('a')).toBe(a)
    isHeard = true
    stack.permissionsChanged()
    await clock.advance(0)
    expect(frameOf('a')).not.toBe(a)
    expect(frameOf('a')?.getAttribute('allow')).toContain("autoplay 'src'")
    expect(frameOf('b')).toBe(b)
    stack.show([url('a', { source: { kind: 'url', url: 'http://other.example/' } })])
    await clock.advance(0)
    expect(frameOf('a')?.getAttribute('src')).toBe('http://other.example/')
  })

  it('moves when a page of ours that is to be seen says so', () => {
    stack.show([page('a'), page('b')])
    beat('a')
    beat('b', true)
    expect(stack.isAnimating).toBe(true)
    stack.show([page('a'), page('b', { visible: false })])
    expect(stack.isAnimating).toBe(false)
    stack.show([page('a'), page('b')])
    beat('b', false)
    expect(stack.isAnimating).toBe(false)
  })

  it.each([
    'http://127.0.0.1:7175/overlay/main',
    'http://localhost:7175/live/main',
    'http://[::1]:7175/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'no address',
  ])('does not draw %s', async (address) => {
    stack.show([url('a', { source: { kind: 'url', url: address } })])
    await clock.advance(0)
    expect(states()).toBe('a refused')
    expect(root.querySelector('iframe')).toBeNull()
    stack.reload('a')
    expect(states()).toBe('a refused')
  })
})
