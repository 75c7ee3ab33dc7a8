/**
 * Fails when a contract changes, so that no change of what travels goes unnoticed. Then: raise `PROTOCOL_VERSION` in
 * `wire.ts` with a line of its history, and put the hash that the failure shows, with the new version, below. (Until the
 * first release only the hash needs to follow.)
 */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { type CommandName, commandDefinitions } from './commands.ts'
import { envelopeSchema } from './envelope.ts'
import { eventSchemas } from './events.ts'
import { scopes } from './scopes.ts'
import { stateTopicScopes } from './topics.ts'
import { PROTOCOL_VERSION, phoenixEvents, pushEvents } from './wire.ts'

const KNOWN = { version: 1, hash: '6aecef3e5ac19d18' }

function hashOfContracts(): string {
  const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: 'any' })
  const events = Object.entries(eventSchemas).map(([type, schema]) => [type, schemaOf(schema)])
  const commands = (Object.keys(commandDefinitions) as CommandName[]).map((name) => {
    const { scope, args, result } = commandDefinitions[name]
    return [name, scope, schemaOf(args), schemaOf(result)]
  })
  const names = [scopes, stateTopicScopes, phoenixEvents, pushEvents]
  const all = JSON.stringify([schemaOf(envelopeSchema), events.sort(), commands.sort(), names])
  return createHash('sha256').update(all).digest('hex').slice(0, 16)
}

it('[W30] is raised with every change of the contracts', () => {
  expect({ version: PROTOCOL_VERSION, hash: hashOfContracts() }).toEqual(KNOWN)
})
