/**
 * Settings: `<data>/config.json` (comments allowed), overridden by the environment. Read once, at start; a bad field is
 * named with its path, its value and what was expected, and nothing is started on a guess.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import type { z } from 'zod'
import { pathText } from './commands.ts'

/** A mistake of the user's, worded for the user. */
export class ConfigError extends Error {}

/** A variable and the setting it overrides; `read` turns its text into the setting's value. */
export interface EnvSetting {
  name: string
  /** Path of the setting, e.g. `['obs', 'url']`. */
  path: readonly string[]
  read: (text: string) => unknown
}

export interface ConfigSource<S extends z.ZodType> {
  schema: S
  dataDir: string
  env: NodeJS.ProcessEnv
  envSettings: readonly EnvSetting[]
  /** Command-line values, above all else; `undefined` ones do not count. */
  flags: readonly { path: readonly string[]; value: unknown; name: string }[]
}

/** Reads and checks the settings. Rejects with a `ConfigError` that lists every fault, one a line. */
export async function loadConfig<S extends z.ZodType>(source: ConfigSource<S>): Promise<z.output<S>> {
  const file = join(source.dataDir, 'config.json')
  const settings = await readSettings(file)
  const origins = new Map<string, string>()
  for (const { name, path, read } of source.envSettings) {
    const text = source.env[name]
    if (text === undefined || text === '') continue
    put(settings, path, read(text))
    origins.set(path.join('.'), name)
  }
  for (const { path, value, name } of source.flags) {
    if (value === undefined) continue
    put(settings, path, value)
    origins.set(path.join('.'), name)
  }
  const parsed = source.schema.safeParse(settings)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.flatMap((issue) => faults(issue, settings, origins, file)).join('\n'))
}

async function readSettings(file: string): Promise<Record<string, unknown>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new ConfigError(`${file} can't be read: ${(error as Error).message}`)
  }
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [fault] = errors
  if (fault) {
    const before = text.slice(0, fault.offset).split('\n')
    const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
    throw new ConfigError(`${file}, ${where}: ${printParseErrorCode(fault.error)}`)
  }
  if (value === undefined && text.trim() === '') return {}
  if (!isRecord(value))
    throw new ConfigError(`${file} is ${JSON.stringify(value)}; expected an object, e.g. {"port": 7175}`)
  return value
}

function put(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path
  if (key === undefined) return
  if (rest.length === 0) {
    settings[key] = value
    return
  }
  const child = isRecord(settings[key]) ? settings[key] : {}
  settings[key] = child
  put(child, rest, value)
}

function faults(issue: z.core.$ZodIssue, settings: unknown, origins: Map<string, string>, file: string): string[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  return paths.map((path) => {
    const origin = origins.get(path.join('.')) ?? `${file}: ${pathText(path) || 'the whole file'}`
    const value = JSON.stringify(valueAt(settings, path)) ?? 'missing'
    const expected = issue.code === 'unrecognized_keys' ? 'there is no such setting' : issue.message
    return `${origin} is ${secretAware(path, value)}: ${expected}`
  })
}

/** A password is never echoed, not even a wrong one: the message ends up in terminals and logs. */
function secretAware(path: readonly PropertyKey[], value: string): string {
  return /password|token|secret/i.test(String(path.at(-1))) ? 'set to something else' : value
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[String(key)] : undefined), value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** For `EnvSetting.read`: a number where the text is one; else the text, for the schema to refuse. */
export function numberOrText(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
