/**
 * What Landale costs, and saves, between OBS Studio and the streamer; a real OBS, and floors in the same run.
 * Scene change by command: at most 1 ms p50 above `obs-websocket-js` called directly. OBS event: at an overlay's socket
 * sooner than at a plain `obs-websocket-js` client.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OBSWebSocket } from 'obs-websocket-js/json'
import { WebSocket } from 'ws'
import { systemClock } from '../base/clock.ts'
import { createObsSocket } from '../electron/connections/obs/socket.ts'
import { createTestConnection } from '../electron/connections/obs/testing.ts'
import { EVENTS } from '../electron/connections/obs/wire.ts'
import { SCENES } from '../tests/obs/obs-config.ts'
import { missingForObs, RealObs } from '../tests/obs/real-obs.ts'
import { type Started, startNode, stop } from './process.ts'
import { median, percentile, report, round } from './stats.ts'

const COMMANDS = Number(process.env.BENCH_COMMANDS ?? 200)
const EVENTS_TIGHT = Number(process.env.BENCH_EVENTS ?? 200)
const PACES = [
  { pace: 'tight', count: EVENTS_TIGHT, gapMs: 0 },
  // A streamer is slower still, but kernel timers have run out by then.
  { pace: 'spaced', count: 60, gapMs: 150 },
] as const
/** Our hub's word in a snapshot, or in the patch, that it is connected to OBS. */
const CONNECTED = /"status":"connected"|"\/connection\/status","value":"connected"/
const HUB = join(import.meta.dirname, '..', 'electron', 'headless.ts')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
let scene = 0
const nextScene = () => SCENES[++scene % SCENES.length] ?? SCENES[0]

const missing = missingForObs()
if (missing !== null) throw new Error(`this bench needs OBS: ${missing}`)
const obs = await RealObs.launch({ fps: 60 })
const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
try {
  await benchCommands()
  await benchEvents()
} finally {
  await obs.dispose()
  rmSync(dataDir, { recursive: true, force: true })
}

/** The same scene change by three ways in turn, each over its own connection to the same OBS. */
async function benchCommands(): Promise<void> {
  const plain = await plainClient()
  const floor = createObsSocket({ onMessage() {}, onEvent() {}, onClose() {} })
  await floor.open({ url: obs.url, password: obs.password, eventSubscriptions: EVENTS })
  const landale = createTestConnection(obs.url, { password: obs.password, clock: systemClock, random: Math.random })
  landale.start()
  await landale.reach('connected')
  const ways: Record<string, () => Promise<unknown>> = {
    plain: () => plain.call('SetCurrentProgramScene', { sceneName: nextScene() }),
    'plain with pong': () => floor.call('SetCurrentProgramScene', { sceneName: nextScene() }),
    command: async () => {
      const answer = await landale.commands.run('obs.scene.set', { scene: nextScene() })
      if (answer.status === 'rejected') throw new Error(answer.error.message)
    },
  }
  const took: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  for (let round = 0; round < COMMANDS; round++) {
    for (const [way, change] of Object.entries(ways)) {
      const started = performance.now()
      await change()
      took[way]?.push(performance.now() - started)
      // The next way must not pay for this one's transition.
      await sleep(25)
    }
  }
  const p50 = (way: string) => median(took[way] ?? [])
  report('obs scene change by command', {
    ...Object.fromEntries(Object.entries(took).flatMap(([way, times]) => Object.entries(distribution(way, times)))),
    'p50 above plain ms': round(p50('command') - p50('plain')),
    'p50 above plain with pong ms': round(p50('command') - p50('plain with pong')),
  })
  await landale.end()
  floor.abandon()
  await plain.disconnect()
}

/**
 * One scene change, and when each hears of it: an overlay at the hub (which is a process of its own), a plain client that
 * made the change itself, and a plain client that only listens. The one that only listens is the floor: Linux acknowledges
 * at once for a socket that never sends. Every client that also asks for things loses that, but for our pong.
 */
async function benchEvents(): Promise<void> {
  const env = { LANDALE_OBS_URL: obs.url, LANDALE_OBS_PASSWORD: obs.password, LANDALE_LOG_LEVEL: 'silent' }
  const hub = await startNode(HUB, ['--port', '0', '--data', dataDir], env)
  const plain = await plainClient()
  const listener = await plainClient()
  const overlay = await joinState(hub)
  await overlay.connected
  const seen: Record<string, number> = {}
  const note = (who: string, name: string) => {
    if (name === SCENES[scene % SCENES.length]) seen[who] ??= performance.now()
  }
  plain.on('CurrentProgramSceneChanged', ({ sceneName }) => note('plain', sceneName))
  listener.on('CurrentProgramSceneChanged', ({ sceneName }) => note('listener', sceneName))
  overlay.onScene((name) => note('overlay', name))
  const changes: Record<string, (name: string) => void> = {
    'by a plain client': (name) => void plain.call('SetCurrentProgramScene', { sceneName: name }),
    'by our command': (name) => overlay.command('obs.scene.set', { scene: name }),
  }

  for (const { pace, count, gapMs } of PACES) {
    const delays: Record<string, Record<string, number[]>> = {}
    for (let index = 0; index < count * 2; index++) {
      const [how, change] = Object.entries(changes)[index % 2] ?? []
      if (how === undefined || change === undefined) continue
      for (const who of Object.keys(seen)) delete seen[who]
      const name = nextScene()
      const started = performance.now()
      change(name)
      while (Object.keys(seen).length < 3) {
        if (performance.now() - started > 5000) throw new Error(`the change to ${name} was never told to all`)
        await new Promise((resolve) => setImmediate(resolve))
      }
      delays[how] ??= {}
      for (const [who, at] of Object.entries(seen)) {
        delays[how][who] ??= []
        delays[how][who].push(at - started)
      }
      if (gapMs > 0) await sleep(gapMs)
    }
    const of = (how: string, who: string) => delays[how]?.[who] ?? []
    // Of one and the same change: the moment in OBS's frame at which it was asked for is not in it.
    const pairs = (how: string, who: string, other: string) =>
      of(how, who).map((at, index) => at - (of(how, other)[index] ?? Number.NaN))
    const [own, ours] = [of('by a plain client', 'plain'), of('by our command', 'overlay')]
    report(`obs event, ${pace}`, {
      ...distribution('plain client that changes the scene', own),
      ...distribution('overlay when we change the scene', ours),
      'sooner p50 ms': round(median(own) - median(ours), 2),
      ...distribution('overlay after who made the change', pairs('by a plain client', 'overlay', 'plain')),
      ...distribution('overlay after who only listens', pairs('by a plain client', 'overlay', 'listener')),
      ...distribution('who made the change after who only listens', pairs('by a plain client', 'plain', 'listener')),
      ...distribution('overlay after who only listens, by our command', pairs('by our command', 'overlay', 'listener')),
      ...distribution('overlay when a plain client changes it', of('by a plain client', 'overlay')),
      ...distribution('plain client that only listens', of('by a plain client', 'listener')),
    })
  }
  overlay.close()
  await Promise.all([plain.disconnect(), listener.disconnect(), stop(hub.child)])
}

function distribution(name: string, values: readonly number[]): Record<string, number> {
  return { [`${name} p50 ms`]: round(median(values), 2), [`${name} p99 ms`]: round(percentile(values, 99), 2) }
}

async function plainClient(): Promise<OBSWebSocket> {
  const client = new OBSWebSocket()
  await client.connect(obs.url, obs.password)
  return client
}

interface Overlay {
  /** Resolves when the hub is connected to OBS. */
  connected: Promise<void>
  onScene(listener: (scene: string) => void): void
  /** Sends a command over the same socket. */
  command(name: string, args: object): void
  close(): void
}

/** A page's socket, joined to the state of OBS; no page and no library, so that nothing else is measured. */
async function joinState({ firstLine }: Started): Promise<Overlay> {
  const { http, dashboard } = JSON.parse(firstLine) as { http: string; dashboard: string }
  const token = new URL(dashboard).hash.replace('#token=', '')
  const socket = new WebSocket(`${http.replace('http', 'ws')}/socket/websocket?vsn=2.0.0&token=${token}`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const connected = Promise.withResolvers<void>()
  let ref = 2
  let hear: (scene: string) => void = () => {}
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (CONNECTED.test(text)) connected.resolve()
    const scene = /"path":"\/scenes\/current","value":"([^"]+)"/.exec(text)?.[1]
    if (scene !== undefined) hear(scene)
  })
  socket.send(JSON.stringify(['1', '1', 'state:obs', 'phx_join', {}]))
  socket.send(JSON.stringify(['2', '2', 'commands', 'phx_join', {}]))
  return {
    connected: connected.promise,
    onScene: (listener) => {
      hear = listener
    },
    command: (name, args) => socket.send(JSON.stringify(['2', String(++ref), 'commands', name, args])),
    close: () => socket.terminate(),
  }
}
