/** The outputs on a store in memory with real tokens, for their tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { createSecrets, type SecretBox, secretsMigrations } from '../../kernel/secrets.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createTokens, tokensMigrations } from '../../kernel/tokens.ts'
import { outputsMigrations } from './output-store.ts'
import { createOutputs } from './outputs.ts'

const openBox: SecretBox = { kind: 'test', seal: (plain) => plain, open: (sealed) => sealed }

/** A data directory and its database: what outlives a hub. */
export async function createDisk() {
  const dataDir = await mkdtemp(join(tmpdir(), 'landale-outputs-'))
  const store = new MemoryStore([...secretsMigrations, ...tokensMigrations, ...outputsMigrations])
  const release = async () => {
    store.close()
    await rm(dataDir, { recursive: true })
  }
  return { dataDir, store, release }
}

export type Disk = Awaited<ReturnType<typeof createDisk>>

/** A hub's worth of outputs, running. */
export async function startOutputs({ dataDir, store }: Disk) {
  const clock = new FakeClock()
  const channels = new FakeChannels()
  const bugs: unknown[] = []
  const logged: string[] = []
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: (error) => bugs.push(error) })
  const tokens = await createTokens({ store, secrets: createSecrets(store, openBox), clock, dataDir })
  const log = { error: (_: unknown, message?: string) => logged.push(message ?? '') }
  const baseUrl = () => 'http://127.0.0.1:7175'
  const outputs = await createOutputs({
    commands,
    channels,
    store,
    tokens,
    baseUrl,
    picturePort: () => null,
    allowedHosts: [],
    widgetOf: (id) => (id === 'goals' ? { name: 'Night goals', size: { width: 600, height: 420 } } : null),
    log,
  })
  const stop = new AbortController()
  const running = outputs.run(stop.signal)
  return {
    outputs,
    tokens,
    channels,
    /** What handlers threw that they should not have. */
    bugs,
    logged,
    ask: (name: string, args: unknown = {}): Promise<CommandAnswer> => commands.invoke(name, args, HUB_ACTOR),
    state: () => channels.stateOf('state:outputs'),
    async end() {
      stop.abort()
      await running
    },
  }
}

export type RunningOutputs = Awaited<ReturnType<typeof startOutputs>>
