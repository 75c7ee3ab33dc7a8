/** Turns OBS's refusals into words for whoever asked. Knows OBS's request statuses, and no command. */
import { CommandError } from '../../kernel/commands.ts'
import { ObsCallError } from './session.ts'
import { STATUS } from './wire.ts'

/** What a request was about, for the words. */
export interface Subject {
  /** The argument that names it, e.g. `scene`. */
  path?: string
  /** e.g. `scene "Intro"`. */
  what: string
}

/** Runs `work`; whatever OBS refuses becomes a `CommandError` about `subject`. */
export async function inWords<T>(subject: Subject, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ObsCallError ? rejection(error, subject) : error
  }
}

function rejection(error: ObsCallError, subject: Subject): CommandError {
  const { path, what } = subject
  const options = { cause: error, ...(path === undefined ? {} : { path }) }
  switch (error.fault) {
    case 'disconnected':
    case 'exiting':
      return new CommandError('unavailable', `${error.message}. Nothing is known to have been done.`, { cause: error })
    case 'timeout':
      return new CommandError('timeout', `${error.message}. It may still be done when OBS wakes.`, { cause: error })
    case 'overloaded':
      return new CommandError('rate_limited', error.message, { cause: error })
    case 'unreadable':
      return new CommandError('vendor_error', error.message, { cause: error })
    case 'refused':
      return refusal(error, what, options)
  }
}

function refusal(error: ObsCallError, what: string, options: { cause: unknown; path?: string }): CommandError {
  const { code } = error
  if (code === STATUS.resourceNotFound) return new CommandError('not_found', `OBS has no ${what}`, options)
  if (code === STATUS.resourceExists) return new CommandError('conflict', `OBS already has a ${what}`, options)
  if (code === STATUS.unknownRequest) {
    return new CommandError('vendor_error', `this version of OBS can't do that (${what}); update OBS`, options)
  }
  if (code === STATUS.notReady) {
    return new CommandError('unavailable', 'OBS is busy loading or closing; try again in a moment', options)
  }
  const conflict = code === null ? undefined : CONFLICTS[code]
  if (conflict !== undefined) return new CommandError('conflict', `${what}: ${conflict}`, options)
  const trouble = code === null ? undefined : TROUBLES[code]
  return new CommandError('vendor_error', `${what}: ${trouble ?? error.message}`, options)
}

const CONFLICTS: Record<number, string> = {
  500: 'it is running already',
  501: 'it is not running',
  502: 'it is paused already',
  503: 'it is not paused',
  504: 'it is switched off in the settings of OBS',
  505: 'OBS is in studio mode',
  506: 'OBS is not in studio mode; turn that on first',
}

const TROUBLES: Record<number, string> = {
  602: 'OBS says that it is not of the right kind',
  603: 'OBS has too few resources',
  604: 'OBS says that it is not available: it is not set up, or this build of OBS does not have it',
  605: 'this build of OBS does not know that kind of input',
  606: 'OBS says that it has nothing to set',
  700: 'OBS could not create it',
  701: 'OBS tried and failed',
  702: 'OBS tried and failed',
  703: 'OBS is not able to do that now',
}
