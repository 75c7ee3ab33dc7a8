/** HTTP as features see it: a route with a scope and schemas, from which the OpenAPI document is made as well. */
import type { z } from 'zod'
import type { Disposable } from '../../../base/lifecycle.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { Actor } from '../commands.ts'

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface RouteRequest<Q, B> {
  /** `:name` parts of the path, decoded. */
  params: Record<string, string>
  query: Q
  body: B
  actor: Actor
  correlationId: string
  /** The name the caller knows us by, checked: the Host header without its port. */
  hostname: string
  signal: AbortSignal
}

export interface Upload {
  contentType: string
  maxBytes: number
}

export interface Route<Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  method: HttpMethod
  /** e.g. `/api/obs/scene/:scene_name`; a part `:name.png` takes what ends so, without the ending. */
  path: string
  /**
   * null: open to anyone who passes the Host and Origin checks (health and readiness only). 'token': any valid token;
   * what it may do is checked further in.
   */
  scope: Scope | 'token' | null
  /** Also takes the token as `?token=`: for what a page shows by an address alone, which can send no header. */
  tokenInUrl?: boolean
  summary: string
  query?: Q
  body?: B
  /** Instead of JSON the body is a file: one content type, read whole, handed over as a `Buffer` without a look into it. */
  upload?: Upload
  response?: z.ZodType
  /** Answers the JSON body, or an `HttpAnswer` for anything else. */
  handle(request: RouteRequest<z.output<Q>, z.output<B>>): Promise<unknown> | unknown
}

export class HttpAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string>

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** Thrown by a handler: answered as `{error:{code,message,path?}}` with this status. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly path: string | undefined

  constructor(status: number, code: string, message: string, path?: string) {
    super(message)
    this.status = status
    this.code = code
    this.path = path
  }
}

export interface Routes {
  add<Q extends z.ZodType, B extends z.ZodType>(route: Route<Q, B>): Disposable
}
