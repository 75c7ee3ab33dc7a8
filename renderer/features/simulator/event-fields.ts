/** A made-up payload as the fields of a form, and what was changed in it as the wish of a command. Pure. */

export interface EventField {
  /** Where it is in the payload. */
  path: readonly string[]
  label: string
  kind: 'text' | 'number' | 'yes-no' | 'json'
  /** As the form has it. */
  value: string
  /** It may be left empty. */
  nullable: boolean
}

type Payload = Record<string, unknown>

/** Made anew with each event, or of the channel itself: nobody wants to type them. */
const LEFT_OUT = /(^|_)(id|at)$|^(to_)?broadcaster_|^(source|reply|gifter|recipient)_|_url$|^frame$/
/** Wanted all the same. */
const KEPT = /^(user_id|category_id|winning_outcome_id)$/
const DEEPEST = 3
const MAX_FIELDS = 40

/** In the payload's own order; at most 40. */
export function fieldsOf(payload: Payload): EventField[] {
  return fieldsAt(payload, []).slice(0, MAX_FIELDS)
}

function fieldsAt(value: Payload, at: readonly string[]): EventField[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key]
    if (LEFT_OUT.test(key) && !KEPT.test(key)) return []
    if (isPayload(inner) && path.length < DEEPEST && Object.keys(inner).length > 0) return fieldsAt(inner, path)
    return [fieldOf(path, inner)]
  })
}

function fieldOf(path: readonly string[], value: unknown): EventField {
  const label = path.join(' · ').replaceAll('_', ' ')
  const base = { path, label, nullable: value === null }
  if (typeof value === 'number') return { ...base, kind: 'number', value: String(value) }
  if (typeof value === 'boolean') return { ...base, kind: 'yes-no', value: String(value) }
  if (typeof value === 'string' || value === null) return { ...base, kind: 'text', value: value ?? '' }
  return { ...base, kind: 'json', value: JSON.stringify(value, null, 1) }
}

/** What differs from `fields`, nested as the payload is. Throws an `Error` in the streamer's words on broken JSON. */
export function changesOf(fields: readonly EventField[], edited: readonly string[]): Payload {
  const changes: Payload = {}
  for (const [index, field] of fields.entries()) {
    const value = edited[index] ?? field.value
    if (value === field.value) continue
    let place = changes
    for (const key of field.path.slice(0, -1)) {
      const inner = (place[key] ?? {}) as Payload
      place[key] = inner
      place = inner
    }
    place[field.path.at(-1) ?? ''] = typedValue(field, value)
  }
  return changes
}

function typedValue({ kind, nullable, label }: EventField, value: string): unknown {
  if (value === '' && nullable) return null
  if (kind === 'number') return Number(value)
  if (kind === 'yes-no') return value === 'true'
  if (kind === 'text') return value
  try {
    return JSON.parse(value)
  } catch {
    throw new Error(`“${label}” is not valid JSON.`)
  }
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
