/**
 * The frames of the link to the agents, as `agent/PROTOCOL.md` lays down: the agents' parsed here, the hub's own as types.
 * Knows no socket and no machine.
 */
import { z } from 'zod'
import { logStreamSchema, processHealthSchema, processStateSchema } from '../../../contracts/fleet.ts'
import { pathText } from '../../kernel/commands.ts'
import { parseJson } from '../../kernel/parse-json.ts'

export const SUBPROTOCOL = 'landale-agent.v1'
export const VERSION = 1
export const MAX_FRAME_BYTES = 256 * 1024
/** A pairing code: Crockford's base32. */
export const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const CODE_LENGTH = 8

export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  broken: 1011,
  malformed: 4400,
  foreignKey: 4401,
  revoked: 4403,
  codeRefused: 4404,
  tooSlow: 4408,
  replaced: 4409,
  tooLarge: 4413,
  tooMuch: 4429,
} as const

const MAX_PROCESSES = 500
const MAX_INT32 = 0xffffffff

const id = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be printable ASCII without blanks')
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url')
const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'must be 64 bytes in base64url')
const version = z.number().int().min(1).max(1000)
const time = z.number().int().min(0)
const count = z.number().int().min(0)
const share = z.number().min(0).max(1_000_000)
const reason = z.string().max(2000)
const name = z.string().min(1).max(200)

const processSchema = z.object({
  id,
  name,
  state: processStateSchema,
  reason,
  wanted: z.enum(['up', 'down']),
  pid: z.number().int().min(1).nullable(),
  startedAt: time.nullable(),
  adopted: z.boolean(),
  restarts: count,
  health: processHealthSchema,
  exit: z
    .object({
      code: z.number().int().min(-MAX_INT32).max(MAX_INT32).nullable(),
      signal: z.string().max(20).nullable(),
      at: time,
    })
    .nullable(),
  retryAt: time.nullable(),
})

const machineSchema = z.object({
  name,
  hostname: z.string().max(255),
  platform: z.string().max(32),
  release: z.string().max(255),
  arch: z.string().max(32),
  agentVersion: z.string().max(64),
  runtime: z.string().max(64),
  cores: z.number().int().min(0).max(100_000),
  memoryBytes: count,
  bootedAt: time,
  edits: z.enum(['off', 'safe', 'full']),
})

const faultsSchema = z.array(z.object({ path: z.string().max(500), reason })).max(1000)
const processesSchema = z.array(processSchema).max(MAX_PROCESSES)

const useSchema = z.record(id, z.tuple([share, count]))

const failureCodes = [
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
export type FailureCode = (typeof failureCodes)[number]

/** As a read of logs answers and a `log` frame brings them. */
export const lineSchema = z.tuple([z.number().int().min(1), time, logStreamSchema, z.string().max(8192), z.boolean()])

const AGENT_FRAMES = {
  pair: z.object({
    t: z.literal('pair'),
    v: version,
    code: z.string().regex(new RegExp(`^[${CODE_LETTERS}]{${CODE_LENGTH}}$`), 'must be a pairing code'),
    publicKey: bytes32,
    proof: signature,
    name,
    platform: z.string().max(32),
    agentVersion: z.string().max(64),
  }),
  hello: z.object({ t: z.literal('hello'), v: version, agent: id, nonce: bytes32, time, proof: signature }),
  report: z.object({
    t: z.literal('report'),
    rev: z.number().int().min(1),
    machine: machineSchema,
    processes: processesSchema,
    faults: faultsSchema,
  }),
  delta: z.object({
    t: z.literal('delta'),
    rev: z.number().int().min(1),
    machine: machineSchema.optional(),
    processes: processesSchema.optional(),
    removed: z.array(id).max(MAX_PROCESSES).optional(),
    faults: faultsSchema.optional(),
  }),
  sample: z.object({
    t: z.literal('sample'),
    at: time,
    machine: z.object({
      cpu: share.nullable(),
      memory: count.nullable(),
      disks: z.array(z.tuple([z.string().max(500), count, count])).max(64),
      net: z.tuple([count, count]).nullable(),
      temperature: z.number().min(-100).max(1000).nullable(),
    }),
    processes: useSchema.refine((uses) => Object.keys(uses).length <= MAX_PROCESSES, 'has too many processes'),
  }),
  event: z.object({
    t: z.literal('event'),
    epoch: id,
    seq: z.number().int().min(1),
    at: time,
    ageMs: count,
    kind: z.enum([
      'process.state',
      'process.exited',
      'process.health',
      'agent.started',
      'agent.stopping',
      'definitions.changed',
      'clock.jumped',
      'events.lost',
    ]),
    process: id.optional(),
    data: z.record(z.string(), z.unknown()),
  }),
  accepted: z.object({ t: z.literal('accepted'), id }),
  result: z.discriminatedUnion('ok', [
    z.object({ t: z.literal('result'), id, ok: z.literal(true), value: z.unknown() }),
    z.object({
      t: z.literal('result'),
      id,
      ok: z.literal(false),
      code: z.enum(failureCodes),
      reason,
      path: z.string().max(500).optional(),
    }),
  ]),
  log: z.object({ t: z.literal('log'), follow: id, lines: z.array(lineSchema).max(200), dropped: count }),
} as const

type AgentFrames = { [T in keyof typeof AGENT_FRAMES]: z.output<(typeof AGENT_FRAMES)[T]> }
export type AgentFrame = AgentFrames[keyof AgentFrames]
export type PairFrame = AgentFrames['pair']
export type HelloFrame = AgentFrames['hello']
export type ReportFrame = AgentFrames['report']
export type DeltaFrame = AgentFrames['delta']
export type SampleFrame = AgentFrames['sample']
export type EventFrame = AgentFrames['event']
export type ResultFrame = AgentFrames['result']
export type LogFrame = AgentFrames['log']
export type LineTuple = z.output<typeof lineSchema>

export type ParsedFrame =
  | { kind: 'frame'; frame: AgentFrame }
  /** Of a type that this version does not know. */
  | { kind: 'ignored' }
  | { kind: 'fault'; path: string; reason: string }

/** What came over the wire, an agent's. */
export function parseAgentFrame(text: string): ParsedFrame {
  const read = parseJson(text)
  if (!read.ok) return { kind: 'fault', path: '', reason: `is not JSON: ${read.error}` }
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'fault', path: '', reason: 'is not an object' }
  }
  const type = Object.hasOwn(value, 't') ? (value as { t: unknown }).t : undefined
  if (typeof type !== 'string') return { kind: 'fault', path: 't', reason: 'must be a text' }
  if (!isKnown(type)) return { kind: 'ignored' }
  const parsed = AGENT_FRAMES[type].safeParse(value)
  if (parsed.success) return { kind: 'frame', frame: parsed.data }
  const issue = parsed.error.issues[0]
  return { kind: 'fault', path: pathText(issue?.path ?? []), reason: issue?.message ?? 'is not valid' }
}

function isKnown(type: string): type is keyof typeof AGENT_FRAMES {
  return Object.hasOwn(AGENT_FRAMES, type)
}

/** The last event of an agent that is stored. */
export interface EventPlace {
  readonly epoch: string
  readonly seq: number
}

/** What the hub says. */
export type HubFrame =
  | { t: 'challenge'; versions: readonly number[]; hub: string; nonce: string; time: number }
  | { t: 'paired'; agent: string; hub: string; hubKey: string }
  | { t: 'welcome'; proof: string; ack: EventPlace | null; pingMs: number; sampleMs: number }
  | { t: 'pace'; sampleMs: number }
  | { t: 'ack'; seq: number }
  | { t: 'command'; id: string; name: string; args: Record<string, unknown>; timeoutMs: number }
