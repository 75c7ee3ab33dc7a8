/** The path of a request line, taken apart once and safely: everything behind it works on decoded parts. */

export interface RequestPath {
  /** Decoded parts; a part may hold a `/` that was sent as `%2F`, so parts are never joined again for the file system. */
  segments: string[]
  query: URLSearchParams
  /** For the log: without the query, which may hold a token. */
  loggable: string
}

/** Null when the target is not a plain path (absolute form, bad escapes, NUL, dot parts). */
export function parseRequestPath(target: string): RequestPath | null {
  if (!target.startsWith('/') || target.startsWith('//')) return null
  const queryAt = target.indexOf('?')
  const path = queryAt === -1 ? target : target.slice(0, queryAt)
  const query = new URLSearchParams(queryAt === -1 ? '' : target.slice(queryAt + 1))
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent)
    if (segments.some((part) => part === '..' || part === '.' || part.includes('\0'))) return null
    return { segments, query, loggable: path.slice(0, 200) }
  } catch {
    return null
  }
}

/** Repeated keys become lists. */
export function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = Object.create(null)
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key)
    object[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  return object
}
