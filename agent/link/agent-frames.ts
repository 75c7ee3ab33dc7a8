/**
 * The agent's frames as the hub must take them: strict, for the tests and the fake hub. The program itself does not use
 * it; what it sends is what the types say.
 */
import {
  boolean,
  INVALID,
  integer,
  isObject,
  list,
  number,
  object,
  oneOf,
  optional,
  type Parsed,
  type ParseResult,
  type Parser,
  parse,
  record,
  tagged,
  text,
} from '../base/parse.ts'
import { bytes32, id, signature, time } from './frames.ts'

const MAX_REASON = 2_000
const name = text({ min: 1, max: 200 })
const reason = text({ max: MAX_REASON })
const version = integer(1, 1_000)
const bytes = integer(0)
const share = number({ min: 0, max: 1_000_000 })

function nullable<T>(parser: Parser<T>): Parser<T | null> {
  return (value, path, faults) => (value === null ? null : parser(value, path, faults))
}

const anything: Parser<unknown> = (value) => value

const anyObject: Parser<Record<string, unknown>> = (value, path, faults) => {
  if (isObject(value)) return value
  faults.push({ path, reason: 'must be an object' })
  return INVALID
}

/** A list of fixed length, each place with its own parser. */
function tuple(...places: Parser<unknown>[]): Parser<unknown[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value) || value.length !== places.length) {
      faults.push({ path, reason: `must be a list of ${places.length}` })
      return INVALID
    }
    const parsed = places.map((place, index) => place(value[index], `${path}[${index}]`, faults))
    return parsed.includes(INVALID) ? INVALID : parsed
  }
}

const STATES = ['stopped', 'waiting', 'starting', 'running', 'stopping', 'backoff', 'failed', 'done'] as const

const view = object(
  {
    id,
    name,
    state: oneOf(...STATES),
    reason,
    wanted: oneOf('up', 'down'),
    pid: nullable(integer(1)),
    startedAt: nullable(time),
    adopted: boolean,
    restarts: integer(0),
    health: oneOf('none', 'unknown', 'healthy', 'unhealthy'),
    exit: nullable(
      object(
        { code: nullable(integer(-0x80000000, 0xffffffff)), signal: nullable(text({ max: 20 })), at: time },
        'ignore',
      ),
    ),
    retryAt: nullable(time),
  },
  'ignore',
)

const machine = object(
  {
    name,
    hostname: text({ max: 255 }),
    platform: text({ max: 32 }),
    release: text({ max: 255 }),
    arch: text({ max: 32 }),
    agentVersion: text({ max: 64 }),
    runtime: text({ max: 64 }),
    cores: integer(0, 100_000),
    memoryBytes: bytes,
    bootedAt: time,
    edits: oneOf('off', 'safe', 'full'),
  },
  'ignore',
)

const faults = list(object({ path: text({ max: 500 }), reason }, 'ignore'), 1_000)
const views = list(view, 500)

const machineSample = object(
  {
    cpu: nullable(share),
    memory: nullable(bytes),
    disks: list(tuple(text({ max: 500 }), bytes, bytes), 64),
    net: nullable(tuple(bytes, bytes)),
    temperature: nullable(number({ min: -100, max: 1_000 })),
  },
  'ignore',
)

const KINDS = [
  'process.state',
  'process.exited',
  'process.health',
  'agent.started',
  'agent.stopping',
  'definitions.changed',
  'clock.jumped',
  'events.lost',
] as const

const CODES = [
  'unknown-command',
  'invalid',
  'not-found',
  'refused',
  'conflict',
  'failed',
  'timeout',
  'busy',
  'interrupted',
] as const

const line = tuple(integer(1), time, oneOf('out', 'err', 'agent'), text({ max: 8_192 }), boolean)

const success = object({ t: oneOf('result'), id, ok: boolean, value: anything }, 'ignore')
const failure = object(
  { t: oneOf('result'), id, ok: boolean, code: oneOf(...CODES), reason, path: optional(text({ max: 500 })) },
  'ignore',
)
const result: Parser<{ t: 'result'; id: string; ok: boolean; value?: unknown; code?: string; reason?: string }> = (
  value,
  path,
  found,
) => (isObject(value) && value.ok === false ? failure(value, path, found) : success(value, path, found))

const AGENT_FRAMES = {
  pair: object(
    {
      t: oneOf('pair'),
      v: version,
      code: text({ min: 8, max: 8, pattern: /^[0-9A-HJKMNP-TV-Z]{8}$/, expected: 'a pairing code' }),
      publicKey: bytes32,
      proof: signature,
      name,
      platform: text({ max: 32 }),
      agentVersion: text({ max: 64 }),
    },
    'ignore',
  ),
  hello: object({ t: oneOf('hello'), v: version, agent: id, nonce: bytes32, time, proof: signature }, 'ignore'),
  report: object({ t: oneOf('report'), rev: integer(1), machine, processes: views, faults }, 'ignore'),
  delta: object(
    {
      t: oneOf('delta'),
      rev: integer(1),
      machine: optional(machine),
      processes: optional(views),
      removed: optional(list(id, 500)),
      faults: optional(faults),
    },
    'ignore',
  ),
  sample: object(
    { t: oneOf('sample'), at: time, machine: machineSample, processes: record(tuple(share, bytes), 500) },
    'ignore',
  ),
  event: object(
    {
      t: oneOf('event'),
      epoch: id,
      seq: integer(1),
      at: time,
      ageMs: integer(0),
      kind: oneOf(...KINDS),
      process: optional(id),
      data: anyObject,
    },
    'ignore',
  ),
  accepted: object({ t: oneOf('accepted'), id }, 'ignore'),
  result,
  log: object({ t: oneOf('log'), follow: id, lines: list(line, 200), dropped: integer(0) }, 'ignore'),
}
const agentFrame = tagged('t', AGENT_FRAMES)
export type ParsedAgentFrame = Parsed<typeof agentFrame>

/** `undefined` as a value: a type this version does not know. */
export function parseAgentFrame(source: string): ParseResult<ParsedAgentFrame | undefined> {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return { ok: false, faults: [{ path: '', reason: 'is not JSON' }] }
  }
  if (isObject(value) && typeof value.t === 'string' && !Object.hasOwn(AGENT_FRAMES, value.t)) {
    return { ok: true, value: undefined }
  }
  return parse(agentFrame, value)
}
