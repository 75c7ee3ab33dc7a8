/**
 * Parsers for what comes from outside: a file, a frame, a request. Each reports every fault it finds, by path, and
 * answers a typed value or `INVALID`. Knows nothing of what is parsed. Small on purpose: the agent's memory is counted.
 */

export interface Fault {
  /** Where, e.g. `processes[2].health.url`. */
  readonly path: string
  /** What is wrong there, and what is expected. */
  readonly reason: string
}

export const INVALID = Symbol('invalid')
type Invalid = typeof INVALID

export type Parser<T> = (value: unknown, path: string, faults: Fault[]) => T | Invalid

export type Parsed<P> = P extends Parser<infer T> ? T : never

export type ParseResult<T> = { ok: true; value: T } | { ok: false; faults: readonly Fault[] }

/** Runs a parser over a whole value. `path` names the value in faults. */
export function parse<T>(parser: Parser<T>, value: unknown, path = ''): ParseResult<T> {
  const faults: Fault[] = []
  const parsed = parser(value, path, faults)
  if (parsed !== INVALID && faults.length === 0) return { ok: true, value: parsed }
  return { ok: false, faults: faults.length > 0 ? faults : [{ path, reason: 'is invalid' }] }
}

/** One line for a person. */
export function faultText(faults: readonly Fault[]): string {
  return faults.map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`)).join('; ')
}

/** JSON text to a value; a syntax error is a fault like any other. */
export function parseJson<T>(parser: Parser<T>, text: string, path = ''): ParseResult<T> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, faults: [{ path, reason: `is not JSON: ${error instanceof Error ? error.message : error}` }] }
  }
  return parse(parser, value, path)
}

export function text(options: { min?: number; max: number; pattern?: RegExp; expected?: string }): Parser<string> {
  const { min = 0, max, pattern, expected } = options
  return (value, path, faults) => {
    if (typeof value !== 'string') return fault(faults, path, `must be a string, not ${kindOf(value)}`)
    if (value.length < min)
      return fault(faults, path, min === 1 ? 'must not be empty' : `needs ${min} characters or more`)
    if (value.length > max) return fault(faults, path, `is ${value.length} characters long; at most ${max}`)
    if (value.includes('\0')) return fault(faults, path, 'must not contain a NUL character')
    if (pattern && !pattern.test(value)) return fault(faults, path, `must be ${expected ?? `like ${pattern}`}`)
    return value
  }
}

export function number(options: { min: number; max: number; integer?: boolean }): Parser<number> {
  const { min, max, integer = false } = options
  return (value, path, faults) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return fault(faults, path, `must be a number, not ${kindOf(value)}`)
    }
    if (integer && !Number.isInteger(value)) return fault(faults, path, 'must be a whole number')
    if (value < min || value > max) return fault(faults, path, `must be between ${min} and ${max}, not ${value}`)
    return value
  }
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  return number({ min, max, integer: true })
}

export const boolean: Parser<boolean> = (value, path, faults) =>
  typeof value === 'boolean' ? value : fault(faults, path, `must be true or false, not ${kindOf(value)}`)

export function oneOf<const T extends readonly (string | number)[]>(...choices: T): Parser<T[number]> {
  return (value, path, faults) =>
    choices.includes(value as T[number])
      ? (value as T[number])
      : fault(faults, path, `must be ${choices.map((choice) => JSON.stringify(choice)).join(' or ')}`)
}

export function list<T>(of: Parser<T>, max: number): Parser<T[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value)) return fault(faults, path, `must be a list, not ${kindOf(value)}`)
    if (value.length > max) return fault(faults, path, `has ${value.length} entries; at most ${max}`)
    let valid = true
    const parsed: T[] = []
    value.forEach((item, index) => {
      const one = of(item, `${path}[${index}]`, faults)
      if (one === INVALID) valid = false
      else parsed.push(one)
    })
    return valid ? parsed : INVALID
  }
}

/** An object used as a map from any name to one kind of value. */
export function record<T>(of: Parser<T>, max: number): Parser<Record<string, T>> {
  return (value, path, faults) => {
    if (!isObject(value)) return fault(faults, path, `must be an object, not ${kindOf(value)}`)
    const entries = Object.entries(value)
    if (entries.length > max) return fault(faults, path, `has ${entries.length} entries; at most ${max}`)
    let valid = true
    const parsed: [string, T][] = []
    for (const [key, item] of entries) {
      const one = of(item, join(path, key), faults)
      if (one === INVALID) valid = false
      else parsed.push([key, one])
    }
    return valid ? Object.fromEntries(parsed) : INVALID
  }
}

/** A field that may be left out; it is then absent, not undefined. */
export interface OptionalField<T> {
  readonly optional: Parser<T>
}
/** A field that may be left out; it then has this value. */
export interface DefaultField<T> {
  readonly parser: Parser<T>
  readonly fallback: T
}
type Field = Parser<unknown> | OptionalField<unknown> | DefaultField<unknown>

export function optional<T>(parser: Parser<T>): OptionalField<T> {
  return { optional: parser }
}

export function withDefault<T>(parser: Parser<T>, fallback: T): DefaultField<T> {
  return { parser, fallback }
}

type FieldValue<F> =
  F extends Parser<infer T> ? T : F extends DefaultField<infer T> ? T : F extends OptionalField<infer T> ? T : never
type OptionalKeys<S> = { [K in keyof S]: S[K] extends OptionalField<unknown> ? K : never }[keyof S]
type ObjectOf<S> = { [K in Exclude<keyof S, OptionalKeys<S>>]: FieldValue<S[K]> } & {
  [K in OptionalKeys<S>]?: FieldValue<S[K]>
}

/** `unknownKeys`: a file written by hand refuses them (a typing error must not pass); a newer peer may send more. */
export function object<S extends Record<string, Field>>(
  shape: S,
  unknownKeys: 'refuse' | 'ignore' = 'refuse',
): Parser<ObjectOf<S>> {
  const fields = Object.entries(shape)
  return (value, path, faults) => {
    if (!isObject(value)) return fault(faults, path, `must be an object, not ${kindOf(value)}`)
    const before = faults.length
    if (unknownKeys === 'refuse') {
      for (const key of Object.keys(value)) {
        if (!Object.hasOwn(shape, key)) fault(faults, join(path, key), `is not a known key${didYouMean(key, shape)}`)
      }
    }
    const parsed: Record<string, unknown> = {}
    let valid = true
    for (const [key, field] of fields) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined
      const one = readField(field, given, join(path, key), faults)
      if (one === INVALID) valid = false
      else if (one !== undefined) parsed[key] = one
    }
    return valid && faults.length === before ? (parsed as ObjectOf<S>) : INVALID
  }
}

function readField(field: Field, given: unknown, path: string, faults: Fault[]): unknown {
  if (typeof field === 'function') {
    return given === undefined ? fault(faults, path, 'is missing') : field(given, path, faults)
  }
  if ('optional' in field) return given === undefined ? undefined : field.optional(given, path, faults)
  return given === undefined ? field.fallback : field.parser(given, path, faults)
}

/** Chooses the parser by the value of one key. */
export function tagged<M extends Record<string, Parser<unknown>>>(key: string, members: M): Parser<Parsed<M[keyof M]>> {
  const names = Object.keys(members)
  return (value, path, faults) => {
    if (!isObject(value)) return fault(faults, path, `must be an object, not ${kindOf(value)}`)
    const tag = value[key]
    const member = typeof tag === 'string' && Object.hasOwn(members, tag) ? members[tag] : undefined
    if (!member) return fault(faults, join(path, key), `must be ${names.map((name) => `"${name}"`).join(' or ')}`)
    return member(value, path, faults) as Parsed<M[keyof M]> | Invalid
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fault(faults: Fault[], path: string, reason: string): Invalid {
  faults.push({ path, reason })
  return INVALID
}

function join(path: string, key: string): string {
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key
  return path === '' ? shown : `${path}.${shown}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** A key that differs only in case or by underscores is most likely meant. */
function didYouMean(key: string, shape: Record<string, unknown>): string {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '')
  const meant = Object.keys(shape).find((name) => plain(name) === plain(key))
  return meant ? `; did you mean "${meant}"?` : ''
}
