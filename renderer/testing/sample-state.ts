/** States as a real evening has them, for tests and for the design bench. */
import type { Alert, AlertRule, AlertType } from '../../contracts/alert.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { ObsState } from '../../contracts/state/obs.ts'
import type { ShortcutsState } from '../../contracts/state/shortcuts.ts'
import type { SimulatorState } from '../../contracts/state/simulator.ts'
import type { SystemState } from '../../contracts/state/system.ts'
import type { TwitchState } from '../../contracts/state/twitch.ts'
import { alertTypeWords } from '../features/alerts/alert-words.ts'

const MINUTE_MS = 60_000

export function sampleObs(now: number): ObsState {
  return {
    connection: { status: 'connected', since: now - 90 * MINUTE_MS },
    url: 'ws://127.0.0.1:4455',
    obsVersion: '31.0.2',
    websocketVersion: '5.5.4',
    scenes: {
      current: 'Game',
      preview: 'Be right back',
      list: ['Starting soon', 'Game', 'Just chatting', 'Be right back', 'IronMON', 'Coding', 'Full camera', 'Ending'],
    },
    studioMode: { enabled: false },
    streaming: {
      active: true,
      reconnecting: false,
      startedAt: now - 83 * MINUTE_MS - 12_000,
      durationMs: 83 * MINUTE_MS,
      congestion: 0.02,
      bytes: 3_700_000_000,
      skippedFrames: 112,
      totalFrames: 298_000,
    },
    recording: { active: true, paused: false, startedAt: now - 82 * MINUTE_MS, durationMs: 82 * MINUTE_MS, bytes: 9e9 },
    virtualCamera: { available: true, active: false },
    replayBuffer: { available: true, active: true },
    inputs: [
      { name: 'Microphone', kind: 'wasapi_input_capture', muted: false, volumeDb: -3.5, volumeMul: 0.67 },
      { name: 'Game', kind: 'wasapi_output_capture', muted: false, volumeDb: -14, volumeMul: 0.2 },
      { name: 'Music', kind: 'wasapi_process_output_capture', muted: true, volumeDb: -22, volumeMul: 0.08 },
      { name: 'Discord', kind: 'wasapi_process_output_capture', muted: false, volumeDb: -9, volumeMul: 0.35 },
    ],
    sceneItems: {
      Game: [
        { itemId: 7, source: 'Landale main', kind: 'browser_source', visible: true },
        { itemId: 5, source: 'Camera in its frame', kind: null, visible: true },
        { itemId: 4, source: 'Splits', kind: 'text_gdiplus_v3', visible: false },
        { itemId: 2, source: 'Game capture', kind: 'game_capture', visible: true },
      ],
      'Be right back': [{ itemId: 1, source: 'Slides', kind: 'slideshow', visible: true }],
    },
    transition: { current: 'Fade', durationMs: 300, list: ['Cut', 'Fade', 'Luma wipe'] },
    stats: {
      at: now,
      activeFps: 59.97,
      averageFrameTimeMs: 1.8,
      cpuUsagePercent: 7.4,
      memoryMb: 812,
      availableDiskMb: 412_000,
      renderTotalFrames: 320_000,
      renderSkippedFrames: 41,
      outputTotalFrames: 298_000,
      outputSkippedFrames: 12,
    },
  }
}

export function sampleTwitch(now: number): TwitchState {
  const topics = ['channel.follow', 'channel.subscribe', 'channel.cheer', 'channel.raid', 'channel.chat.message']
  return {
    configured: true,
    connection: { status: 'connected', since: now - 90 * MINUTE_MS },
    signIn: {
      status: 'signed-in',
      userId: '38953507',
      login: 'avalonstar',
      displayName: 'Avalonstar',
      expiresAt: now + 180 * MINUTE_MS,
      scopes: ['moderator:read:followers', 'channel:read:subscriptions', 'bits:read', 'user:read:chat'],
    },
    topics: topics.map((type) => ({ type, version: '1', status: { status: 'active' } })),
    silentSince: null,
    lastMessageAt: now - 2000,
    lastGap: null,
    channel: { title: 'Run 412: no healing', categoryId: '1', categoryName: 'Pokémon FireRed', language: 'en' },
    stream: { live: true, startedAt: now - 83 * MINUTE_MS, viewers: 1284 },
  }
}

function sampleAlert(part: Partial<Alert> & Pick<Alert, 'id' | 'type' | 'who' | 'what'>): Alert {
  return {
    priority: 'normal',
    amount: null,
    message: null,
    fragments: [],
    durationMs: 8000,
    sound: 'chime',
    volume: 0.8,
    enqueuedAt: 0,
    simulated: false,
    ...part,
  }
}

function sampleRules(): Record<AlertType, AlertRule> {
  const rule: AlertRule = {
    enabled: true,
    priority: 'normal',
    durationMs: 8000,
    sound: 'chime',
    volume: 0.8,
    template: '{who} is here',
    minimum: 0,
    fold: true,
    variants: [],
  }
  const rules = Object.fromEntries(Object.keys(alertTypeWords).map((type) => [type, { ...rule }])) as Record<
    AlertType,
    AlertRule
  >
  rules.raid = { ...rule, priority: 'high', durationMs: 12_000, template: 'raided with {amount}', minimum: 5 }
  rules.poll.enabled = false
  return rules
}

export function sampleAlerts(now: number): AlertsState {
  const raid = sampleAlert({ id: 'a0', type: 'raid', who: 'ProtonJon', what: 'raided', amount: '87 viewers' })
  return {
    paused: false,
    current: { ...raid, durationMs: 12_000, startedAt: now - 3000, elapsedMs: 0, run: 1 },
    interrupted: [
      {
        ...sampleAlert({ id: 'a1', type: 'cheer', who: 'kestrel', what: 'cheered', amount: '500 bits' }),
        elapsedMs: 2100,
      },
    ],
    queue: [
      sampleAlert({ id: 'a2', type: 'gift', who: 'mothwing', what: 'gifted to the community', amount: '12 subs' }),
      sampleAlert({ id: 'a3', type: 'resub', who: '夜の図書館', what: 'resubscribed', amount: '26 months' }),
      sampleAlert({ id: 'a4', type: 'follow', who: 'ada_l', what: 'followed' }),
    ],
    waiting: 3,
    recent: [
      {
        ...sampleAlert({ id: 'a5', type: 'follow', who: 'hexagonal_', what: 'followed' }),
        finishedAt: now - 40_000,
        outcome: 'shown',
      },
      {
        ...sampleAlert({ id: 'a6', type: 'cheer', who: 'Anonymous', what: 'cheered', amount: '100 bits' }),
        finishedAt: now - 95_000,
        outcome: 'skipped',
      },
    ],
    sound: { muted: false, volume: 0.8 },
    rules: sampleRules(),
  }
}

export function sampleSystem(now: number): SystemState {
  const running = {
    status: 'running',
    health: 'healthy',
    reason: null,
    restarts: 0,
    since: now - 95 * MINUTE_MS,
  } as const
  const ids = [
    'obs',
    'twitch',
    'alerts',
    'timeline',
    'outputs',
    'compositor',
    'sound',
    'shortcuts',
    'simulator',
    'system',
  ]
  return {
    version: '0.1.0',
    startedAt: now - 95 * MINUTE_MS,
    headless: false,
    dataDir: 'C:\\Landale\\data',
    modules: ids.map((id) => ({ id, ...running })),
    tokens: [
      {
        tokenId: 't1',
        name: 'Stream Deck',
        scopes: ['obs', 'alerts'],
        createdAt: now - 9e9,
        lastUsedAt: now - 3 * MINUTE_MS,
      },
    ],
    alarms: [],
    clients: 3,
  }
}

export function sampleShortcuts(now: number): ShortcutsState {
  const key = (id: string, accelerator: string, scene: string) => ({
    id,
    accelerator,
    command: 'obs.scene.set',
    args: { scene },
    status: 'verified' as const,
    reason: null,
    lastFiredAt: now - MINUTE_MS,
  })
  return {
    available: true,
    bindings: [
      key('k1', 'Ctrl+Alt+1', 'Starting soon'),
      key('k2', 'Ctrl+Alt+2', 'Game'),
      { ...key('k3', 'Ctrl+Alt+3', 'Just chatting'), status: 'registered', lastFiredAt: null },
    ],
  }
}

export function sampleSimulator(): SimulatorState {
  const types = ['follow', 'cheer', 'raid', 'chat.message'].map((name) => `twitch.channel.${name}`)
  types.push('obs.scene.changed', 'ironmon.seed.reported')
  return { run: null, types }
}
