/**
 * What an agent is made of, in order. The only place where the parts know each other: supervisor, definitions, link,
 * local surface. Nothing starts at import.
 */
import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { cpus, hostname, release, totalmem } from 'node:os'
import { basename } from 'node:path'
import type { Clock, Disposable } from './base/clock.ts'
import { errorMessage } from './base/errors.ts'
import { faultText } from './base/parse.ts'
import { DefinitionFile } from './definitions/definition-file.ts'
import { Commands } from './link/commands.ts'
import type { MachineSample, MachineView } from './link/frames.ts'
import { Link, type LinkState } from './link/link.ts'
import { Outbox } from './link/outbox.ts'
import { Alerts } from './local/alerts.ts'
import { createLocalServer, type LocalServer } from './local/local-server.ts'
import type { Platform } from './platform/platform.ts'
import { instanceOf, loadPairing, type Places, type Settings } from './settings.ts'
import { createDocker } from './supervision/docker.ts'
import { RunStore } from './supervision/run-store.ts'
import { Supervisor } from './supervision/supervisor.ts'
import { AGENT_VERSION } from './version.ts'

/** Numbers are as old as this at most; several who ask share one reading. */
const SAMPLE_MS = 1_000
/** Alerts are judged this often, link or no link. */
const WATCH_MS = 10_000
/** Where no notice comes from the system, output is looked at this often. */
const LOG_LOOK_MS = 5_000
const CLOCK_LOOK_MS = 5_000
/** A wall clock that moves so much against the monotonic one was set by somebody. */
const CLOCK_JUMP_MS = 2_000
/** All processes together have this long to end, before the agent goes all the same. */
const STOP_ALL_MS = 60_000

export interface AgentOptions {
  readonly places: Places
  readonly settings: Settings
  readonly platform: Platform
  readonly clock: Clock
  readonly random: () => number
  readonly environment: NodeJS.ProcessEnv
  readonly log: (line: string) => void
}

export interface Agent {
  readonly port: number
  readonly supervisor: Supervisor
  readonly linkState: LinkState
  /** Resolves once it has ended, whoever asked. */
  readonly ended: Promise<void>
  /** `stop` ends what the agent started; `leave` lets it run, to be taken over by the next agent. */
  end(reason: string, what: 'stop' | 'leave'): Promise<void>
}

export interface Sample {
  readonly machine: MachineSample
  readonly processes: Record<string, [cpu: number, memory: number]>
}

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { places, settings, platform, clock, random, environment, log } = options
  mkdirSync(places.home, { recursive: true, mode: 0o700 })
  const store = new RunStore(places.state, (error) => log(`${places.state}: ${errorMessage(error)}`))
  const crashed = !store.value.ended
  store.update({ ended: false })
  const outbox = new Outbox({
    path: places.outbox,
    clock,
    onTrouble: (error) => log(`${places.outbox}: ${errorMessage(error)}`),
  })
  const happened: typeof outbox.add = (...event) => {
    outbox.add(...event)
    link.happened()
  }

  const definitions = new DefinitionFile({
    path: places.definitions,
    platform: process.platform,
    edits: settings.edits,
    clock,
    onDidChange() {
      const changes = supervisor.apply(definitions.definitions)
      link.changedFaults(definitions.faults)
      const { added, changed, removed } = changes
      for (const { path, reason } of definitions.faults) log(`processes.json: ${path} ${reason}`)
      happened('definitions.changed', undefined, { added, changed, removed, faults: definitions.faults.length })
    },
  })

  const supervisor = new Supervisor({
    platform,
    clock,
    random,
    environment,
    logFolder: places.logs,
    store,
    docker: createDocker(environment, () => clock.now()),
    instance: instanceOf(places),
    onDidChange: (view) => link.changedProcess(view),
    onDidRemove: (id) => link.removedProcess(id),
    onEvent(kind, id, data) {
      happened(kind, id, data)
      if (kind === 'process.state') log(`${id}: ${data.from} -> ${data.to}${data.reason ? ` (${data.reason})` : ''}`)
    },
    onTrouble: log,
  })

  const bootedAt = await platform.bootedAt()
  const machine: MachineView = {
    name: settings.name,
    hostname: hostname(),
    platform: process.platform,
    release: release(),
    arch: process.arch,
    agentVersion: AGENT_VERSION,
    runtime: `node ${process.versions.node}`,
    cores: cpus().length,
    memoryBytes: totalmem(),
    bootedAt: Math.round(bootedAt),
    edits: settings.edits,
  }

  let latest: { at: number; sample: Promise<Sample> } | undefined
  const sample = (): Promise<Sample> => {
    if (latest && clock.monotonic() - latest.at < SAMPLE_MS) return latest.sample
    const reading = Promise.all([platform.machine(), supervisor.sample()]).then(([numbers, processes]) => ({
      machine: numbers,
      processes,
    }))
    latest = { at: clock.monotonic(), sample: reading }
    return reading
  }

  const commands = new Commands({ supervisor, definitions, store, clock })
  const link = new Link({
    source: {
      machine: () => machine,
      processes: () => supervisor.views(),
      faults: () => definitions.faults,
      sample,
    },
    commands,
    outbox,
    clock,
    random,
    onDidChangeState(state) {
      log(linkText(state))
    },
  })
  const alerts = new Alerts(() => clock.now())

  let begun: Agent | undefined
  let askedToEnd: 'stop' | 'leave' | undefined
  // Before anything is started: a second agent for the same home ends here, and harms nothing.
  const local: LocalServer = await createLocalServer({
    port: settings.port,
    supervisor,
    definitions,
    alerts,
    machine,
    platform,
    sample,
    clock,
    linkState: () => link.state,
    onAskedToEnd(what) {
      // While it still begins, it has to finish that first: by then it may have started processes.
      if (begun) void begun.end('it was asked to', what)
      else askedToEnd = what
    },
  })

  for (const { path, reason } of definitions.faults) log(`processes.json: ${path} ${reason}`)
  const adopted = await supervisor.begin(definitions.definitions)
  happened('agent.started', undefined, { version: AGENT_VERSION, crashed, adopted })
  definitions.watch()

  const owned: Disposable[] = [
    watchLogs(places.logs, supervisor),
    clock.setInterval(() => supervisor.readLogs(), LOG_LOOK_MS),
    clock.setInterval(
      () =>
        void sample().then(
          (now) => alerts.judge(now.processes, supervisor.views()),
          () => {},
        ),
      WATCH_MS,
    ),
    watchClock(clock, (byMs) => happened('clock.jumped', undefined, { byMs })),
    watchPairing(places, link, log),
  ]

  let ending: Promise<void> | undefined
  const whenEnded = Promise.withResolvers<void>()
  const agent: Agent = {
    ended: whenEnded.promise,
    port: local.port,
    supervisor,
    get linkState() {
      return link.state
    },
    end(reason, what) {
      ending ??= (async () => {
        happened('agent.stopping', undefined, { reason })
        if (what === 'stop') await supervisor.stopAll(AbortSignal.timeout(STOP_ALL_MS))
        for (const one of owned) one.dispose()
        definitions.close()
        supervisor.close()
        link.close()
        await local.close()
        outbox.close()
        store.update({ ended: true })
      })()
      ending.then(whenEnded.resolve, whenEnded.reject)
      return ending
    },
  }
  begun = agent
  if (askedToEnd) void agent.end('it was asked to', askedToEnd)
  return agent
}

/** Output is read the moment it is written, where the system says so. */
function watchLogs(folder: string, supervisor: Supervisor): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(folder, (_event, name) => {
      const match = /^(.*)\.(?:out|err)$/.exec(name ?? '')
      if (match) supervisor.process(match[1] ?? '')?.log.read()
    })
    watcher.on('error', () => watcher?.close())
  } catch {
    // The regular look remains.
  }
  return { dispose: () => watcher?.close() }
}

function watchClock(clock: Clock, onJump: (byMs: number) => void): Disposable {
  const offset = () => clock.now() - clock.monotonic()
  let before = offset()
  return clock.setInterval(() => {
    const byMs = Math.round(offset() - before)
    if (Math.abs(byMs) < CLOCK_JUMP_MS) return
    before = offset()
    onJump(byMs)
  }, CLOCK_LOOK_MS)
}

/** `landale-agent pair` writes the pairing while the agent runs. */
function watchPairing(places: Places, link: Link, log: (line: string) => void): Disposable {
  const use = () => {
    const loaded = loadPairing(places)
    if (loaded.ok) link.usePairing(loaded.value)
    else log(faultText(loaded.faults))
  }
  use()
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(places.home, (_event, name) => {
      if (name === basename(places.pairing)) use()
    })
    watcher.on('error', () => watcher?.close())
  } catch {
    // It counts from the next start, then.
  }
  return { dispose: () => watcher?.close() }
}

function linkText(state: LinkState): string {
  switch (state.status) {
    case 'waiting':
      return `link: ${state.reason}; trying again at ${new Date(state.retryAt).toISOString()}`
    case 'revoked':
      return `link: ${state.reason}`
    case 'unpaired':
      return 'link: not paired; run: landale-agent pair <hub> <code>'
    default:
      return `link: ${state.status}`
  }
}
