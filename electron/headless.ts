/** The hub on plain Node. Only composes: reads the command line, starts the hub, says where it is, stops it on a signal. */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { errorMessage } from '../base/result.ts'
import { readCommandLine } from './command-line.ts'
import { createHub, type Hub } from './hub.ts'
import { defaultDataDir, loadHubConfig, obsEnvironmentOf } from './hub-config.ts'
import { ConfigError, numberOrText } from './kernel/config.ts'
import { createKeyFileBox } from './kernel/key-file-box.ts'
import { createLogger } from './kernel/log.ts'
import { StartError } from './kernel/start-error.ts'
import { StoreError } from './kernel/store/store-error.ts'

/** The exit code for a mistake of the user's: the message says all, a stack would only bury it. */
const USAGE_EXIT_CODE = 2

/** Below it the store's native code ends the process without a word. */
const OLDEST_NODE = 22

async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new StartError(
      `Node ${process.versions.node} is too old; npm run headless uses the one that npm ci installed`,
    )
  }
  const line = readCommandLine(process.argv.slice(2), true)
  const dataDir = resolve(line.data ?? defaultDataDir(process.env, process.platform))
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const config = await loadHubConfig(dataDir, process.env, {
    port: line.port === undefined ? undefined : numberOrText(line.port),
  })
  const log = await createLogger({ level: config.logLevel, seqUrl: config.seqUrl })
  const hub = await createHub({
    config,
    obsEnvironment: obsEnvironmentOf(process.env),
    dataDir,
    log,
    clock: systemClock,
    box: createKeyFileBox(dataDir),
    globalKeys: null,
    frameSources: null,
    staticRoot: resolve(import.meta.dirname, '..', 'renderer'),
  })
  stopOnSignals(hub)
  const ready = {
    ready: true,
    http: hub.url,
    dashboard: hub.dashboardUrl,
    overlay: await hub.overlayUrl(),
    data: dataDir,
  }
  process.stdout.write(line.human ? words(ready) : `${JSON.stringify(ready)}\n`)
  if (line.demo) await hub.playDemo()
}

function words({ dashboard, overlay, data }: { dashboard: string; overlay: string; data: string }): string {
  return `\n  Dashboard  ${dashboard}\n  Overlay    ${overlay}\n  Data       ${data}\n\n  Ctrl+C stops it.\n\n`
}

/** The first signal stops in order; a second one means that the user has had enough. */
function stopOnSignals(hub: Hub): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      hub.stop().then(
        () => process.exit(0),
        (error) => {
          process.stderr.write(`stopping failed: ${errorMessage(error)}\n`)
          process.exit(1)
        },
      )
    })
  }
}

main().catch((error: unknown) => {
  const isUsage = error instanceof ConfigError || (error as NodeJS.ErrnoException)?.code?.startsWith('ERR_PARSE_ARGS')
  const isWorded = isUsage || error instanceof StartError || error instanceof StoreError
  process.stderr.write(`${isWorded ? errorMessage(error) : ((error as Error).stack ?? error)}\n`)
  process.exit(isUsage ? USAGE_EXIT_CODE : 1)
})
