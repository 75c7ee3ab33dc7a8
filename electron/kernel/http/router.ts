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
  paramCount: number
}

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
    const entry: Entry = { route, segments, paramCount: segments.filter(isParam).length }
    this.#entries = [...this.#entries, entry].sort((a, b) => a.paramCount - b.paramCount)
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

function isParam(segment: string): boolean {
  return segment.startsWith(':')
}

function shapeOf(segments: readonly string[]): string {
  return segments.map((segment) => (isParam(segment) ? ':' : segment)).join('/')
}

function fits(entry: Entry, segments: readonly string[]): boolean {
  if (entry.segments.length !== segments.length) return false
  return entry.segments.every((part, at) => (isParam(part) ? segments[at] !== '' : part === segments[at]))
}

function paramsOf(entry: Entry, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [at, part] of entry.segments.entries()) {
    if (isParam(part)) params[part.slice(1)] = segments[at] ?? ''
  }
  return params
}
