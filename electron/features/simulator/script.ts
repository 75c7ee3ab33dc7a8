/** What a run plays: events at their times. A demo is a list; a burst makes its events as it goes. */
import type { EventPayload } from '../../../contracts/events.ts'
import { createMaker } from './maker.ts'
import { makePayload, type SimulatedType } from './payloads.ts'

export interface ScriptEvent {
  /** From the start of the run, ms. */
  atMs: number
  type: SimulatedType
  payload: EventPayload<SimulatedType>
}

export interface Script {
  total: number
  durationMs: number
  /** When event `index` is due, from the start of the run, ms. */
  atMs(index: number): number
  /** Made when it is due: `now` is ms epoch. */
  event(index: number, now: number): ScriptEvent
}

/** `count` events of one type, evenly spaced. */
export function burstScript(type: SimulatedType, count: number, perSecond: number, seed: number): Script {
  const atMs = (index: number) => (index * 1000) / perSecond
  return {
    total: count,
    durationMs: Math.round(atMs(count)),
    atMs,
    event: (index, now) => ({ atMs: atMs(index), type, payload: makePayload(type, createMaker(seed + index, now)) }),
  }
}

/** A list played at `speed` times its own pace. */
export function listScript(events: readonly ScriptEvent[], durationMs: number, speed: number): Script {
  return {
    total: events.length,
    durationMs: Math.round(durationMs / speed),
    atMs: (index) => (events[index]?.atMs ?? durationMs) / speed,
    event(index) {
      const event = events[index]
      if (!event) throw new Error(`the script has ${events.length} events, none at ${index}`)
      return event
    },
  }
}
