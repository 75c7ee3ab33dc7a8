/** The Electron app. Only composes: finds the data, starts the hub and gives it the keys and the keychain of the shell. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { readCommandLine } from './command-line.ts'
import { createHub } from './hub.ts'
import { loadHubConfig, obsEnvironmentOf } from './hub-config.ts'
import { numberOrText } from './kernel/config.ts'
import { createKeyFileBox } from './kernel/key-file-box.ts'
import { createLogger, createPlainLogger } from './kernel/log.ts'
import { startShell } from './shell/start-shell.ts'

const line = readCommandLine(process.argv.slice(1), false)

startShell({
  log: createPlainLogger('info'),
  async startHub({ globalKeys, frameSources, secretBox, userDataDir }) {
    const dataDir = resolve(line.data ?? process.env.LANDALE_DATA_DIR ?? userDataDir)
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const port = line.port === undefined ? undefined : numberOrText(line.port)
    const config = await loadHubConfig(dataDir, process.env, { port })
    const hub = await createHub({
      config,
      obsEnvironment: obsEnvironmentOf(process.env),
      dataDir,
      clock: systemClock,
      log: await createLogger({ level: config.logLevel, seqUrl: config.seqUrl }),
      box: secretBox ?? createKeyFileBox(dataDir),
      globalKeys,
      frameSources,
      staticRoot: join(import.meta.dirname, '..', 'renderer'),
    })
    if (line.demo) await hub.playDemo()
    // Without the token: the window asks for it over IPC, so that it never stands in an address.
    return { dashboardUrl: `${hub.url}/dashboard`, controlToken: hub.controlToken, stop: hub.stop }
  },
})
