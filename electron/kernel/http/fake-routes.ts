/** Routes in memory, for tests of whatever adds one: called by method and path, with the schemas applied as the server does. */
import type { z } from 'zod'
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import { HUB_ACTOR } from '../commands.ts'
import type { Route, Routes } from './routes.ts'

type AnyRoute = Route<z.ZodType, z.ZodType>

export class FakeRoutes implements Routes {
  readonly #routes: AnyRoute[] = []

  add<Q extends z.ZodType, B extends z.ZodType>(route: Route<Q, B>): Disposable {
    const added = route as unknown as AnyRoute
    this.#routes.push(added)
    return toDisposable(() => this.#routes.splice(this.#routes.indexOf(added), 1))
  }

  get paths(): string[] {
    return this.#routes.map(({ method, path }) => `${method} ${path}`)
  }

  /** Calls a route as the hub itself would. Throws a `ZodError` where the server would refuse the query or body. */
  async call(
    method: string,
    path: string,
    input: { query?: unknown; body?: unknown; params?: Record<string, string> } = {},
  ) {
    const route = this.#routes.find((candidate) => candidate.method === method && candidate.path === path)
    if (!route) throw new Error(`no route ${method} ${path}; there are ${this.paths.join(', ')}`)
    return route.handle({
      params: input.params ?? {},
      query: route.query ? route.query.parse(input.query ?? {}) : {},
      body: route.body ? route.body.parse(input.body) : route.upload ? (input.body as never) : undefined,
      actor: HUB_ACTOR,
      correlationId: 'test',
      hostname: '127.0.0.1',
      signal: new AbortController().signal,
    })
  }
}
