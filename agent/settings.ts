/**
 * Where the agent keeps its things, and what this machine's owner allows. Read once at start; the pairing is read again
 * when its file changes. Knows nothing of processes.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode } from './base/errors.ts'
import {
  type Fault,
  integer,
  object,
  oneOf,
  optional,
  type Parsed,
  parseJson,
  text,
  withDefault,
} from './base/parse.ts'
import type { Pairing } from './link/link.ts'

const DEFAULT_PORT = 4001

export interface Places {
  /** Settings and definitions: what a person writes. */
  readonly home: string
  readonly settings: string
  readonly definitions: string
  /** The pairing, with the private key. */
  readonly pairing: string
  readonly state: string
  readonly outbox: string
  /** What the processes print. */
  readonly logs: string
  /** What the agent itself says, where nobody else keeps it. */
  readonly log: string
}

/** `LANDALE_AGENT_HOME` moves everything; `NURVUS_CONFIG_FILE` and `NURVUS_PORT` are the original's and still count. */
export function placesFrom(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Places {
  const home = environment.LANDALE_AGENT_HOME ?? defaultHome(environment, platform)
  return {
    home,
    settings: join(home, 'agent.json'),
    definitions: environment.NURVUS_CONFIG_FILE ?? join(home, 'processes.json'),
    pairing: join(home, 'link.json'),
    state: join(home, 'state.json'),
    outbox: join(home, 'events.jsonl'),
    logs: join(home, 'logs'),
    log: join(home, 'agent.log'),
  }
}

function defaultHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'landale-agent')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'landale-agent')
  return join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'landale-agent')
}

const settings = object({
  /** As the dashboard shows this machine. */
  name: withDefault(text({ min: 1, max: 200 }), hostname() || 'unnamed'),
  port: withDefault(integer(0, 65_535), DEFAULT_PORT),
  /** What the hub, and local callers, may change of the definitions. */
  edits: withDefault(oneOf('off', 'safe', 'full'), 'safe'),
  /** What becomes of the processes when the agent is asked to end. */
  onExit: withDefault(oneOf('stop', 'leave'), 'stop'),
})
export type Settings = Parsed<typeof settings>

export type Loaded<T> = { ok: true; value: T } | { ok: false; faults: readonly Fault[] }

export function loadSettings(places: Places, environment: NodeJS.ProcessEnv): Loaded<Settings> {
  const parsed = parseJson(settings, readOr(places.settings, '{}').replace(/^\uFEFF/, ''), 'agent.json')
  if (!parsed.ok) return parsed
  const port = Number(environment.NURVUS_PORT ?? Number.NaN)
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? { ok: true, value: { ...parsed.value, port } } : parsed
}

const pairing = object({
  url: text({ min: 1, max: 2_048 }),
  agent: text({ min: 1, max: 128 }),
  hub: text({ min: 1, max: 128 }),
  hubKey: text({ min: 43, max: 43 }),
  privateKey: text({ min: 43, max: 43 }),
  pin: optional(text({ min: 64, max: 95, pattern: /^[0-9a-fA-F:]+$/, expected: 'a SHA-256 in hex' })),
})

/** Undefined as a value: this machine is not paired. */
export function loadPairing(places: Places): Loaded<Pairing | undefined> {
  const source = readOr(places.pairing, '')
  return source === '' ? { ok: true, value: undefined } : parseJson(pairing, source, 'link.json')
}

/** Throws the system's error. */
export function savePairing(places: Places, value: Pairing): void {
  mkdirSync(places.home, { recursive: true, mode: 0o700 })
  writeFileSync(`${places.pairing}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${places.pairing}.new`, places.pairing)
}

/** The beginning of this agent's markers: two agents on one machine must not take each other's processes. */
export function instanceOf(places: Places): string {
  return createHash('sha256').update(places.home).digest('hex').slice(0, 12)
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return otherwise
    throw error
  }
}
