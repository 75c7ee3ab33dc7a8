/**
 * The frames of the link, as PROTOCOL.md lays down: the hub's parsed, the agent's own as types. Knows nothing of sockets.
 */

import type { Fault } from '../base/parse.ts'
import {
  INVALID,
  integer,
  isObject,
  list,
  object,
  oneOf,
  type Parsed,
  type ParseResult,
  type Parser,
  parse,
  tagged,
  text,
} from '../base/parse.ts'
import type { ProcessState } from '../supervision/machine.ts'

export const SUBPROTOCOL = 'landale-agent.v1'
export const VERSION = 1
export const MAX_FRAME_BYTES = 256 * 1024

export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  malformed: 4400,
  foreignKey: 4401,
  revoked: 4403,
  codeRefused: 4404,
  noCommonVersion: 4406,
  tooSlow: 4408,
  replaced: 4409,
  tooLarge: 4413,
  tooMuch: 4429,
} as const

export const id = text({ min: 1, max: 128, pattern: /^[\x21-\x7e]+$/, expected: 'printable ASCII without blanks' })
/** 32 bytes in base64url: a nonce or a public key. */
export const bytes32 = text({ min: 43, max: 43, pattern: /^[A-Za-z0-9_-]{43}$/, expected: '32 bytes in base64url' })
/** 64 bytes in base64url. */
export const signature = text({ min: 86, max: 86, pattern: /^[A-Za-z0-9_-]{86}$/, expected: '64 bytes in base64url' })
export const time = integer(0)

const anyObject: Parser<Record<string, unknown>> = (value, path, faults) => {
  if (isObject(value)) return value
  faults.push({ path, reason: 'must be an object' })
  return INVALID
}

function nullable<T>(parser: Parser<T>): Parser<T | null> {
  return (value, path, faults) => (value === null ? null : parser(value, path, faults))
}

const sampleMs = integer(1_000, 60_000)

const HUB_FRAMES = {
  challenge: object(
    { t: oneOf('challenge'), versions: list(integer(1, 1_000), 16), hub: id, nonce: bytes32, time },
    'ignore',
  ),
  paired: object({ t: oneOf('paired'), agent: id, hub: id, hubKey: bytes32 }, 'ignore'),
  welcome: object(
    {
      t: oneOf('welcome'),
      proof: signature,
      ack: nullable(object({ epoch: id, seq: integer(0) }, 'ignore')),
      pingMs: integer(1_000, 120_000),
      sampleMs,
    },
    'ignore',
  ),
  pace: object({ t: oneOf('pace'), sampleMs }, 'ignore'),
  ack: object({ t: oneOf('ack'), seq: integer(1) }, 'ignore'),
  command: object(
    { t: oneOf('command'), id, name: text({ min: 1, max: 64 }), args: anyObject, timeoutMs: integer(100, 120_000) },
    'ignore',
  ),
}
const hubFrame = tagged('t', HUB_FRAMES)
export type HubFrame = Parsed<typeof hubFrame>
export type CommandFrame = Extract<HubFrame, { t: 'command' }>

/** What came over the wire. `undefined` as a value: a type this version does not know, to be ignored. */
export function parseHubFrame(source: string): ParseResult<HubFrame | undefined> {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return { ok: false, faults: [{ path: '', reason: 'is not JSON' }] }
  }
  if (isObject(value) && typeof value.t === 'string' && !Object.hasOwn(HUB_FRAMES, value.t)) {
    return { ok: true, value: undefined }
  }
  return parse(hubFrame, value)
}

export interface MachineView {
  readonly name: string
  readonly hostname: string
  readonly platform: string
  readonly release: string
  readonly arch: string
  readonly agentVersion: string
  readonly runtime: string
  readonly cores: number
  readonly memoryBytes: number
  readonly bootedAt: number
  readonly edits: 'off' | 'safe' | 'full'
}

export interface ExitView {
  readonly code: number | null
  readonly signal: string | null
  readonly at: number
}

export interface ProcessView {
  readonly id: string
  readonly name: string
  readonly state: ProcessState
  readonly reason: string
  readonly wanted: 'up' | 'down'
  readonly pid: number | null
  readonly startedAt: number | null
  readonly adopted: boolean
  readonly restarts: number
  readonly health: 'none' | 'unknown' | 'healthy' | 'unhealthy'
  readonly exit: ExitView | null
  readonly retryAt: number | null
}

export interface MachineSample {
  /** Percent of the whole machine. */
  readonly cpu: number | null
  readonly memory: number | null
  readonly disks: readonly (readonly [path: string, usedBytes: number, totalBytes: number])[]
  /** Bytes per second, in and out. */
  readonly net: readonly [number, number] | null
  /** °C, the hottest sensor that could be read. */
  readonly temperature: number | null
}

export type EventKind =
  | 'process.state'
  | 'process.exited'
  | 'process.health'
  | 'agent.started'
  | 'agent.stopping'
  | 'definitions.changed'
  | 'clock.jumped'
  | 'events.lost'

export type LogLine = readonly [number: number, at: number, stream: 'out' | 'err' | 'agent', text: string, cut: boolean]

export type ErrorCode =
  | 'unknown-command'
  | 'invalid'
  | 'not-found'
  | 'refused'
  | 'conflict'
  | 'failed'
  | 'timeout'
  | 'busy'
  | 'interrupted'

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string; readonly path?: string }

export type AgentFrame =
  | {
      t: 'pair'
      v: number
      code: string
      publicKey: string
      proof: string
      name: string
      platform: string
      agentVersion: string
    }
  | { t: 'hello'; v: number; agent: string; nonce: string; time: number; proof: string }
  | { t: 'report'; rev: number; machine: MachineView; processes: readonly ProcessView[]; faults: readonly Fault[] }
  | {
      t: 'delta'
      rev: number
      machine?: MachineView
      processes?: readonly ProcessView[]
      removed?: readonly string[]
      faults?: readonly Fault[]
    }
  | {
      t: 'sample'
      at: number
      machine: MachineSample
      processes: Record<string, readonly [cpu: number, memory: number]>
    }
  | {
      t: 'event'
      epoch: string
      seq: number
      at: number
      ageMs: number
      kind: EventKind
      process?: string
      data: Record<string, unknown>
    }
  | { t: 'accepted'; id: string }
  | ({ t: 'result'; id: string } & Outcome)
  | { t: 'log'; follow: string; lines: readonly LogLine[]; dropped: number }
