/** `landale-agent install` and `uninstall`, and what `doctor` says of them. */
import { homedir } from 'node:os'
import type { Clock } from '../base/clock.ts'
import { thisProgram } from '../service/program.ts'
import { runningAgent } from '../service/running-agent.ts'
import { createService, purge, type Service } from '../service/service.ts'
import { systemTools } from '../service/tools.ts'
import type { Places, Settings } from '../settings.ts'

export interface ServiceCommandContext {
  readonly places: Places
  readonly settings: Settings
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

/** The service of this machine and this user. Throws on a system the agent does not know. */
export function serviceHere({
  settings,
  environment,
  clock,
  print,
}: Omit<ServiceCommandContext, 'complain' | 'places'>): Service {
  return createService(process.platform, {
    environment,
    userHome: homedir(),
    userId: process.getuid?.(),
    program: thisProgram(),
    agent: runningAgent(settings.port, clock),
    tools: systemTools,
    print,
  })
}

const INSTALL_FLAGS = ['--boot', '--session', '--allow-setuid', '--as-root']

export async function install(args: readonly string[], context: ServiceCommandContext): Promise<number> {
  const unknown = args.find((arg) => !INSTALL_FLAGS.includes(arg))
  if (unknown !== undefined || (args.includes('--boot') && args.includes('--session'))) {
    context.complain('landale-agent install [--boot | --session] [--allow-setuid] [--as-root]')
    return 2
  }
  await serviceHere(context).install({
    start: args.includes('--boot') ? 'boot' : args.includes('--session') ? 'session' : undefined,
    allowSetuid: args.includes('--allow-setuid'),
    asRoot: args.includes('--as-root'),
  })
  return 0
}

export async function uninstall(args: readonly string[], context: ServiceCommandContext): Promise<number> {
  if (args.some((arg) => arg !== '--purge')) {
    context.complain('landale-agent uninstall [--purge]')
    return 2
  }
  await serviceHere(context).uninstall()
  const { home } = context.places
  if (!args.includes('--purge')) context.print(`uninstalled; settings, definitions and logs stay in ${home}`)
  else {
    const left = purge(context.places)
    context.print(
      left.length === 0 ? 'uninstalled, with everything it wrote' : `uninstalled; left is ${left.join(', ')}`,
    )
  }
  return 0
}
