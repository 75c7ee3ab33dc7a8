import { produce } from 'immer'
import { describe, expect, it } from 'vitest'
import type { Alert } from '../../../contracts/alert.ts'
import { jsonDiff } from '../../kernel/channels/json-diff.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { EMPTY_QUEUE, type QueueCommand, type QueueState, step } from './queue.ts'
import { fillLists, toState, updateQueue } from './view.ts'

const SOUND = { muted: false, volume: 1 }
const CAUSE = { id: 'event', correlationId: 'correlation' }

function enqueue(n: number, priority: Alert['priority'] = 'normal'): QueueCommand {
  const alert: Alert = {
    id: `alert-${n}`,
    type: 'follow',
    priority,
    who: `viewer ${n}`,
    what: 'followed',
    amount: null,
    message: 'hello '.repeat(20),
    fragments: [],
    durationMs: 1000,
    sound: null,
    volume: 1,
    enqueuedAt: 0,
    simulated: false,
  }
  return { kind: 'enqueue', alert, cause: CAUSE }
}

/** A page's replica and the queue behind it, with what travelled between them. */
class Replica {
  queue: QueueState = EMPTY_QUEUE
  state = toState(EMPTY_QUEUE, DEFAULT_RULES, SOUND)
  now = 0

  /** Answers the size of the patches, in characters. */
  do(command: QueueCommand): number {
    this.queue = step(this.queue, command, this.now).state
    const emptied = produce(this.state, (draft) => updateQueue(draft, this.queue))
    const filled = produce(emptied, (draft) => fillLists(draft, this.queue))
    const patches = [jsonDiff(this.state, emptied), jsonDiff(emptied, filled)]
    this.state = filled
    return JSON.stringify(patches).length
  }
}

describe('the alerts state', () => {
  it('is after every change what a page joining now would be given', () => {
    const replica = new Replica()
    const commands: QueueCommand[] = [
      ...Array.from({ length: 70 }, (_, n) => enqueue(n)),
      enqueue(100, 'urgent'),
      enqueue(101, 'high'),
      { kind: 'reword', id: 'alert-3', what: 'and 2 others followed' },
      { kind: 'reword', id: 'alert-60', what: 'nobody sees it' },
      { kind: 'skip', id: 'alert-7' },
      { kind: 'pause' },
      { kind: 'clear' },
      { kind: 'resume' },
      { kind: 'replay', id: 'alert-7', cause: CAUSE },
    ]
    for (const command of commands) {
      replica.now += 300
      replica.do(command)
      expect(replica.state).toEqual(toState(replica.queue, DEFAULT_RULES, SOUND))
    }
  })

  it('travels as a few rows however long the queue and the past are', () => {
    const replica = new Replica()
    for (let n = 0; n < 200; n++) replica.do(enqueue(n))
    for (let n = 0; n < 60; n++) {
      replica.now += 1000
      replica.do({ kind: 'tick' })
    }
    expect(replica.state.recent).toHaveLength(50)
    replica.now += 1000
    expect(replica.do({ kind: 'tick' })).toBeLessThan(2500)
    expect(replica.do(enqueue(500))).toBeLessThan(100)
  })
})
