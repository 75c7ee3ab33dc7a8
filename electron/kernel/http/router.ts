/** Finds the route for a method and a path. Fixed paths before those with parts in them; knows nothing of requests. */
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import type { HttpMethod, Route } from './routes.ts'

export type AnyRoute = Omit<Route, 'handle'> & { handle(request: never): Promise<unknown> | unknown }

export type RouteMatch =
  | { kind: 'found'; route: AnyRoute; params: Record<string, string> }
  | { kind: 'wrong-method'; allowed: HttpMethod[] }
  | { kind: 'none' }

interface Entry {
  route: AnyRoute
  segments: readonly string[]
  /** Fewer first: the more of a path is fixed, the sooner it is asked. */
  looseness: number
}

/** `:name` takes a whole part of the path; `:name.png` one that ends so, without the ending. */
const PARAM = /^:(\w+)(\.\w+)?$/

export class Router {
  #entries: Entry[] = []

  get routes(): AnyRoute[] {
    return this.#entries.map((entry) => entry.route)
  }

  /** Throws when the method and path are taken: two owners of one route is a bug. */
  add(route: AnyRoute): Disposable {
    const segments = route.path.split('/').slice(1)
    const shape = shapeOf(segments)
    const taken = this.#entries.some(
      (other) => other.route.method === route.method && shapeOf(other.segments) === shape,
    )
    if (taken) throw new Error(`route ${route.method} ${route.path} is already there`)
    const entry: Entry = { route, segments, looseness: loosenessOf(segments) }
    this.#entries = [...this.#entries, entry].sort((a, b) => a.looseness - b.looseness)
    return toDisposable(() => {
      this.#entries = this.#entries.filter((other) => other !== entry)
    })
  }

  /** `segments`: the decoded parts of the path. */
  match(method: string, segments: readonly string[]): RouteMatch {
    const fitting = this.#entries.filter((entry) => fits(entry, segments))
    const entry = fitting.find(({ route }) => route.method === method)
    if (entry) return { kind: 'found', route: entry.route, params: paramsOf(entry, segments) }
    if (fitting.length === 0) return { kind: 'none' }
    return { kind: 'wrong-method', allowed: [...new Set(fitting.map(({ route }) => route.method))] }
  }
}

function paramOf(segment: string): { name: string; ending: string } | null {
  const [, name, ending = ''] = PARAM.exec(segment) ?? []
  return name === undefined ? null : { name, ending }
}

function shapeOf(segments: readonly string[]): string {
  return segments
    .map((segment) => {
      const param = paramOf(segment)
      return param ? `:${param.ending}` : segment
    })
    .join('/')
}

function loosenessOf(segments: readonly string[]): number {
  return segments.reduce((sum, segment) => {
    const param = paramOf(segment)
    if (!param) return sum
    return sum + (param.ending === '' ? 2 : 1)
  }, 0)
}

function fits(entry: Entry, segments: readonly string[]): boolean {
  if (entry.segments.length !== segments.length) return false
  return entry.segments.every((part, at) => {
    const given = segments[at] ?? ''
    const param = paramOf(part)
    return param ? given.length > param.ending.length && given.endsWith(param.ending) : part === given
  })
}

function paramsOf(entry: Entry, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [at, part] of entry.segments.entries()) {
    const param = paramOf(part)
    const given = segments[at] ?? ''
    if (param) params[param.name] = given.slice(0, given.length - param.ending.length)
  }
  return params
}
