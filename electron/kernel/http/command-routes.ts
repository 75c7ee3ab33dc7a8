/** The commands over HTTP, for Stream Deck, scripts and tests: the list with schemas, and the door itself. */
import { z } from 'zod'
import type { RejectionCode } from '../../../contracts/command.ts'
import { commandDefinitions, commandNames } from '../../../contracts/commands.ts'
import type { Commands } from '../commands.ts'
import { jsonSchemaOf } from './open-api.ts'
import { HttpAnswer, type Routes } from './routes.ts'

/** The HTTP status that says the same as the rejection. */
export const STATUS_OF_REJECTION: Record<RejectionCode, number> = {
  unknown_command: 404,
  invalid_args: 422,
  unauthorized: 401,
  forbidden: 403,
  unavailable: 503,
  not_found: 404,
  conflict: 409,
  timeout: 504,
  vendor_error: 502,
  rate_limited: 429,
  internal: 500,
}

export function addCommandRoutes(routes: Routes, commands: Pick<Commands, 'invoke'>): void {
  routes.add({
    method: 'POST',
    path: '/api/commands/:name',
    scope: 'token',
    summary: 'Give a command; the body holds its arguments',
    body: z.unknown(),
    async handle({ params, body, actor, correlationId }) {
      const answer = await commands.invoke(params.name ?? '', body ?? {}, actor, correlationId)
      return new HttpAnswer(answer.status === 'committed' ? 200 : STATUS_OF_REJECTION[answer.error.code], answer)
    },
  })
  routes.add({
    method: 'GET',
    path: '/api/commands',
    scope: 'token',
    summary: 'Every command with the schemas of its arguments and result',
    handle: () => ({ commands: commandList() }),
  })
}

function commandList(): unknown[] {
  return commandNames.map((name) => {
    const { title, scope, dangerous, args, result } = commandDefinitions[name]
    const schemas = { args: jsonSchemaOf(args, 'input'), result: jsonSchemaOf(result, 'output') }
    return { name, title, scope, dangerous, ...schemas }
  })
}
