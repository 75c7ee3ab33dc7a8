/**
 * What the hub is made of, in order. Only composes: every line makes one part and hands it what it needs; nothing here
 * decides anything. The kernel comes first, then the connections, then the features that use them.
 */
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import { MAIN_OUTPUT, type ShowingWay } from '../contracts/output.ts'
import { allows } from '../contracts/scopes.ts'
import type { WidgetKind } from '../contracts/widgets.ts'
import { createIronmonConnection } from './connections/ironmon/connection.ts'
import type { ObsEnvironment } from './connections/obs/config.ts'
import { createObsConnection } from './connections/obs/connection.ts'
import { roomOf } from './connections/pictures/config.ts'
import { createEmoteProviders } from './connections/pictures/providers.ts'
import { createTwitchConnection } from './connections/twitch/connection.ts'
import { twitchMigrations } from './connections/twitch/migrations.ts'
import { alertsMigrations, createAlerts } from './features/alerts/alerts.ts'
import { createAudience } from './features/audience/audience.ts'
import { audienceMigrations } from './features/audience/audience-store.ts'
import { createCaptions } from './features/captions/captions.ts'
import { createChat } from './features/chat/chat.ts'
import { createChromiumFrameSources } from './features/compositor/chromium/chromium-frame-sources.ts'
import { createCompositor } from './features/compositor/compositor.ts'
import { pageOrigins } from './features/compositor/page-origins.ts'
import { createPictureServer } from './features/compositor/server/create-picture-server.ts'
import { displaysMigrations } from './features/displays/display-store.ts'
import { createDisplays } from './features/displays/displays.ts'
import { createEmoteRain } from './features/emote-rain/emote-rain.ts'
import { fleetMigrations } from './features/fleet/agent-store.ts'
import { createFleet } from './features/fleet/fleet.ts'
import { hubUrls } from './features/fleet/hub-urls.ts'
import { createGiveaway, giveawayMigrations } from './features/giveaway/giveaway.ts'
import { createIronmon } from './features/ironmon/ironmon.ts'
import { ironmonMigrations } from './features/ironmon/run-store.ts'
import { outputsMigrations } from './features/outputs/output-store.ts'
import { createOutputs } from './features/outputs/outputs.ts'
import { createPictures } from './features/pictures/pictures.ts'
import { picturesMigrations } from './features/pictures/word-store.ts'
import { createPoll, pollMigrations } from './features/poll/poll.ts'
import { createProducer } from './features/producer/producer.ts'
import { producerMigrations } from './features/producer/producer-store.ts'
import { createShortcuts, shortcutsMigrations } from './features/shortcuts/shortcuts.ts'
import { Scenery } from './features/simulator/scenery.ts'
import { createSimulator } from './features/simulator/simulator.ts'
import { masterInThread } from './features/sound/master-in-thread.ts'
import { createSound } from './features/sound/sound.ts'
import { createSoundLibrary, soundMigrations } from './features/sound/sound-library.ts'
import { createSystem } from './features/system/system.ts'
import { createTimeline } from './features/timeline/timeline.ts'
import { createTimers, timersMigrations } from './features/timers/timers.ts'
import { widgetsMigrations } from './features/widgets/widget-store.ts'
import { createWidgets } from './features/widgets/widgets.ts'
import { type HubConfig, ironmonAddressOf } from './hub-config.ts'
import { createAlarms } from './kernel/alarms.ts'
import { recordCommand } from './kernel/audit.ts'
import { createBus } from './kernel/bus.ts'
import { createChannels } from './kernel/channels/channel-server.ts'
import { createCommands, HUB_ACTOR } from './kernel/commands.ts'
import { createHttpServer } from './kernel/http/http-server.ts'
import type { Logger } from './kernel/log.ts'
import { createMetrics } from './kernel/metrics.ts'
import type { FrameSources } from './kernel/ports/frame-source.ts'
import type { GlobalKeys } from './kernel/ports/global-keys.ts'
import { createSecrets, type SecretBox, secretsMigrations } from './kernel/secrets.ts'
import { openStore } from './kernel/store/open-store.ts'
import { createSupervisor } from './kernel/supervisor.ts'
import { createTokens, tokensMigrations } from './kernel/tokens.ts'

export interface HubOptions {
  config: HubConfig
  /** What the environment says of OBS: it beats what was set from the dashboard. */
  obsEnvironment: ObsEnvironment
  dataDir: string
  clock: Clock
  log: Logger
  box: SecretBox
  /** null where no global keys exist. */
  globalKeys: GlobalKeys | null
  /** What paints the outputs; null: a Chromium of this machine, started when somebody watches. */
  frameSources: FrameSources | null
  /** The built pages; null where none are built. */
  staticRoot: string | null
}

export interface Hub {
  /** e.g. `http://127.0.0.1:7175`. */
  url: string
  controlToken: string
  /** Opens signed in: the token is in the fragment, which never leaves the browser. */
  dashboardUrl: string
  overlayUrl(): Promise<string>
  playDemo(): Promise<void>
  /** Ends every service, commits what waits, closes. Idempotent. */
  stop(): Promise<void>
}

/** Resolves when the hub takes requests. Rejects, with everything released, when a part of the kernel can't start. */
export async function createHub(options: HubOptions): Promise<Hub> {
  const owned = new DisposableStore()
  const closers: (() => Promise<void>)[] = []
  const release = async () => {
    for (const close of closers.splice(0).reverse()) await close()
    owned.dispose()
  }
  try {
    return await compose(options, owned, closers, release)
  } catch (error) {
    await release()
    throw error
  }
}

async function compose(
  { config, obsEnvironment, dataDir, clock, log, box, globalKeys, frameSources, staticRoot }: HubOptions,
  owned: DisposableStore,
  closers: (() => Promise<void>)[],
  release: () => Promise<void>,
): Promise<Hub> {
  const version = readVersion()
  const logOf = (module: string) => log.child({ module })

  // Kernel: the truth, the news of it, and who may ask for what.
  const migrations = [
    ...secretsMigrations,
    ...tokensMigrations,
    ...twitchMigrations,
    ...alertsMigrations,
    ...shortcutsMigrations,
    ...outputsMigrations,
    ...ironmonMigrations,
    ...producerMigrations,
    ...picturesMigrations,
    ...widgetsMigrations,
    ...timersMigrations,
    ...audienceMigrations,
    ...pollMigrations,
    ...giveawayMigrations,
    ...soundMigrations,
    ...displaysMigrations,
    ...fleetMigrations,
  ]
  const store = await openStore({ dataDir, migrations, clock, log: logOf('store') })
  closers.push(() => store.close())
  const bus = owned.add(
    createBus({ store, clock, onListenerError: (error) => log.error({ err: error }, 'a listener failed') }),
  )
  const alarms = owned.add(createAlarms(clock))
  const supervisor = owned.add(
    createSupervisor({
      clock,
      random: Math.random,
      onStuck: (module) => log.error({ module }, 'it does not stop; left behind'),
    }),
  )
  const secrets = createSecrets(store, box)
  const tokens = await createTokens({ store, secrets, clock, dataDir })
  const commands = createCommands({
    clock,
    onDidInvoke(record) {
      metrics.countCommand(record)
      recordCommand(bus, record).catch((error) =>
        log.error({ err: error, command: record.command }, 'an audit entry was lost'),
      )
    },
    onBug: (error, command) => log.error({ err: error, command }, 'a command failed'),
  })
  const channels = owned.add(
    createChannels({
      store,
      tokens,
      commands,
      clock,
      log: logOf('channels'),
      limits: { maxFrameBytes: config.maxFrameBytes },
    }),
  )
  const metrics = createMetrics({ supervisor, clientCount: () => channels.clientCount })
  const { port, bind, allowedHosts } = config
  const http = createHttpServer({ port, bind, allowedHosts, tokens, commands, clock, log: logOf('http'), staticRoot })
  const { routes } = http
  owned.add(http.upgrade('/socket/websocket', channels.handleUpgrade))
  owned.add(bus.onEvent((event) => channels.publish(event)))
  owned.add(bus.onEvent((event) => metrics.countEvent(event)))

  // What is shown: connections install it, features draw it.
  let url = ''
  const { random } = Math
  const baseUrl = () => url
  const pictureServer = createPictureServer({
    port: config.picture.port ?? (port === 0 ? 0 : port + 1),
    ifTaken: config.picture.port === undefined ? 'any-port' : 'fail',
    bind,
    allowedHosts,
    clock,
    log: logOf('picture'),
    verify(secret) {
      const actor = tokens.verify(secret)
      if (!actor) return null
      const { tokenId } = actor
      const own = tokens.outputOf(tokenId)
      if (own !== null) return { tokenId, outputs: own }
      return allows(actor.scopes, 'read') ? { tokenId, outputs: 'any' } : null
    },
    pageOrigins: () => pageOrigins(url, allowedHosts),
    random,
  })
  const widgets = await createWidgets({ commands, channels, store, tokens, baseUrl, clock, log: logOf('widgets') })
  const outputs = await createOutputs({
    commands,
    channels,
    store,
    tokens,
    baseUrl,
    picturePort: () => pictureServer.port,
    allowedHosts,
    widgetOf: widgets.shownAs,
    log: logOf('outputs'),
  })
  const scenery = owned.add(new Scenery())
  const isOnMain = (kind: WidgetKind) => {
    const layers = outputs.outputs.find(({ id }) => id === MAIN_OUTPUT)?.layers ?? []
    const shown = layers.flatMap(({ visible, source }) => (visible && source.kind === 'widget' ? [source.widget] : []))
    return widgets.widgets.some((widget) => widget.kind === kind && shown.includes(widget.id))
  }
  const overlayUrl = (output: string, way: ShowingWay) => outputs.urlOf(output, way)

  // Connections: the outside world.
  supervisor.add(
    createObsConnection({
      config: config.obs,
      environment: obsEnvironment,
      bus,
      commands,
      channels,
      routes,
      secrets,
      clock,
      log: logOf('obs'),
      random,
      overlayUrl,
      version,
    }),
  )
  const twitch = createTwitchConnection({
    config: config.twitch,
    bus,
    commands,
    channels,
    routes,
    secrets,
    store,
    clock,
    log: logOf('twitch'),
    alarms,
  })
  supervisor.add(twitch)

  const game = createIronmonConnection({
    config: ironmonAddressOf(config),
    bus,
    commands,
    clock,
    log: logOf('ironmon'),
    random,
  })
  supervisor.add(game)

  // Features: what the hub does with it.
  supervisor.add(outputs)
  const pictures = await createPictures({
    ...createEmoteProviders({ config: config.pictures, isTwitchReal: config.twitch.mockPort === undefined, clock }),
    channel: twitch.channel,
    dataDir,
    maxBytes: roomOf(config.pictures),
    routes,
    commands,
    store,
    clock,
    log: logOf('pictures'),
    random,
  })
  supervisor.add(pictures)
  const { words } = pictures
  supervisor.add(createChat({ bus, store, commands, channels, words, clock, log: logOf('chat') }))
  supervisor.add(createEmoteRain({ bus, commands, channels, words, clock }))
  supervisor.add(widgets)
  const alerts = createAlerts({ bus, commands, channels, store, words, clock, log: logOf('alerts') })
  supervisor.add(alerts)
  const ironmon = createIronmon({
    bus,
    commands,
    channels,
    routes,
    store,
    game,
    clock,
    log: logOf('ironmon'),
    version,
  })
  supervisor.add(ironmon)
  const producer = createProducer({
    bus,
    commands,
    channels,
    store,
    clock,
    log: logOf('producer'),
    alerts,
    words,
    providers: [ironmon.content],
  })
  supervisor.add(producer)
  const library = createSoundLibrary({
    store,
    bus,
    commands,
    channels,
    routes,
    dataDir,
    users: [alerts, producer],
    master: masterInThread,
    clock,
    log: logOf('sounds'),
  })
  supervisor.add(library)
  const sound = createSound({ channels, viewers: pictureServer, alerts, producer, library, clock, log: logOf('sound') })
  supervisor.add(sound)
  supervisor.add(
    createCompositor({
      outputs,
      player: sound,
      sources: frameSources ?? createChromiumFrameSources({ clock, random, log: logOf('chromium') }),
      server: pictureServer,
      channels,
      commands,
      routes,
      metrics,
      tokens,
      hubUrl: baseUrl,
      clock,
      log: logOf('compositor'),
      random,
    }),
  )
  supervisor.add(createAudience({ store, bus, channels, clock, figures: scenery.figuresBeside(twitch.figures) }))
  supervisor.add(
    createTimers({
      store,
      bus,
      commands,
      channels,
      clock,
      log: logOf('timers'),
      widgets: scenery.widgetsBeside(widgets),
    }),
  )
  supervisor.add(createPoll({ store, bus, commands, channels, clock }))
  supervisor.add(createGiveaway({ store, bus, commands, channels, clock }))
  supervisor.add(createDisplays({ bus, commands, channels, store, clock, log: logOf('displays') }))
  supervisor.add(createCaptions({ bus, commands, channels, clock }))
  supervisor.add(createTimeline({ channels, routes, store, commands }))
  const fleet = createFleet({
    store,
    bus,
    commands,
    channels,
    http,
    secrets,
    clock,
    log: logOf('fleet'),
    metrics,
    hubUrls: () => hubUrls({ url, bind, allowedHosts, interfaces: networkInterfaces() }),
  })
  supervisor.add(fleet)
  supervisor.add(createShortcuts({ keys: globalKeys, commands, channels, store, clock, log: logOf('shortcuts') }))
  supervisor.add(createSimulator({ bus, store, commands, channels, scenery, isOnMain, clock, log: logOf('simulator') }))
  const headless = globalKeys === null
  supervisor.add(
    createSystem({
      alarms,
      bus,
      channels,
      clock,
      commands,
      dataDir,
      headless,
      log,
      metrics,
      routes,
      store,
      supervisor,
      tokens,
      version,
    }),
  )

  // Every service is up before the port is open: nobody is ever answered "not yet".
  for (const { id } of supervisor.modules) supervisor.start(id)
  closers.push(() => supervisor.stopAll())
  const listening = await http.listen()
  closers.push(() => http.close())
  // Closers run last first: clients hear a goodbye before the port closes under them.
  closers.push(async () => channels.dispose())
  closers.push(async () => channels.dispose())
  url = listening.url
  await bus.publish({ type: 'system.started', source: 'landale', payload: { version, dataDir } })
  if (store.recovery) await bus.publish({ type: 'system.store.recovered', source: 'landale', payload: store.recovery })
  log.info({ url, version, dataDir }, 'ready')

  let stopping: Promise<void> | undefined
  return {
    url,
    controlToken: tokens.controlToken,
    dashboardUrl: `${url}/dashboard#token=${tokens.controlToken}`,
    overlayUrl: () => overlayUrl(MAIN_OUTPUT, 'overlay'),
    async playDemo() {
      const answer = await commands.run('simulator.demo.start', {}, HUB_ACTOR)
      if (answer.status === 'rejected') throw new Error(`the demo did not start: ${answer.error.message}`)
    },
    stop() {
      stopping ??= release()
      return stopping
    },
  }
}

/** package.json is two folders above the built file and one above the source. */
function readVersion(): string {
  for (const up of ['..', '../..', '../../..']) {
    try {
      const { name, version } = JSON.parse(
        readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8'),
      ) as Record<string, string>
      if (name === 'landale' && version) return version
    } catch {}
  }
  return '0.0.0'
}
