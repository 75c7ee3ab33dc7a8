import { describe, expect, it } from 'vitest'
import { DisposableStore, MutableDisposable, toDisposable, trackDisposables } from './lifecycle.ts'

describe('toDisposable', () => {
  it('releases once', () => {
    let released = 0
    const disposable = toDisposable(() => {
      released += 1
    })
    disposable.dispose()
    disposable.dispose()
    expect(released).toBe(1)
  })
})

describe('DisposableStore', () => {
  it('releases the last first', () => {
    const order: number[] = []
    const store = new DisposableStore()
    for (const n of [1, 2, 3]) store.defer(() => order.push(n))
    store.dispose()
    store.dispose()
    expect(order).toEqual([3, 2, 1])
  })

  it('goes on past one that throws, and reports all of them together', () => {
    const store = new DisposableStore()
    let released = false
    store.defer(() => {
      released = true
    })
    for (const n of [1, 2]) {
      store.defer(() => {
        throw new Error(`fault ${n}`)
      })
    }
    expect(() => store.dispose()).toThrow(AggregateError)
    expect(released).toBe(true)
  })

  it('releases at once what is added too late', () => {
    const store = new DisposableStore()
    store.dispose()
    let released = false
    store.defer(() => {
      released = true
    })
    expect(released).toBe(true)
  })

  it('releases one early and forgets it', () => {
    const store = new DisposableStore()
    let released = 0
    const one = store.add(toDisposable(() => (released += 1)))
    store.delete(one)
    store.dispose()
    expect(released).toBe(1)
  })
})

describe('MutableDisposable', () => {
  it('releases the old one when a new one comes, and everything after its own end', () => {
    const released: string[] = []
    const slot = new MutableDisposable()
    for (const name of ['a', 'b']) slot.set(toDisposable(() => released.push(name)))
    expect(released).toEqual(['a'])
    slot.dispose()
    slot.set(toDisposable(() => released.push('c')))
    expect(released).toEqual(['a', 'b', 'c'])
  })
})

describe('trackDisposables', () => {
  it('names what was never released by the stack that made it', () => {
    const finish = trackDisposables()
    const store = new DisposableStore()
    toDisposable(() => {}).dispose()
    store.add(toDisposable(() => {}))
    expect(finish()).toHaveLength(2)
    const finishAgain = trackDisposables()
    new DisposableStore().dispose()
    expect(finishAgain()).toEqual([])
  })
})
