/**
 * The original system's routes for Bitfocus Companion (Stream Deck): processes on other machines, in the shapes its
 * buttons expect. What they do goes through the commands.
 */
import { z } from 'zod'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import { processStatusSchema, processUseSchema } from '../../../contracts/process.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import { STATUS_OF_REJECTION } from '../../kernel/http/command-routes.ts'
import { HttpAnswer, HttpError, type Routes } from '../../kernel/http/routes.ts'
import type { MachineProcess, Machines, ProcessOrder } from './machines.ts'

const ROOT = '/api/companion/process/:machine'

const statusSchema = processUseSchema.extend({ status: processStatusSchema })
const listSchema = z.array(statusSchema.extend({ name: z.string() }))
const orderSchema = z.object({
  success: z.boolean(),
  error: z.object({ code: z.string(), message: z.string(), path: z.string().optional() }).optional(),
})

const ORDERS: readonly { order: ProcessOrder; summary: string }[] = [
  { order: 'start', summary: 'Start a process on another machine' },
  { order: 'stop', summary: 'Stop a process on another machine' },
  { order: 'restart', summary: 'Restart a process on another machine' },
]

/** Adds the routes until disposed of. */
export function addCompanionRoutes(routes: Routes, commands: Pick<Commands, 'invoke'>, machines: Machines): Disposable {
  const owned = new DisposableStore()
  owned.add(
    routes.add({
      method: 'GET',
      path: `${ROOT}/list`,
      scope: 'read',
      summary: 'The processes of another machine',
      response: listSchema,
      handle: ({ params: { machine = '' } }) =>
        worded(() => machines.machine(machine).processes.map((process) => ({ name: process.name, ...shown(process) }))),
    }),
  )
  owned.add(
    routes.add({
      method: 'GET',
      path: `${ROOT}/:process/status`,
      scope: 'read',
      summary: 'How a process on another machine is doing',
      response: statusSchema,
      handle: ({ params: { machine = '', process = '' } }) => worded(() => shown(machines.process(machine, process))),
    }),
  )
  for (const { order, summary } of ORDERS) {
    owned.add(
      routes.add({
        method: 'POST',
        path: `${ROOT}/:process/${order}`,
        scope: 'fleet',
        summary,
        response: orderSchema,
        async handle({ params: { machine, process }, actor, correlationId }) {
          const answer = await commands.invoke(`agent.process.${order}`, { machine, process }, actor, correlationId)
          if (answer.status === 'committed') return { success: true }
          return new HttpAnswer(STATUS_OF_REJECTION[answer.error.code], { success: false, error: answer.error })
        },
      }),
    )
  }
  return owned
}

function shown({ status, cpu, memory }: MachineProcess): z.output<typeof statusSchema> {
  return { status, cpu, memory }
}

/** A `CommandError` as HTTP says it. */
function worded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new HttpError(STATUS_OF_REJECTION[error.code], error.code, error.message, error.path)
  }
}
