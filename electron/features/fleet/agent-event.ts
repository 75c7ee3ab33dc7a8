/** An agent's event as the hub's own. Knows no link and no store. */
import { agentEvents } from '../../../contracts/events/agent.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { EventFrame } from './frames.ts'

type AgentEventType = Extract<EventType, `agent.${string}`>

const TYPES = {
  'process.state': 'agent.process.state',
  'process.exited': 'agent.process.exited',
  'process.health': 'agent.process.health',
  'agent.started': 'agent.started',
  'agent.stopping': 'agent.stopping',
  'definitions.changed': 'agent.definitions.changed',
  'clock.jumped': 'agent.clock.jumped',
  'events.lost': 'agent.events.lost',
} as const satisfies Record<EventFrame['kind'], AgentEventType>

/** A text or list of a fact, and the JSON of one that can't be read. */
const MAX_TEXT = 2000
const MAX_LIST = 500
const MAX_UNKNOWN = 8000

export interface AgentEventDraft<T extends AgentEventType = AgentEventType> {
  type: T
  payload: EventPayload<T>
}

/**
 * Never refuses: what has an unexpected shape is kept as `agent.unknown`, since an agent sends an event until it is
 * stored. `nameOf`: of a process, by its id.
 */
export function toAgentEvent(
  { kind, process, data }: Pick<EventFrame, 'kind' | 'process' | 'data'>,
  from: { agent: string; machine: string },
  nameOf: (process: string) => string,
): AgentEventDraft {
  const type = TYPES[kind]
  const about = process === undefined ? {} : { process, name: nameOf(process) }
  const parsed = agentEvents[type].safeParse({ ...cut(data), ...about, ...from })
  if (parsed.success) return { type, payload: parsed.data }
  const isSmall = JSON.stringify(data).length <= MAX_UNKNOWN
  return { type: 'agent.unknown', payload: { ...from, kind, data: isSmall ? data : null } }
}

function cut(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, cutValue(value)]))
}

function cutValue(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT)
  return Array.isArray(value) ? value.slice(0, MAX_LIST).map(cutValue) : value
}
