/** `landale-agent <command>`: what a person types. Answers an exit code; prints by what it is handed. */
import { hostname } from 'node:os'
import type { Clock } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { faultText, isObject } from '../base/parse.ts'
import { pair } from '../link/pair.ts'
import { loadSettings, type Places, placesFrom, type Settings, savePairing } from '../settings.ts'
import { AGENT_VERSION } from '../version.ts'
import { doctor } from './doctor.ts'
import { ask, follow } from './local-client.ts'
import { install, serviceHere, uninstall } from './service-commands.ts'

export interface CliOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
  /** Ends a `logs --follow`. */
  readonly signal?: AbortSignal
}

const USAGE = `landale-agent [run]                     the agent itself
    --log-file                          what it says goes into its folder
    --if-crashed                        only if the one before died
landale-agent status                    what runs on this machine
landale-agent start|stop|restart <id>   one process
landale-agent logs <id> [--follow] [--lines n]
landale-agent pair <hub> <code> [--pin <sha-256>] [--name <name>]
landale-agent end [--leave]             ends the agent; with --leave its processes run on
landale-agent doctor                    what is wrong here
landale-agent install [--boot | --session] [--allow-setuid]
                                        starts by itself from now on; again: an upgrade
landale-agent uninstall [--purge]       no more; with --purge its settings and logs go too
landale-agent --version`

interface Context extends CliOptions {
  readonly places: Places
  readonly settings: Settings
}

type Command = (args: readonly string[], context: Context) => Promise<number>

const COMMANDS: Record<string, Command> = {
  status,
  start: (args, context) => order('start', args, context),
  stop: (args, context) => order('stop', args, context),
  restart: (args, context) => order('restart', args, context),
  logs,
  pair: pairHere,
  end,
  doctor: (_args, { places, settings, environment, print, clock }) => {
    const service = serviceHere({ settings, environment, print, clock })
    return doctor({ places, settings, environment, print, service })
  },
  install,
  uninstall,
}

/** 0 when it was done, 1 when not, 2 when it was asked wrongly. */
export async function runCommand(command: string, args: readonly string[], options: CliOptions): Promise<number> {
  if (command === '--version' || command === 'version') {
    options.print(AGENT_VERSION)
    return 0
  }
  if (command === '--help' || command === 'help') {
    options.print(USAGE)
    return 0
  }
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (!run) {
    options.complain(`there is no command "${command}"\n\n${USAGE}`)
    return 2
  }
  const places = placesFrom(options.environment, process.platform)
  const settings = loadSettings(places, options.environment)
  if (!settings.ok) {
    options.complain(faultText(settings.faults))
    return 1
  }
  try {
    return await run(args, { ...options, places, settings: settings.value })
  } catch (error) {
    options.complain(errorMessage(error))
    return 1
  }
}

async function status(_args: readonly string[], { settings, print }: Context): Promise<number> {
  const { body } = await ask(settings.port, 'GET', '/api/health/detailed')
  if (!isObject(body) || !Array.isArray(body.processes)) throw new Error('the agent answers something unknown')
  const { body: metrics } = await ask(settings.port, 'GET', '/api/metrics')
  const use = isObject(metrics) && isObject(metrics.processes) ? metrics.processes : {}
  const rows = body.processes.filter(isObject).map((one) => {
    const { cpu, memory, uptime } = isObject(use[String(one.id)]) ? Object(use[String(one.id)]) : {}
    const running = one.pid !== null
    return [
      String(one.id),
      `${one.state}${one.adopted ? ' (taken over)' : ''}`,
      running ? `${cpu}%` : '',
      running ? `${Math.round(Number(memory) / 1_048_576)} MB` : '',
      running ? duration(Number(uptime)) : '',
      String(one.restarts),
      String(one.reason),
    ]
  })
  print(table([['id', 'state', 'cpu', 'memory', 'up', 'restarts', ''], ...rows]))
  const link = isObject(body.link) ? body.link : {}
  print(`\nlink: ${link.status}${link.reason ? ` (${link.reason})` : ''}`)
  const faults = Array.isArray(body.faults) ? body.faults.filter(isObject) : []
  for (const { path, reason } of faults) print(`processes.json: ${path} ${reason}`)
  return 0
}

async function order(what: string, [id]: readonly string[], { settings, print, complain }: Context): Promise<number> {
  if (id === undefined) {
    complain(`which one? landale-agent ${what} <id>`)
    return 2
  }
  const { status: code, body } = await ask(settings.port, 'POST', `/api/processes/${encodeURIComponent(id)}/${what}`)
  const answer = isObject(body) ? body : {}
  if (code !== 200) {
    complain(String(answer.error))
    return 1
  }
  print(isObject(answer.process) ? `${id} is ${answer.process.state}` : 'done')
  return 0
}

async function logs(args: readonly string[], { settings, print, complain, signal }: Context): Promise<number> {
  const { words, flags } = read(args, ['lines'])
  const [id] = words
  if (id === undefined) {
    complain('whose? landale-agent logs <id> [--follow] [--lines n]')
    return 2
  }
  const path = `/api/processes/${encodeURIComponent(id)}/logs?lines=${encodeURIComponent(flags.lines ?? '100')}`
  const tell = (line: unknown) => {
    if (isObject(line)) print(`${line.at} ${line.stream === 'out' ? ' ' : line.stream} ${line.text}`)
  }
  if (flags.follow !== undefined) {
    const ended = signal ?? new AbortController().signal
    await follow(settings.port, `${path}&follow=1`, ended, (line) => tell(JSON.parse(line)))
    return 0
  }
  const { status: code, body } = await ask(settings.port, 'GET', path)
  if (code !== 200 || !isObject(body) || !Array.isArray(body.lines)) {
    complain(isObject(body) ? String(body.error) : `the agent answers ${code}`)
    return 1
  }
  for (const line of body.lines) tell(line)
  return 0
}

async function pairHere(args: readonly string[], context: Context): Promise<number> {
  const { words, flags } = read(args, ['pin', 'name'])
  const [url, code] = words
  if (url === undefined || code === undefined) {
    context.complain('landale-agent pair <hub> <code>; the dashboard shows both')
    return 2
  }
  const pairing = await pair({
    url,
    code,
    ...(flags.pin === undefined ? {} : { pin: flags.pin }),
    name: flags.name ?? (context.settings.name || hostname()),
    platform: process.platform,
    agentVersion: AGENT_VERSION,
  })
  savePairing(context.places, pairing)
  context.print(`paired with ${pairing.url}; an agent that runs connects by itself`)
  return 0
}

async function end(args: readonly string[], { settings, print, complain }: Context): Promise<number> {
  const leave = args.includes('--leave')
  const { status: code } = await ask(settings.port, 'POST', `/api/agent/end?processes=${leave ? 'leave' : 'stop'}`)
  if (code === 200)
    print(leave ? 'the agent ends; its processes run on' : 'the agent ends, and its processes before it')
  else complain(`the agent answers ${code}`)
  return code === 200 ? 0 : 1
}

/** `--name value` for those that take one, `--name` for the others. */
function read(args: readonly string[], valued: readonly string[]): { words: string[]; flags: Record<string, string> } {
  const words: string[] = []
  const flags: Record<string, string> = {}
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (!arg.startsWith('--')) {
      words.push(arg)
      continue
    }
    const name = arg.slice(2)
    if (!valued.includes(name)) flags[name] = ''
    else {
      at += 1
      const value = args[at]
      if (value === undefined) throw new Error(`${arg} needs a value`)
      flags[name] = value
    }
  }
  return { words, flags }
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}
