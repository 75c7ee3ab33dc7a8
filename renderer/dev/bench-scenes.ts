/** The states worth looking at: all well, nothing yet, and everything wrong. */
import type { Layer } from '../../contracts/output.ts'
import type { FleetState } from '../../contracts/state/fleet.ts'
import type { OutputsState } from '../../contracts/state/outputs.ts'
import { createFakeHub, type FakeHub } from '../testing/fake-hub.ts'
import {
  hostileFleet,
  manyMachines,
  sampleDefinitions,
  sampleFleet,
  sampleLines,
  sampleUse,
} from '../testing/sample-fleet.ts'
import { sampleLayer, sampleOutputs, samplePicture } from '../testing/sample-picture.ts'
import { sampleProducer } from '../testing/sample-producer.ts'
import { sampleSounds } from '../testing/sample-sounds.ts'
import {
  sampleAlerts,
  sampleObs,
  sampleShortcuts,
  sampleSimulator,
  sampleSystem,
  sampleTwitch,
} from '../testing/sample-state.ts'
import preview from './preview.svg?raw'

const METER_PERIOD_MS = 50
const ADDRESSES = {
  url: 'http://127.0.0.1:7175/overlay/main?token=9f3c7a21d4e84b0f',
  liveUrl: 'http://127.0.0.1:7175/live/main?token=9f3c7a21d4e84b0f',
  previewUrl: './preview.svg?token=9f3c7a21d4e84b0f',
}

export function benchScene(name: string, now: number): FakeHub {
  const hub = createFakeHub()
  hub.has('state:obs', sampleObs(now))
  hub.has('state:twitch', sampleTwitch(now))
  hub.has('state:alerts', sampleAlerts(now))
  hub.has('state:sounds', sampleSounds())
  hub.has('state:producer', sampleProducer(now))
  hub.has('state:system', sampleSystem(now))
  hub.has('state:shortcuts', sampleShortcuts(now))
  hub.has('state:simulator', sampleSimulator())
  hub.has('state:picture', samplePicture(now))
  playOutputs(hub, sampleOutputs())
  hub.answers('overlay.url.get', () => ({ status: 'committed', result: ADDRESSES }))
  hub.answers('system.token.create', () => ({ status: 'committed', result: { tokenId: 't', token: 'lnd_9f3c7a' } }))
  hub.answers('obs.screenshot', ({ source = 'Game' }) => ({
    status: 'committed',
    result: { source, dataUrl: `data:image/svg+xml,${encodeURIComponent(preview)}` },
  }))
  playFleet(hub, sampleFleet(now), now)
  scenes[name]?.(hub, now)
  if (name === 'live' || name === 'studio') startMeters(hub)
  return hub
}

const scenes: Record<string, (hub: FakeHub, now: number) => void> = {
  studio(hub, now) {
    const obs = sampleObs(now)
    obs.streaming.active = false
    obs.recording.active = false
    obs.studioMode.enabled = true
    hub.has('state:obs', obs)
  },
  empty(hub, now) {
    const obs = sampleObs(now)
    obs.connection = { status: 'idle', reason: 'OBS was never found' }
    obs.scenes = { current: null, preview: null, list: [] }
    obs.inputs = []
    obs.sceneItems = {}
    obs.streaming.active = false
    obs.recording.active = false
    obs.stats = null
    obs.obsVersion = null
    hub.has('state:obs', obs)
    const off = sampleTwitch(now)
    hub.has('state:twitch', { ...off, configured: false, topics: [], signIn: { status: 'signed-out' } })
    hub.has('state:alerts', { ...sampleAlerts(now), current: null, interrupted: [], queue: [], waiting: 0, recent: [] })
    playOutputs(hub, { outputs: sampleOutputs().outputs.slice(0, 1).map(bare), undo: null, redo: null })
    hub.has('state:picture', { port: null, sources: [], watchers: [] })
    hub.has('state:shortcuts', { available: false, bindings: [] })
    hub.has('state:system', { ...sampleSystem(now), headless: true, tokens: [] })
    playFleet(hub, { machines: [], pairing: null, rules: [] }, now)
  },
  'fleet-one'(hub, now) {
    playFleet(hub, { ...sampleFleet(now), machines: sampleFleet(now).machines.slice(1, 2) }, now)
  },
  'fleet-many': (hub, now) => playFleet(hub, manyMachines(now, 30), now),
  'fleet-thousand': (hub, now) => playFleet(hub, manyMachines(now, 1000), now),
  'fleet-hostile': (hub, now) => playFleet(hub, hostileFleet(now), now),
  error(hub, now) {
    const obs = sampleObs(now)
    obs.connection = { status: 'needs-auth', reason: 'OBS refused the password' }
    hub.has('state:obs', obs)
    const twitch = sampleTwitch(now)
    twitch.connection = { status: 'waiting', attempt: 3, retryAt: now + 14_000, reason: 'the socket was closed (4005)' }
    hub.has('state:twitch', twitch)
    const system = sampleSystem(now)
    system.alarms = [
      {
        id: 'disk',
        level: 'critical',
        message: 'The disk is full: nothing is stored any more. Free some space.',
        since: now,
      },
    ]
    hub.has('state:system', system)
    const picture = samplePicture(now)
    const [source] = picture.sources
    if (source) {
      source.state = 'unavailable'
      source.framesPerSecond = 0
      source.reason = 'No Chromium was found. Install Chromium, or set LANDALE_CHROMIUM to where it is.'
    }
    picture.watchers = picture.watchers.filter(({ way }) => way === 'overlay')
    hub.has('state:picture', picture)
    hub.rejects('overlay.url.get', { code: 'unavailable', message: 'the store is not writable; free some space' })
    hub.rejects('layer.update', {
      code: 'invalid_args',
      message: 'change.source.url: must be a whole http or https address',
    })
    hub.rejects('obs.screenshot', { code: 'vendor_error', message: 'OBS refused GetSourceScreenshot (702)' })
    hub.rejects('alert.skip', {
      code: 'unavailable',
      message: 'the module “alerts” is not running; start it under Set-up',
    })
  },
  gone(hub, now) {
    hub.goes({ status: 'offline', since: now - 12_000 })
  },
  code(hub, now) {
    const twitch = sampleTwitch(now)
    twitch.signIn = {
      status: 'pending',
      userCode: 'KXWP-BTQR',
      verificationUri: 'https://www.twitch.tv/activate?device-code=KXWPBTQR',
      expiresAt: now + 1_740_000,
    }
    hub.has('state:twitch', twitch)
  },
  scopes(hub, now) {
    const twitch = sampleTwitch(now)
    twitch.topics.push(
      {
        type: 'channel.poll.begin',
        version: '1',
        status: { status: 'off', reason: 'missing-scope', scope: 'channel:read:polls' },
      },
      {
        type: 'channel.ad_break.begin',
        version: '1',
        status: { status: 'off', reason: 'missing-scope', scope: 'channel:read:ads' },
      },
    )
    hub.has('state:twitch', twitch)
  },
}

let stopFleet: ReturnType<typeof setInterval>[] = []

/** As much of a fleet as makes its page move. */
function playFleet(hub: FakeHub, state: FleetState, now: number): void {
  for (const timer of stopFleet) clearInterval(timer)
  hub.has('state:fleet', state)
  const here = state.machines.filter(({ link }) => link === 'connected')
  const used = (at: number) => here.map((machine, index) => [machine.id, sampleUse(machine, at, index)] as const)
  const times = Array.from({ length: here.length > 100 ? 0 : 120 }, (_, index) => now - (120 - index) * 5000)
  hub.hasSamples({
    machines: Object.fromEntries(
      here.map((machine, index) => [machine.id, times.map((at) => sampleUse(machine, at, index))]),
    ),
  })
  let line = 500
  stopFleet = [
    setInterval(() => {
      hub.signals('samples:fleet', 'samples', { machines: Object.fromEntries(used(Date.now())) })
      for (const { id, processes } of here) {
        for (const process of processes) {
          hub.signals(`agent-logs:${id}:${process.id}`, 'lines', {
            lines: sampleLines(line - 200, 200, Date.now()),
            dropped: 0,
          })
        }
      }
      line += 2
    }, 1000),
  ]
  hub.answers('agent.logs', ({ before = line, lines }) => {
    const first = Math.max(1, before - (lines ?? 200))
    return {
      status: 'committed',
      result: { lines: sampleLines(first, before - first, now - 600_000), first: 1, last: line },
    }
  })
  hub.answers('agent.definitions.read', ({ machine }) => ({
    status: 'committed',
    result: {
      definitions: machine === 'Alys' ? [] : sampleDefinitions(),
      faults: [],
      edits: machine === 'Demi' ? 'full' : machine === 'Saya' ? 'off' : 'safe',
    },
  }))
  hub.answers('agent.definitions.put', () => ({
    status: 'rejected',
    error: {
      code: 'invalid_args',
      message: 'health.port must be a whole number from 1 to 65535',
      path: 'definition.health.port',
    },
  }))
  hub.answers('agent.process.start', () => ({
    status: 'rejected',
    error: { code: 'vendor_error', message: 'the directory C:\\TITS does not exist; correct "cwd" in processes.json' },
  }))
  hub.answers('agent.pairing.open', () => ({
    status: 'committed',
    result: {
      code: '7KQ2-M9XT',
      expiresAt: Date.now() + 600_000,
      hubUrls: ['ws://100.101.33.7:7175', 'ws://192.168.1.20:7175'],
    },
  }))
}

function startMeters(hub: FakeHub): void {
  let tick = 0
  setInterval(() => {
    tick += 1
    const level = (offset: number) => Math.abs(Math.sin((tick + offset) / 9)) * 0.5
    const inputs = ['Microphone', 'Game', 'Discord'].map((name, index) => ({
      name,
      levels: [[0, level(index * 7), 0]],
    }))
    hub.signals('meters:obs', 'levels', { inputs })
  }, METER_PERIOD_MS)
}

const bare = (output: OutputsState['outputs'][number]) => ({ ...output, layers: [] })

/** As much of the hub's own outputs as makes the editor move. */
function playOutputs(hub: FakeHub, state: OutputsState): void {
  let { outputs } = state
  const said = (undo: string) => {
    hub.has('state:outputs', { outputs, undo, redo: null })
    return { status: 'committed', result: { layer: 'new' } } as const
  }
  const withLayers = (id: string, change: (layers: Layer[]) => Layer[]) => {
    outputs = outputs.map((output) => (output.id === id ? { ...output, layers: change(output.layers) } : output))
  }
  hub.has('state:outputs', state)
  hub.answers('layer.update', ({ output, layer, change }) => {
    withLayers(output, (layers) =>
      layers.map((one) => (one.id === layer ? { ...one, ...(change as Partial<Layer>) } : one)),
    )
    return said('Change a layer')
  })
  hub.answers('layer.move', ({ output, layer, index }) => {
    withLayers(output, (layers) => {
      const rest = layers.filter(({ id }) => id !== layer)
      return rest.toSpliced(index, 0, ...layers.filter(({ id }) => id === layer))
    })
    return said('Move a layer')
  })
  hub.answers('layer.remove', ({ output, layer }) => {
    withLayers(output, (layers) => layers.filter(({ id }) => id !== layer))
    return said('Remove a layer')
  })
  hub.answers('layer.add', ({ output, layer }) => {
    withLayers(output, (layers) => [...layers, sampleLayer({ id: 'new', name: 'New', ...(layer as Partial<Layer>) })])
    return said('Add a layer')
  })
}
