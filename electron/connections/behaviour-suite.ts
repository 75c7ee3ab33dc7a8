/**
 * What every connection must do, whatever it connects to. A connection's own test calls `describeConnectionBehaviour`
 * with a way to make it and its fake server; the suite drives the fake and looks only at the connection's state.
 * Time is a fake clock; sockets may be real ones on loopback, so the suite waits for states, never for a time to pass.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import type { ConnectionState } from '../../contracts/state/connection.ts'
import type { Connection } from './connection.ts'

/** The other side, with verbs. */
interface BehaviourServer {
  /** Answers as it should, from now on. This is how it starts. */
  accept(): void
  /** Turns every new connection away for a passing reason. */
  refuse(): void
  /** Turns every new connection away because of the credentials, and drops the one there is for that reason. */
  refuseCredentials(): void
  /** Breaks the connection off without a word. */
  drop(): void
  /** Keeps the connection open and says and answers nothing more, until `thaw`. */
  freeze(): void
  thaw(): void
  /** How often somebody has tried to connect. */
  readonly attempts: number
}

export interface BehaviourSubject {
  connection: Connection
  clock: FakeClock
  server: BehaviourServer
  /** Within this time a silent connection must have been noticed, ms. */
  silenceMs: number
  /** No wait between two tries is longer than this, ms. */
  maxBackoffMs: number
  dispose(): Promise<void>
}

/** A connection that asks for things, and does not only listen. */
export interface AskingSubject extends BehaviourSubject {
  /** Asks the other side for something. */
  request(): Promise<unknown>
  /** Must settle a `request` within this time, ms. */
  requestDeadlineMs: number
}

/** Real time that loopback sockets may take before a test gives up, ms. Generous: a busy machine is not a failure. */
const PATIENCE_MS = 8000

export function describeConnectionBehaviour(name: string, create: () => Promise<BehaviourSubject>): void {
  describe(`${name}: behaves as every connection`, () => {
    const rig = useRig(create)

    it('connects', async () => {
      await rig.connected()
      expect(rig.subject.connection.health).toEqual({ level: 'healthy', reason: null })
    })

    it('refused: waits longer each time, says why and when, and connects once it may', async () => {
      rig.subject.server.refuse()
      rig.start()
      const waits: number[] = []
      for (let round = 1; round <= 4; round++) {
        const state = await rig.reach('waiting')
        expect(state.attempt).toBe(round)
        expect(state.reason).not.toBe('')
        waits.push(state.retryAt - rig.subject.clock.now())
        await rig.subject.clock.advance(state.retryAt - rig.subject.clock.now())
        if (round < 4) await past(rig.subject, state)
      }
      expect([...waits].sort((a, b) => a - b)).toEqual(waits)
      expect(Math.max(...waits)).toBeLessThanOrEqual(rig.subject.maxBackoffMs)
      rig.subject.server.accept()
      await untilConnected(rig.subject)
    })

    it('retry now: does not wait for the backoff', async () => {
      rig.subject.server.refuse()
      rig.start()
      await rig.reach('waiting')
      rig.subject.server.accept()
      rig.subject.connection.retryNow()
      await rig.reach('connected')
    })

    it('dropped: comes back by itself', async () => {
      await rig.connected()
      rig.subject.server.drop()
      const state = await rig.reach('waiting')
      await rig.subject.clock.advance(state.retryAt - rig.subject.clock.now())
      await rig.reach('connected')
    })

    it('once connected, the backoff starts from its first step again', async () => {
      rig.subject.server.refuse()
      rig.start()
      const first = await rig.reach('waiting')
      await rig.subject.clock.advance(first.retryAt - rig.subject.clock.now())
      await past(rig.subject, first)
      await rig.reach('waiting')
      rig.subject.server.accept()
      await untilConnected(rig.subject)
      rig.subject.server.drop()
      expect((await rig.reach('waiting')).attempt).toBe(1)
    })

    it('silent: notices, says so, and comes back when the other side does', async () => {
      await rig.connected()
      rig.subject.server.freeze()
      await rig.subject.clock.advance(rig.subject.silenceMs)
      const state = await rig.reach('waiting')
      expect(state.reason).not.toBe('')
      rig.subject.server.thaw()
      await untilConnected(rig.subject)
    })

    it('credentials refused: stops trying until asked', async () => {
      rig.subject.server.refuseCredentials()
      rig.start()
      const state = await rig.reach('needs-auth')
      expect(state.reason).not.toBe('')
      expect(rig.subject.connection.health.level).toBe('unhealthy')
      const { attempts } = rig.subject.server
      await rig.subject.clock.advance(10 * 60_000)
      expect(rig.subject.server.attempts).toBe(attempts)
      rig.subject.server.accept()
      rig.subject.connection.retryNow()
      await rig.reach('connected')
    })

    it('credentials expire while connected: stops trying until asked', async () => {
      await rig.connected()
      rig.subject.server.refuseCredentials()
      await rig.reach('needs-auth')
      const { attempts } = rig.subject.server
      await rig.subject.clock.advance(10 * 60_000)
      expect(rig.subject.server.attempts).toBe(attempts)
    })

    it('stopped while connected: rests closed', async () => {
      await rig.connected()
      rig.stop.abort()
      await rig.done
      expect(rig.subject.connection.state).toEqual({ status: 'closed' })
    })

    it('stopped while connecting to a silent server: rests closed', async () => {
      rig.subject.server.freeze()
      rig.start()
      await ioTurn()
      rig.stop.abort()
      await rig.done
      expect(rig.subject.connection.state).toEqual({ status: 'closed' })
      rig.subject.server.thaw()
    })

    it('stopped while waiting: rests closed, and can be run again', async () => {
      rig.subject.server.refuse()
      rig.start()
      await rig.reach('waiting')
      rig.stop.abort()
      await rig.done
      expect(rig.subject.connection.state).toEqual({ status: 'closed' })
      rig.subject.server.accept()
      rig.stop = new AbortController()
      await rig.connected()
    })
  })
}

/** For connections that ask for things, on top of `describeConnectionBehaviour`. */
export function describeAskingBehaviour(name: string, create: () => Promise<AskingSubject>): void {
  describe(`${name}: asks as every connection`, () => {
    const rig = useRig(create)

    it('dropped in mid-call: the call settles at once', async () => {
      await rig.connected()
      rig.subject.server.freeze()
      const outcome = settled(rig.subject.request())
      await ioTurn()
      rig.subject.server.drop()
      expect(await outcome).toBe('rejected')
      rig.subject.server.thaw()
      await untilConnected(rig.subject)
    })

    it('never answered: the call settles at its deadline', async () => {
      await rig.connected()
      rig.subject.server.freeze()
      const outcome = settled(rig.subject.request())
      await rig.subject.clock.advance(rig.subject.requestDeadlineMs)
      expect(await outcome).toBe('rejected')
    })

    it('asked while away: the call is refused, not kept waiting', async () => {
      rig.subject.server.refuse()
      rig.start()
      await rig.reach('waiting')
      expect(await settled(rig.subject.request())).toBe('rejected')
    })
  })
}

/** The subject of the running test, started and stopped around it. */
interface Rig<S extends BehaviourSubject> {
  subject: S
  stop: AbortController
  done: Promise<void>
  start(): void
  connected(): Promise<void>
  reach<K extends ConnectionState['status']>(status: K): Promise<StateOf<K>>
}

function useRig<S extends BehaviourSubject>(create: () => Promise<S>): Rig<S> {
  ensureNoLeaks()
  let subject: S | undefined
  const rig: Rig<S> = {
    get subject() {
      if (!subject) throw new Error('a rig is there only while a test runs')
      return subject
    },
    stop: new AbortController(),
    done: Promise.resolve(),
    start() {
      rig.done = rig.subject.connection.run(rig.stop.signal)
    },
    async connected() {
      rig.start()
      await rig.reach('connected')
    },
    reach: (status) => reachState(rig.subject, status),
  }
  beforeEach(async () => {
    rig.stop = new AbortController()
    subject = await create()
  })
  afterEach(async () => {
    rig.stop.abort()
    await rig.done
    await subject?.dispose()
  })
  return rig
}

type StateOf<S extends ConnectionState['status']> = Extract<ConnectionState, { status: S }>

async function reachState<S extends ConnectionState['status']>(
  { connection }: BehaviourSubject,
  status: S,
): Promise<StateOf<S>> {
  const isIt = (state: ConnectionState): state is StateOf<S> => state.status === status
  return until(
    () => (isIt(connection.state) ? connection.state : undefined),
    () => `${status}; it is ${JSON.stringify(connection.state)}`,
  )
}

/** Moves past the given wait, to the try after it. */
async function past({ connection }: BehaviourSubject, state: ConnectionState): Promise<void> {
  await until(
    () => (connection.state === state ? undefined : true),
    () => 'the next try',
  )
}

/** Lets wait after wait run out until connected. */
async function untilConnected({ connection, clock }: BehaviourSubject): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (connection.state.status !== 'connected') {
    const { state } = connection
    if (performance.now() > deadline) throw new Error(`never connected; it is ${JSON.stringify(state)}`)
    if (state.status === 'waiting') await clock.advance(Math.max(0, state.retryAt - clock.now()))
    await ioTurn()
  }
}

/** Waits in real time until `look` finds something. Rejects with what was expected when it never does. */
export async function until<T>(look: () => T | undefined, expected: () => string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`never came to pass: ${expected()}`)
    await ioTurn()
  }
}

/** Lets sockets do their work. */
export function ioTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

function settled(promise: Promise<unknown>): Promise<'resolved' | 'rejected'> {
  return promise.then(
    () => 'resolved' as const,
    () => 'rejected' as const,
  )
}
