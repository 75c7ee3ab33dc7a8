/** Runs the agent in this process until it is asked to end. Owns the signals and what is printed. */
import { startAgent } from '../agent.ts'
import { systemClock } from '../base/clock.ts'
import { faultText } from '../base/parse.ts'
import { createPlatform } from '../platform/create-platform.ts'
import { MARKER } from '../platform/platform.ts'
import { loadSettings, placesFrom } from '../settings.ts'
import { AGENT_VERSION } from '../version.ts'

/** Resolves once it runs. Throws when it cannot. */
export async function run(environment: NodeJS.ProcessEnv): Promise<void> {
  const places = placesFrom(environment, process.platform)
  const loaded = loadSettings(places, environment)
  if (!loaded.ok) throw new Error(faultText(loaded.faults))
  const log = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`)
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
  // A closed terminal is no wish to stop a broadcast.
  process.on('SIGHUP', () => end('SIGHUP', 'leave'))
  agent.ended
    .finally(() => platform.close())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    )
}
