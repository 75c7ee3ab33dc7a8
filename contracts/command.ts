/** The shape of a command's definition and of its answer. The list itself is `contracts/commands.ts`. */
import { z } from 'zod'
import type { Scope } from './scopes.ts'

export interface CommandDefinition<A extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  /** In the imperative, as a button would say it. */
  title: string
  /** The scope a token needs. */
  scope: Scope
  args: A
  result: R
  /** Can't be undone while live: the dashboard asks for a hold or a confirmation first. */
  dangerous: boolean
  /** Names of arguments that must never be logged or stored. */
  secretArgs: readonly string[]
  /** False for what is sent many times a minute: then only a refusal is kept in the log. */
  isRecorded: boolean
}

interface CommandOptions<A extends z.ZodType, R extends z.ZodType> {
  title: string
  scope: Scope
  args?: A
  result?: R
  dangerous?: boolean
  secretArgs?: readonly string[]
  isRecorded?: boolean
}

const nothing = z.strictObject({})
export type Nothing = typeof nothing

/** Defines a command; without `args` it takes `{}`, without `result` it answers `{}`. */
export function command<A extends z.ZodType = Nothing, R extends z.ZodType = Nothing>(
  options: CommandOptions<A, R>,
): CommandDefinition<A, R> {
  return {
    title: options.title,
    scope: options.scope,
    // The defaults stand in only where the type parameters were left at `Nothing`.
    args: options.args ?? (nothing as unknown as A),
    result: options.result ?? (nothing as unknown as R),
    dangerous: options.dangerous ?? false,
    secretArgs: options.secretArgs ?? [],
    isRecorded: options.isRecorded ?? true,
  }
}

const rejectionCodes = [
  'unknown_command',
  'invalid_args',
  'unauthorized',
  'forbidden',
  'unavailable',
  'not_found',
  'conflict',
  'timeout',
  'vendor_error',
  'rate_limited',
  'internal',
] as const
export type RejectionCode = (typeof rejectionCodes)[number]

export interface Rejection {
  code: RejectionCode
  /** What happened, why, and what to do next. */
  message: string
  /** The argument at fault, as `a.b[0]`. */
  path?: string | undefined
}

export type CommandAnswer<R = unknown> = { status: 'committed'; result: R } | { status: 'rejected'; error: Rejection }
