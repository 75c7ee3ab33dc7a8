import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { EventPayload } from '../../contracts/events.ts'
import { createBus } from './bus.ts'
import { CommandError } from './commands.ts'
import { EventLine } from './event-line.ts'
import { newId } from './new-id.ts'
import { MemoryStore } from './store/memory-store.ts'

const WANTED = 'twitch.channel.raid'
const raid = (viewers: number): EventPayload<typeof WANTED> => ({
  from_broadcaster_user_id: '1',
  from_broadcaster_user_login: 'a',
  from_broadcaster_user_name: 'A',
  to_broadcaster_user_id: '2',
  to_broadcaster_user_login: 'b',
  to_broadcaster_user_name: 'B',
  viewers,
})
const unwanted = { broadcaster_user_id: '1', broadcaster_user_login: 'a', broadcaster_user_name: 'A' }

describe('a line of events', () => {
  ensureNoLeaks()
  const clock = new FakeClock()
  const store = new MemoryStore([])
  const bus = createBus({ store, clock, onListenerError: () => {} })
  const lines: EventLine[] = []
  afterEach(() => {
    for (const line of lines.splice(0)) line.dispose()
  })

  function open(cursor: number | null) {
    const taken: number[] = []
    const cursors: number[] = []
    let refusal: Error | null = null
    let gate: Promise<void> = Promise.resolve()
    const line = new EventLine({
      store,
      bus,
      clock,
      wants: (type) => type === WANTED,
      async take(events, at) {
        await gate
        if (refusal) throw refusal
        for (const { payload } of events) taken.push((payload as EventPayload<typeof WANTED>).viewers)
        cursors.push(at)
      },
    })
    lines.push(line)
    const hold = () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    }
    const refuse = (error: Error) => {
      refusal = error
    }
    return { line, taken, cursors, hold, refuse, started: line.start(cursor) }
  }

  const say = (viewers: number) => bus.publish({ type: WANTED, source: 'twitch', payload: raid(viewers) })
  const chatter = () => bus.publish({ type: 'twitch.stream.offline', source: 'twitch', payload: unwanted })

  it('takes in what was stored after the cursor, then what comes, each once and in order', async () => {
    const first = await say(1)
    await say(2)
    const { taken, started, cursors } = open(first.seq)
    // Both stored and heard: it comes once.
    await say(3)
    await started
    const last = await say(4)
    await clock.advance(0)
    expect(taken).toEqual([2, 3, 4])
    expect(cursors.at(-1)).toBe(last.seq)
    const fromNow = open(null)
    await fromNow.started
    await say(5)
    await clock.advance(0)
    expect(fromNow.taken).toEqual([5])
  })

  it('loses none when more come than may wait', async () => {
    const { taken, hold, started } = open((await say(0)).seq)
    await started
    const letGo = hold()
    await Promise.all(Array.from({ length: 2500 }, (_, n) => say(n)))
    letGo()
    await expect.poll(() => taken.length).toBe(2500)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
  })

  it('keeps the cursor though nothing that matters happens, and at the end', async () => {
    const { line, cursors, taken, started } = open((await say(0)).seq)
    await started
    const heard = await chatter()
    await clock.advance(60_000)
    expect(cursors.at(-1)).toBe(heard.seq)
    const last = await chatter()
    await line.end()
    expect(cursors.at(-1)).toBe(last.seq)
    expect(taken).toEqual([])
  })

  it('runs work between events; a rejection of it is its caller’s alone', async () => {
    const { line, taken, started } = open((await say(0)).seq)
    await started
    void say(1)
    await expect(line.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await line.run(async () => 'done')).toBe('done')
    await clock.advance(0)
    expect(taken).toEqual([1])
  })

  it('ends for good where an event could not be taken in', async () => {
    const { line, refuse, started, taken } = open((await say(0)).seq)
    await started
    refuse(new Error('disk full'))
    await say(1)
    await expect(line.broken).rejects.toThrow('disk full')
    await say(2)
    await clock.advance(60_000)
    expect(taken).toEqual([])
  })

  it('answers those who wait in a line that ends', async () => {
    const { line, refuse, started } = open((await say(0)).seq)
    await started
    refuse(new Error('disk full'))
    void say(1)
    await clock.advance(0)
    const late = ['run', 'answerOrBreak'] as const
    for (const way of late) {
      const answer = line[way](() => Promise.resolve('done'))
      await expect(answer).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('disk full') })
    }
  })

  it('goes on after a command that can not be done, and ends after one that failed', async () => {
    const { line, started, taken } = open((await say(0)).seq)
    await started
    const refusal = new CommandError('conflict', 'not now')
    await expect(line.answerOrBreak(() => Promise.reject(refusal))).rejects.toBe(refusal)
    expect(await line.answerOrBreak(async () => 'done')).toBe('done')
    await say(1)
    const failed = line.answerOrBreak(() => Promise.reject(new Error('disk full')))
    await expect(failed).rejects.toMatchObject({ code: 'unavailable' })
    await expect(line.broken).rejects.toThrow('disk full')
    await say(2)
    await clock.advance(60_000)
    expect(taken).toEqual([1])
  })

  it('tells when it has caught up, and passes over what it can not read', async () => {
    const { seq } = await say(0)
    const old = { id: newId(), type: WANTED, source: 'twitch', at: 1, correlationId: 'old', payload: { people: 3 } }
    await store.append([old])
    await say(1)
    const told: unknown[] = []
    const line = new EventLine({
      store,
      bus,
      clock,
      wants: (type) => type === WANTED,
      async take(events) {
        told.push([line.isCatchingUp, events.length])
      },
      async caughtUp() {
        told.push('caught up')
      },
      onUnreadable: ({ id }) => told.push(id),
    })
    lines.push(line)
    await line.start(seq)
    await say(2)
    await clock.advance(0)
    expect(told).toEqual([old.id, [true, 1], 'caught up', [false, 1]])
  })
})
