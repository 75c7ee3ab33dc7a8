/**
 * A docker compose stack as one process: `up -d` ends at once and well, and what counts are the containers. Owns the
 * questions to `docker compose`; knows no other platform's tools.
 */
import { execFile } from 'node:child_process'
import { isObject } from '../base/parse.ts'
import type { Definition } from '../definitions/definition.ts'
import { plainName } from '../platform/platform.ts'
import type { Handle } from './machine.ts'

const QUESTION_MS = 20_000
const MAX_ANSWER_BYTES = 4 * 1_024 * 1_024

export interface ContainerState {
  readonly name: string
  readonly service: string
  readonly state: string
  readonly health: string
}

export interface DockerQuestions {
  /** A handle when all these run. Undefined when one does not, or docker does not answer. */
  running(definition: Definition, containers: readonly string[]): Promise<Handle | undefined>
}

/** A stack has no pid; its token never changes, so that it is the same one whoever started it. */
const STACK_TOKEN = 'docker'

export function createDocker(environment: NodeJS.ProcessEnv, now: () => number): DockerQuestions {
  return {
    async running(definition, containers) {
      const answer = await ask(definition, environment)
      if (answer === undefined || !allRun(parseContainers(answer), containers)) return undefined
      return { pid: null, token: STACK_TOKEN, startedAt: now(), adopted: true }
    },
  }
}

export function allRun(states: readonly ContainerState[], wanted: readonly string[]): boolean {
  if (wanted.length === 0) return states.length > 0 && states.every(({ state }) => state === 'running')
  return wanted.every((one) =>
    states.some(({ name, service, state }) => (name === one || service === one) && state === 'running'),
  )
}

/** Newer versions print one object a line, older ones a single list. */
export function parseContainers(text: string): ContainerState[] {
  const trimmed = text.trim()
  const texts = trimmed.startsWith('[') ? [trimmed] : trimmed.split('\n')
  return texts.flatMap((one) => {
    let value: unknown
    try {
      value = JSON.parse(one)
    } catch {
      // A warning among the lines.
      return []
    }
    return (Array.isArray(value) ? value : [value]).filter(isObject).map((entry) => ({
      name: field(entry, 'Name'),
      service: field(entry, 'Service'),
      state: field(entry, 'State').toLowerCase(),
      health: field(entry, 'Health').toLowerCase(),
    }))
  })
}

function field(entry: Record<string, unknown>, key: string): string {
  const value = entry[key]
  return typeof value === 'string' ? value : ''
}

/** The same stack as the start command's: what stands before `up`, e.g. `compose -f other.yml`. */
export function composeArgs({ command, args }: Pick<Definition, 'command' | 'args'>): string[] {
  const up = args.indexOf('up')
  const before = up < 0 ? [] : args.slice(0, up)
  if (plainName(command) === 'docker-compose') return ['compose', ...before]
  return plainName(command) === 'docker' && before.includes('compose') ? before : ['compose']
}

function ask(definition: Definition, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const args = [...composeArgs(definition), 'ps', '--all', '--format', 'json']
  const options = {
    env: { ...environment, ...definition.env },
    timeout: QUESTION_MS,
    maxBuffer: MAX_ANSWER_BYTES,
    windowsHide: true,
    encoding: 'utf8' as const,
  }
  const command = plainName(definition.command) === 'docker' ? definition.command : 'docker'
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      definition.cwd === undefined ? options : { ...options, cwd: definition.cwd },
      (error, stdout) => resolve(error ? undefined : stdout),
    )
  })
}
