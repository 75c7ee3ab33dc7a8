/**
 * One process definition: its schema, its defaults, and the older snake_case spelling that existing files use. Knows
 * nothing of files or of running processes.
 */
import { isAbsolute } from 'node:path'
import {
  boolean,
  type Fault,
  INVALID,
  integer,
  isObject,
  list,
  object,
  oneOf,
  optional,
  type Parsed,
  type Parser,
  record,
  tagged,
  text,
  withDefault,
} from '../base/parse.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Above this a command line or environment is refused by some system anyway. */
const MAX_TEXT = 8_192
const MAX_ARGS = 256

const ID = text({
  min: 1,
  max: 64,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  expected: 'letters, digits, ".", "_" or "-", beginning with a letter or digit',
})
const NAME = text({ min: 1, max: 200 })
const COMMAND = text({ min: 1, max: MAX_TEXT })
const ARGS = list(text({ max: MAX_TEXT }), MAX_ARGS)
const PORT = integer(1, 65_535)

export const RESTART_DEFAULTS = {
  policy: 'never',
  maxRestarts: 3,
  windowMs: MINUTE_MS,
  initialDelayMs: 500,
  maxDelayMs: 30_000,
  stableMs: 10_000,
} as const

const restartPolicy = oneOf('never', 'on-failure', 'always')

const restart = object({
  policy: restartPolicy,
  /** More restarts than this within `windowMs`, and it has failed until somebody asks. */
  maxRestarts: withDefault(integer(0, 100_000), RESTART_DEFAULTS.maxRestarts),
  windowMs: withDefault(integer(1_000, DAY_MS), RESTART_DEFAULTS.windowMs),
  /** The first restart after a stable run is at once; this is the delay before the second. */
  initialDelayMs: withDefault(integer(0, HOUR_MS), RESTART_DEFAULTS.initialDelayMs),
  maxDelayMs: withDefault(integer(0, HOUR_MS), RESTART_DEFAULTS.maxDelayMs),
  /** Up for so long is stable: the delay begins anew. */
  stableMs: withDefault(integer(0, HOUR_MS), RESTART_DEFAULTS.stableMs),
})
export type Restart = Parsed<typeof restart>

const detection = tagged('by', {
  /** A process whose executable has this file name; with `args`, whose arguments contain each of these, in order. */
  executable: object({ by: oneOf('executable'), name: text({ min: 1, max: 255 }), args: withDefault(ARGS, []) }),
  pidFile: object({ by: oneOf('pidFile'), path: text({ min: 1, max: 4_096 }) }),
  /** Up when all these containers run, wherever they were started from. */
  docker: object({
    by: oneOf('docker'),
    containers: list(
      text({ min: 1, max: 255, pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/, expected: 'a container name' }),
      64,
    ),
  }),
})

const healthTimes = {
  intervalMs: withDefault(integer(1_000, HOUR_MS), 30_000),
  timeoutMs: withDefault(integer(100, 60_000), 5_000),
  startDelayMs: withDefault(integer(0, HOUR_MS), 2_000),
  startRetries: withDefault(integer(0, 1_000), 10),
  startIntervalMs: withDefault(integer(100, HOUR_MS), 2_000),
  /** So many failures in a row are unhealthy; one success is healthy again. */
  failures: withDefault(integer(1, 100), 3),
  /** Whether an unhealthy process is stopped and restarted under the restart policy. */
  restart: withDefault(boolean, false),
}

const url: Parser<string> = (value, path, faults) => {
  const given = text({ min: 1, max: 2_048 })(value, path, faults)
  if (given === INVALID) return INVALID
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given
  faults.push({ path, reason: 'must be an http:// or https:// address' })
  return INVALID
}

const health = tagged('type', {
  http: object({ type: oneOf('http'), url, ...healthTimes }),
  tcp: object({
    type: oneOf('tcp'),
    host: withDefault(text({ min: 1, max: 255 }), '127.0.0.1'),
    port: PORT,
    ...healthTimes,
  }),
  command: object({ type: oneOf('command'), command: COMMAND, args: withDefault(ARGS, []), ...healthTimes }),
})
export type Health = Parsed<typeof health>

const signal = oneOf('SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGKILL')

const stop = object({
  /** Run instead of the first signal, e.g. `docker compose down`. */
  command: optional(COMMAND),
  args: withDefault(ARGS, []),
  /** Sent one after the other, `graceMs` apart; the whole tree is killed `graceMs` after the last. */
  signals: withDefault(list(signal, 8), ['SIGTERM'] as Parsed<typeof signal>[]),
  graceMs: withDefault(integer(0, 10 * MINUTE_MS), 5_000),
})
export type Stop = Parsed<typeof stop>

const logs = object({
  /** Lines kept in memory. */
  lines: withDefault(integer(10, 20_000), 500),
  /** One file grows to this, then begins anew. */
  maxBytes: withDefault(integer(64 * 1024, 1024 ** 3), 5 * 1024 * 1024),
  /** Older files kept beside it. */
  files: withDefault(integer(0, 100), 3),
})

const restartField: Parser<Restart> = (value, path, faults) =>
  typeof value === 'string' ? policyOnly(value, path, faults) : restart(value, path, faults)

function policyOnly(value: string, path: string, faults: Fault[]): Restart | typeof INVALID {
  const policy = restartPolicy(value, path, faults)
  return policy === INVALID ? INVALID : { ...RESTART_DEFAULTS, policy }
}

const environmentName = /^[A-Za-z_][A-Za-z0-9_().]*$/

const environment: Parser<Record<string, string>> = (value, path, faults) => {
  const parsed = record(text({ max: 32_768 }), 256)(value, path, faults)
  if (parsed === INVALID) return INVALID
  const odd = Object.keys(parsed).filter((name) => !environmentName.test(name))
  for (const name of odd) faults.push({ path: `${path}.${name.slice(0, 40)}`, reason: 'is not a variable name' })
  return odd.length > 0 ? INVALID : parsed
}

const shape = object({
  id: ID,
  name: NAME,
  command: COMMAND,
  args: withDefault(ARGS, []),
  cwd: optional(text({ min: 1, max: 4_096 })),
  env: withDefault(environment, {}),
  platform: optional(oneOf('linux', 'darwin', 'win32')),
  autostart: withDefault(boolean, false),
  /** It is meant to end: exit code 0 is `done`, and those that depend on it may begin. */
  oneShot: withDefault(boolean, false),
  restart: withDefault(restartField, RESTART_DEFAULTS as Restart),
  detect: optional(detection),
  health: optional(health),
  stop: withDefault(stop, { args: [], signals: ['SIGTERM'], graceMs: 5_000 } as Stop),
  dependsOn: withDefault(list(ID, 64), []),
  /** Must be free before it is started. */
  ports: withDefault(list(PORT, 32), []),
  logs: withDefault(logs, { lines: 500, maxBytes: 5 * 1024 * 1024, files: 3 }),
})
export type Definition = Parsed<typeof shape>

/** Parses one entry, in either spelling. */
export const definition: Parser<Definition> = (value, path, faults) => {
  const parsed = shape(isObject(value) ? fromOlderSpelling(value) : value, path, faults)
  if (parsed === INVALID) return INVALID
  if (parsed.cwd !== undefined && !isAbsolute(parsed.cwd) && !/^[A-Za-z]:[\\/]/.test(parsed.cwd)) {
    faults.push({ path: `${path}.cwd`, reason: 'must be an absolute path' })
    return INVALID
  }
  if (parsed.oneShot && parsed.restart.policy === 'always') {
    faults.push({ path: `${path}.restart`, reason: 'must not be "always" for a one-shot: it is meant to end' })
    return INVALID
  }
  return parsed
}

/** The ports that must be free: those named, and those the environment names (as the original's callers rely on). */
export function neededPorts({ ports, env }: Pick<Definition, 'ports' | 'env'>): number[] {
  const named = ['PORT', 'HEALTH_PORT', 'WEBSOCKET_PORT', 'HTTP_PORT', 'API_PORT']
    .map((name) => Number(env[name] ?? Number.NaN))
    .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536)
  return [...new Set([...ports, ...named])]
}

/** Files written for the original keep working; a key of the new spelling wins over an old one. */
function fromOlderSpelling(entry: Record<string, unknown>): Record<string, unknown> {
  const {
    auto_restart,
    max_restarts,
    restart_window,
    process_detection,
    health_check,
    stop_command,
    stop_args,
    ...rest
  } = entry
  const made: Record<string, unknown> = { ...rest }
  const set = (key: string, value: unknown) => {
    if (value !== undefined && made[key] === undefined) made[key] = value
  }
  for (const key of ['args', 'cwd', 'env', 'platform']) if (made[key] === null) delete made[key]
  if (auto_restart !== undefined) set('restart', olderRestart(auto_restart, max_restarts, restart_window))
  if (isObject(process_detection)) set('detect', olderDetection(process_detection))
  if (isObject(health_check)) set('health', olderHealth(health_check))
  if (typeof stop_command === 'string') set('stop', { command: stop_command, args: stop_args ?? [] })
  return made
}

function olderRestart(auto: unknown, max: unknown, windowSeconds: unknown): unknown {
  if (typeof auto !== 'boolean') return auto
  return {
    policy: auto ? 'on-failure' : 'never',
    ...(max === undefined ? {} : { maxRestarts: max }),
    ...(typeof windowSeconds === 'number' ? { windowMs: windowSeconds * 1_000 } : {}),
  }
}

function olderDetection({ type, containers, name }: Record<string, unknown>): unknown {
  if (type === 'docker') return { by: 'docker', containers: containers ?? [] }
  // `check_command` was a program of the caller's choice, and was never run. The executable's name says as much.
  return { by: 'executable', name }
}

function olderHealth(check: Record<string, unknown>): unknown {
  const { type, url: address, interval, timeout, startup_delay, startup_retries, startup_interval } = check
  const times = {
    intervalMs: seconds(interval),
    timeoutMs: seconds(timeout),
    startDelayMs: startup_delay,
    startRetries: startup_retries,
    startIntervalMs: startup_interval,
  }
  const given = Object.entries(times).filter(([, value]) => value !== undefined)
  return { type: type ?? 'http', url: address, ...Object.fromEntries(given) }
}

/** The original's intervals are seconds in some files and ms in others: nothing is checked once a day. */
function seconds(value: unknown): unknown {
  return typeof value === 'number' && value < 1_000 ? value * 1_000 : value
}
