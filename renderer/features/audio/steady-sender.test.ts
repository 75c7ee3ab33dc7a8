import { describe, expect, it } from 'vitest'
import { createSteadySender } from './steady-sender.ts'

describe('createSteadySender', () => {
  it('sends one at a time, skips what is out of date, and always ends with the newest', async () => {
    const sent: number[] = []
    const answers: (() => void)[] = []
    const sender = createSteadySender((value: number) => {
      sent.push(value)
      return new Promise<void>((resolve) => answers.push(resolve))
    })
    for (const value of [1, 2, 3]) sender.send(value)
    expect(sent).toEqual([1])
    answers.shift()?.()
    await Promise.resolve()
    await Promise.resolve()
    expect(sent).toEqual([1, 3])
  })

  it('sends nothing after it is disposed', async () => {
    const sent: number[] = []
    const sender = createSteadySender(async (value: number) => void sent.push(value))
    sender.send(1)
    sender.send(2)
    sender.dispose()
    await Promise.resolve()
    await Promise.resolve()
    expect(sent).toEqual([1])
  })
})
