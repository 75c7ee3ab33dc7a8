/** The states worth looking at: all well, nothing yet, and everything wrong. */
import { createFakeHub, type FakeHub } from '../testing/fake-hub.ts'
import {
  sampleAlerts,
  sampleObs,
  sampleShortcuts,
  sampleSimulator,
  sampleSystem,
  sampleTwitch,
} from '../testing/sample-state.ts'

const METER_PERIOD_MS = 50
const OVERLAY_URL = 'http://127.0.0.1:7175/overlay/main?token=k3y'

export function benchScene(name: string, now: number): FakeHub {
  const hub = createFakeHub()
  hub.has('state:obs', sampleObs(now))
  hub.has('state:twitch', sampleTwitch(now))
  hub.has('state:alerts', sampleAlerts(now))
  hub.has('state:system', sampleSystem(now))
  hub.has('state:shortcuts', sampleShortcuts(now))
  hub.has('state:simulator', sampleSimulator())
  hub.answers('overlay.url.get', () => ({ status: 'committed', result: { url: OVERLAY_URL } }))
  hub.answers('system.token.create', () => ({ status: 'committed', result: { tokenId: 't', token: 'lnd_9f3c7a' } }))
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
    hub.has('state:shortcuts', { available: false, bindings: [] })
    hub.has('state:system', { ...sampleSystem(now), headless: true, tokens: [] })
  },
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
