import { describe, expect, it } from 'vitest'
import { InOrder } from './in-order.ts'

describe('requests in order', () => {
  it('sends at once what has nothing before it', () => {
    const order = new InOrder()
    const sent: string[] = []
    void order.pass(async () => void sent.push('a'))
    expect(sent).toEqual(['a'])
  })

  it('holds back what was asked for behind one that gets ready, and whatever is asked for meanwhile', async () => {
    const order = new InOrder()
    const sent: string[] = []
    const send = (what: string) => order.pass(async () => void sent.push(what))
    const ready = Promise.withResolvers<string>()
    const slow = (promise: Promise<string>) =>
      order.prepare(
        async () => promise,
        async (what) => void sent.push(what),
      )
    const alsoReady = Promise.withResolvers<string>()
    const first = slow(ready.promise)
    // Asked for in the turns in which the first one is let through.
    const late = ready.promise.then(() => send('late'))
    const rest = [send('second'), slow(alsoReady.promise), send('fourth')]
    expect(order.waiting).toBe(3)
    alsoReady.resolve('third')
    await Promise.resolve()
    expect(sent).toEqual([])
    ready.resolve('first')
    await Promise.all([first, ...rest, late])
    expect(sent).toEqual(['first', 'second', 'third', 'fourth', 'late'])
    expect(order.waiting).toBe(0)
  })

  it('goes on behind one that could not be made ready, or sent', async () => {
    const order = new InOrder()
    const unready = order.prepare(
      () => Promise.reject(new Error('not made')),
      async () => 'never',
    )
    const unsent = order.prepare(
      async () => 1,
      () => Promise.reject(new Error('not sent')),
    )
    const next = order.pass(async () => 'next')
    await expect(unready).rejects.toThrow('not made')
    await expect(unsent).rejects.toThrow('not sent')
    expect(await next).toBe('next')
  })
})
