/** Runs the agent in this process until it is asked to end. Owns the signals and what is printed. */
import { mkdirSync } from 'node:fs'
import { constants } from 'node:os'
import { startAgent } from '../agent.ts'
import { systemClock } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { faultText } from '../base/parse.ts'
import { RotatingFile } from '../logs/rotating-file.ts'
import { createPlatform } from '../platform/create-platform.ts'
import { MARKER } from '../platform/platform.ts'
import { runningAgent } from '../service/running-agent.ts'
import { loadSettings, type Places, placesFrom } from '../settings.ts'
import { RunStore } from '../supervision/run-store.ts'
import { AGENT_VERSION } from '../version.ts'

const HUNG_UP = 128 + constants.signals.SIGHUP
const LOG_BYTES = 1_048_576

/** Resolves once it runs. Throws when it cannot. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  if (args.some((arg) => arg !== '--log-file' && arg !== '--if-crashed')) {
    throw new Error('landale-agent run [--log-file] [--if-crashed]')
  }
  const places = placesFrom(environment, process.platform)
  const write = args.includes('--log-file') ? fileWriter(places) : (text: string) => void process.stdout.write(text)
  const log = (line: string) => write(`${new Date().toISOString()} ${line}\n`)
  if (args.includes('--if-crashed')) {
    if (!(await hasCrashed(places, environment))) return
    log('the agent before this one died; this one goes on')
  }
  try {
    await begin(places, environment, log)
  } catch (error) {
    if (args.includes('--log-file')) log(`it cannot start: ${errorMessage(error)}`)
    throw error
  }
}

/** It did not end by itself, and none runs now. Where the settings are wrong, no. */
async function hasCrashed(places: Places, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const loaded = loadSettings(places, environment)
  if (!loaded.ok || new RunStore(places.state, () => {}).value.ended) return false
  return !(await runningAgent(loaded.value.port, systemClock).answers())
}

async function begin(places: Places, environment: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const loaded = loadSettings(places, environment)
  if (!loaded.ok) throw new Error(faultText(loaded.faults))
  // What the agent starts is not a process of whoever started the agent.
  const { [MARKER]: _, ...clean } = environment
  const platform = createPlatform(process.platform)
  const agent = await startAgent({
    places,
    settings: loaded.value,
    platform,
    clock: systemClock,
    random: Math.random,
    environment: clean,
    log,
  }).catch((error: unknown) => {
    platform.close()
    throw error
  })
  log(`landale-agent ${AGENT_VERSION} runs; http://127.0.0.1:${agent.port}, files in ${places.home}`)

  // A bug, and no reason to leave the processes alone.
  process.on('unhandledRejection', (error) => log(`a bug: ${error instanceof Error ? error.stack : String(error)}`))

  const end = (reason: string, what: 'stop' | 'leave') => {
    log(`ending: ${reason}; the processes ${what === 'stop' ? 'are stopped' : 'run on'}`)
    void agent.end(reason, what)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGBREAK'] as const)
    process.on(signal, () => end(signal, loaded.value.onExit))
  // A closed terminal is no wish to stop a broadcast. A service's agent is started again after this code: so it is upgraded.
  let code = 0
  process.on('SIGHUP', () => {
    code = HUNG_UP
    end('SIGHUP', 'leave')
  })
  agent.ended
    .finally(() => platform.close())
    .then(
      () => process.exit(code),
      () => process.exit(1),
    )
}

/** Where nobody takes what it prints: at a Windows logon. */
function fileWriter({ home, log }: Places): (text: string) => void {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const file = new RotatingFile({ path: log, maxBytes: LOG_BYTES, files: 1 })
  return (text) => {
    try {
      file.append(text)
    } catch {
      // The disk is full or the folder gone: no reason to end, and nowhere to say so.
    }
  }
}
