/** The OpenAPI 3.1 document, made from the routes and commands themselves, so that it can't say anything else than they do. */
import { z } from 'zod'
import { commandDefinitions, commandNames } from '../../../contracts/commands.ts'
import type { AnyRoute } from './router.ts'

type Json = Record<string, unknown>

export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}

export function openApiDocument(routes: readonly AnyRoute[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    if (route.path === COMMAND_PATH) continue
    const path = route.path.replace(/:([A-Za-z_]\w*)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  for (const name of commandNames) paths[`/api/commands/${name}`] = { post: commandOperation(name) }
  return {
    openapi: '3.1.0',
    info: { title: 'Landale', version, description: 'The hub of one live broadcast, over HTTP.' },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: ERROR_SCHEMA },
    },
    paths,
  }
}

/** Stands in the document once for each command instead. */
const COMMAND_PATH = '/api/commands/:name'

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, path: { type: 'string' } },
    },
  },
}

const errorAnswer = {
  description: 'What went wrong',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
}

function operationOf(route: AnyRoute): Json {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)]
  return {
    summary: route.summary,
    ...securityOf(route.scope),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(route),
    responses: {
      '200': { description: 'Done', ...(route.response ? jsonContent(jsonSchemaOf(route.response, 'output')) : {}) },
      default: errorAnswer,
    },
  }
}

function requestBodyOf({ body, upload }: AnyRoute): Json {
  if (body) return { requestBody: jsonContent(jsonSchemaOf(body, 'input')) }
  return upload ? { requestBody: { required: true, content: { [upload.contentType]: {} } } } : {}
}

function commandOperation(name: (typeof commandNames)[number]): Json {
  const { title, scope, args, result } = commandDefinitions[name]
  const answer = {
    type: 'object',
    required: ['status', 'result'],
    properties: { status: { const: 'committed' }, result: jsonSchemaOf(result, 'output') },
  }
  return {
    summary: title,
    operationId: name,
    ...securityOf(scope),
    requestBody: jsonContent(jsonSchemaOf(args, 'input')),
    responses: { '200': { description: 'Committed', ...jsonContent(answer) }, default: errorAnswer },
  }
}

function securityOf(scope: AnyRoute['scope']): Json {
  if (scope === null) return { security: [] }
  const needs = scope === 'token' ? 'Any valid token.' : `Needs the scope "${scope}".`
  return { security: [{ bearer: [] }], description: needs }
}

function pathParameters(path: string): Json[] {
  const names = [...path.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name]) => name)
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!query) return []
  const { properties = {}, required = [] } = jsonSchemaOf(query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema }
  })
}

function jsonContent(schema: Json): Json {
  return { content: { 'application/json': { schema } } }
}
