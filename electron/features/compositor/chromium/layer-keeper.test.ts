import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import { HANG_MS, LayerKeeper, PING_MS } from './layer-keeper.ts'
import { FakeCdp } from './testing/fake-cdp.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('layers that are processes of their own', () => {
  ensureNoLeaks()
  let clock: FakeClock
  let cdp: FakeCdp
  let reloaded: string[]
  let troubles: string[]

  beforeEach(() => {
    clock = new FakeClock()
    cdp = new FakeCdp()
    reloaded = []
    troubles = []
  })

  async function keep(run: (keeper: LayerKeeper) => Promise<void>): Promise<void> {
    const keeper = new LayerKeeper({
      cdp: cdp.session('page'),
      session: (sessionId) => cdp.session(sessionId),
      forget: (sessionId) => cdp.forget(sessionId),
      clock,
      random: () => 0,
      reload: (layerId) => reloaded.push(layerId),
      onTrouble: (layerId, what) => troubles.push(`${layerId} ${what}`),
    })
    try {
      await keeper.start()
      await run(keeper)
    } finally {
      keeper.dispose()
    }
    expect(clock.pendingTimers).toBe(0)
  }

  async function attach(sessionId: string, name: string, parent = 'page'): Promise<void> {
    // Of the frame that was attached last.
    cdp.answer('page', 'DOM.describeNode', { node: { attributes: ['class', 'name', 'name', name] } })
    const targetInfo = {
      targetId: sessionId,
      type: 'iframe',
      title: '',
      url: '',
      attached: true,
      canAccessOpener: false,
    }
    cdp.emit(parent, 'Target.attachedToTarget', { sessionId, targetInfo, waitingForDebugger: false })
    await settled()
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += PING_MS) {
      await clock.advance(PING_MS)
    }
  }

  it('one that crashed is loaded anew, later each time', () =>
    keep(async () => {
      await attach('a', 'chat')
      for (const delay of [250, 500, 1000]) {
        cdp.emit('a', 'Inspector.targetCrashed', undefined)
        const before = reloaded.length
        await clock.advance(delay - 1)
        expect(reloaded).toHaveLength(before)
        await clock.advance(1)
        expect(reloaded).toHaveLength(before + 1)
      }
      expect(troubles[0]).toBe('chat crashed')
    }))

  it('one that has long been well starts over with short waits', () =>
    keep(async () => {
      await attach('a', 'chat')
      for (let time = 0; time < 5; time++) {
        cdp.emit('a', 'Inspector.targetCrashed', undefined)
        await clock.advance(10_000)
      }
      await pass(31_000)
      reloaded.length = 0
      cdp.emit('a', 'Inspector.targetCrashed', undefined)
      await clock.advance(250)
      expect(reloaded).toEqual(['chat'])
    }))

  it('one that does not answer is ended, and its crash told like any other', () =>
    keep(async () => {
      await attach('a', 'chat')
      await attach('b', 'goals')
      cdp.silence('b')
      await pass(HANG_MS + 3 * PING_MS)
      expect(cdp.asked.filter((asked) => asked.endsWith('Page.crash'))).toEqual(['b Page.crash'])
      cdp.emit('b', 'Inspector.targetCrashed', undefined)
      await clock.advance(250)
      expect(reloaded).toEqual(['goals'])
    }))

  it('one that hangs from the start has a name all the same', () =>
    keep(async () => {
      cdp.silence('a')
      await attach('a', 'chat')
      await pass(HANG_MS + 3 * PING_MS)
      cdp.emit('a', 'Inspector.targetCrashed', undefined)
      await clock.advance(250)
      expect(reloaded).toEqual(['chat'])
    }))

  it('a frame inside a layer is the layer; several crashes at once are one', () =>
    keep(async () => {
      await attach('a', 'chat')
      await attach('ad', 'advertisement', 'a')
      cdp.emit('ad', 'Inspector.targetCrashed', undefined)
      cdp.emit('a', 'Inspector.targetCrashed', undefined)
      await clock.advance(60_000)
      expect(reloaded).toEqual(['chat'])
    }))

  it('a frame that has gone is not asked any more', () =>
    keep(async () => {
      await attach('a', 'chat')
      cdp.emit('page', 'Target.detachedFromTarget', { sessionId: 'a' })
      cdp.asked.length = 0
      await pass(3 * PING_MS)
      expect(cdp.asked).toEqual([])
      expect(cdp.forgotten).toEqual(['a'])
    }))

  it('a frame without a name is nobody’s layer', () =>
    keep(async () => {
      await attach('a', '')
      cdp.emit('a', 'Inspector.targetCrashed', undefined)
      await clock.advance(60_000)
      expect(reloaded).toEqual([])
    }))
})
