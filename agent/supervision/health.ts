/**
 * Asks one process how it is, again and again. Owns the questions and their deadlines; what follows from an answer is the
 * machine's business.
 */
import { spawn } from 'node:child_process'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import type { Clock, Disposable } from '../base/clock.ts'
import { assertNever } from '../base/errors.ts'
import type { Health } from '../definitions/definition.ts'

export interface Verdict {
  readonly health: 'healthy' | 'unhealthy'
  readonly reason: string
}

/** Undefined when it is well, else what is wrong. */
export type Probe = (signal: AbortSignal) => Promise<string | undefined>

/** Checks until disposed of. `tell` hears of changes only. */
export function watchHealth(check: Health, probe: Probe, clock: Clock, tell: (verdict: Verdict) => void): Disposable {
  const end = new AbortController()
  let timer: Disposable | undefined
  let told: Verdict['health'] | undefined
  let failures = 0
  let beginning = true

  const later = (delayMs: number) => {
    timer = clock.setTimeout(() => void ask(), delayMs)
  }
  const ask = async () => {
    const trouble = await withDeadline(probe, check.timeoutMs, clock, end.signal)
    if (end.signal.aborted) return
    failures = trouble === undefined ? 0 : failures + 1
    if (trouble === undefined) beginning = false
    const patience = beginning ? check.startRetries + 1 : check.failures
    if (failures >= patience) beginning = false
    if (trouble === undefined && told !== 'healthy') {
      told = 'healthy'
      tell({ health: told, reason: '' })
    } else if (trouble !== undefined && failures >= patience && told !== 'unhealthy') {
      told = 'unhealthy'
      tell({ health: told, reason: trouble })
    }
    if (!end.signal.aborted) later(beginning ? check.startIntervalMs : check.intervalMs)
  }
  later(check.startDelayMs)
  return {
    dispose() {
      end.abort()
      timer?.dispose()
    },
  }
}

async function withDeadline(
  probe: Probe,
  timeoutMs: number,
  clock: Clock,
  ended: AbortSignal,
): Promise<string | undefined> {
  const stop = new AbortController()
  const onEnd = () => stop.abort()
  ended.addEventListener('abort', onEnd)
  let deadline: Disposable | undefined
  const late = new Promise<string>((resolve) => {
    deadline = clock.setTimeout(() => resolve(`no answer within ${timeoutMs / 1_000} s`), timeoutMs)
  })
  try {
    return await Promise.race([probe(stop.signal), late])
  } finally {
    deadline?.dispose()
    ended.removeEventListener('abort', onEnd)
    stop.abort()
  }
}

/** The question a definition asks. `cwd` and `env` are the process's own, for a command. */
export function probeOf(check: Health, surroundings: { cwd?: string; env: NodeJS.ProcessEnv }): Probe {
  switch (check.type) {
    case 'http':
      return (signal) => askHttp(check.url, signal)
    case 'tcp':
      return (signal) => askTcp(check.host, check.port, signal)
    case 'command':
      return (signal) => askCommand(check.command, check.args, surroundings, signal)
    default:
      return assertNever(check)
  }
}

function askHttp(url: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? httpsGet : httpGet
    const request = get(url, { signal, agent: false }, (response) => {
      response.on('error', () => {})
      // What it says does not matter, and may be long.
      response.destroy()
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 400 ? undefined : `${url} answers ${status}`)
    })
    request.on('error', (error) => resolve(`${url}: ${error.message}`))
  })
}

function askTcp(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (trouble: string | undefined) => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(trouble)
    }
    const onAbort = () => end('given up')
    signal.addEventListener('abort', onAbort)
    socket.on('connect', () => end(undefined))
    socket.on('error', (error) => end(`${host}:${port}: ${error.message}`))
  })
}

function askCommand(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd?: string; env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env, signal, killSignal: 'SIGKILL' as const, stdio: 'ignore' as const, windowsHide: true }
    const child = spawn(command, args, cwd === undefined ? options : { ...options, cwd })
    child.on('error', (error) => resolve(`"${command}": ${error.message}`))
    child.on('exit', (code, killed) =>
      resolve(code === 0 ? undefined : `"${command}" ended with ${killed ?? `exit code ${code}`}`),
    )
  })
}
