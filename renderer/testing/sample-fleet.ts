/** Machines as an evening has them, and as nobody wants them, for tests and for the design bench. */
import type { LogLine } from '../../contracts/fleet.ts'
import type { FleetMachine, FleetProcess, FleetSample, FleetState } from '../../contracts/state/fleet.ts'

const MINUTE_MS = 60_000
const GIBIBYTE = 1024 ** 3

export function sampleProcess(part: Partial<FleetProcess> & Pick<FleetProcess, 'id' | 'name'>): FleetProcess {
  return {
    state: 'stopped',
    reason: '',
    wanted: 'down',
    pid: null,
    startedAt: null,
    adopted: false,
    restarts: 0,
    health: 'none',
    exit: null,
    retryAt: null,
    ...part,
  }
}

function running(id: string, name: string, now: number, part: Partial<FleetProcess> = {}): FleetProcess {
  const up = { state: 'running', wanted: 'up', pid: 4212, startedAt: now - 83 * MINUTE_MS } as const
  return sampleProcess({ id, name, ...up, ...part })
}

export function sampleMachine(
  now: number,
  part: Partial<FleetMachine> & Pick<FleetMachine, 'id' | 'name'>,
): FleetMachine {
  return {
    link: 'connected',
    since: now - 95 * MINUTE_MS,
    reason: '',
    pairedAt: now - 40 * 24 * 60 * MINUTE_MS,
    hardware: {
      hostname: part.name.slice(0, 20).toLowerCase(),
      platform: 'linux',
      release: '6.12.4',
      arch: 'x64',
      agentVersion: '0.1.0',
      runtime: 'node 26.0.0',
      cores: 16,
      memoryBytes: 32 * GIBIBYTE,
      bootedAt: now - 300 * MINUTE_MS,
      edits: 'safe',
    },
    clockAheadMs: 0,
    processes: [],
    faults: [],
    ...part,
  }
}

/** Four machines: one well, one with a program that died, one with a fault in its file, one away. */
export function sampleFleet(now: number): FleetState {
  const windows = sampleMachine(now, { id: 'm-demi', name: 'Demi' })
  return {
    machines: [
      sampleMachine(now, {
        id: 'm-alys',
        name: 'Alys',
        link: 'away',
        since: now - 3 * MINUTE_MS,
        reason: 'nothing was heard for 38 s',
        processes: [running('streamer-bot', 'Streamer.bot', now)],
      }),
      {
        ...windows,
        hardware: windows.hardware && { ...windows.hardware, platform: 'win32', release: '10.0.26100', edits: 'full' },
        processes: [
          running('obs', 'OBS Studio', now, { health: 'healthy', adopted: true }),
          running('vtube-studio', 'VTube Studio', now, { restarts: 1, startedAt: now - 12 * MINUTE_MS }),
          sampleProcess({
            id: 'tits',
            name: 'TITS',
            state: 'failed',
            wanted: 'up',
            reason: 'ended with code 3 four times within 60 s; start it when it is mended',
            restarts: 3,
            exit: { code: 3, signal: null, at: now - 2 * MINUTE_MS },
          }),
        ],
      },
      sampleMachine(now, {
        id: 'm-saya',
        name: 'Saya',
        processes: [running('stack', 'Containers', now, { health: 'unhealthy', reason: 'postgres is restarting' })],
        faults: [
          { path: 'processes[1].command', reason: 'must not be empty' },
          { path: 'processes[2].health.url', reason: 'must be an http:// or https:// address' },
        ],
      }),
      sampleMachine(now, {
        id: 'm-zelan',
        name: 'Zelan',
        processes: [
          running('lms', 'Language model', now, { health: 'healthy' }),
          sampleProcess({
            id: 'phononmaser',
            name: 'Phononmaser',
            state: 'backoff',
            wanted: 'up',
            reason: 'ended with code 1',
            retryAt: now + 9000,
            restarts: 2,
            exit: { code: 1, signal: null, at: now - 4000 },
          }),
          sampleProcess({ id: 'seed', name: 'SEED', state: 'waiting', wanted: 'up', reason: 'waits for Phononmaser' }),
        ],
      }),
    ],
    pairing: null,
    rules: [
      {
        id: 'obs-dies',
        enabled: true,
        machine: 'Demi',
        process: 'obs',
        trigger: 'exited',
        onlyLive: true,
        restart: true,
        cover: { message: 'Please stand by', forMs: 3 * MINUTE_MS },
      },
    ],
  }
}

export function manyMachines(now: number, count: number): FleetState {
  const machines = Array.from({ length: count }, (_, index) => {
    const name = `Rack ${String(index + 1).padStart(4, '0')}`
    const processes = Array.from({ length: 5 }, (_process, at) => running(`p${at}`, `Worker ${at + 1}`, now))
    if (index % 7 === 3) {
      processes[1] = sampleProcess({ id: 'p1', name: 'Worker 2', state: 'failed', reason: 'no such file: /opt/worker' })
    }
    const isAway = index % 11 === 5
    return sampleMachine(now, {
      id: `m${index}`,
      name,
      processes,
      link: isAway ? 'away' : 'connected',
      reason: isAway ? 'the link was closed (1006)' : '',
    })
  })
  return { machines, pairing: null, rules: [] }
}

export const HOSTILE_NAMES = [
  'W'.repeat(10_000),
  'ليلى_الرياض_'.repeat(12),
  '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(20),
  `Z${'\u0301\u0321\u035a'.repeat(20)}algo`.repeat(6),
  '<img src=x onerror="document.title=1"><b>bold',
  'x',
]

export function hostileFleet(now: number): FleetState {
  return {
    machines: HOSTILE_NAMES.map((name, index) =>
      sampleMachine(now, {
        id: `h${index}`,
        name,
        link: index % 3 === 2 ? 'away' : 'connected',
        reason: index % 3 === 2 ? name : '',
        processes: [
          running('a', name, now, { health: 'unhealthy', reason: name }),
          sampleProcess({ id: 'b', name, state: 'failed', reason: name }),
        ],
        faults: [{ path: name.slice(0, 2000), reason: name.slice(0, 2000) }],
      }),
    ),
    pairing: null,
    rules: HOSTILE_NAMES.slice(0, 2).map((name, index) => ({
      id: `r${index}`,
      enabled: index === 0,
      machine: name.slice(0, 200),
      process: name.slice(0, 200),
      trigger: 'failed',
      onlyLive: false,
      restart: true,
      cover: { message: name.slice(0, 300), forMs: 90_000 },
    })),
  }
}

/** `seed`: another number is another machine's evening. */
export function sampleUse(machine: FleetMachine, at: number, seed = 1): FleetSample {
  const wave = (period: number, offset = 0) => (Math.sin(at / period + seed * 3 + offset) + 1) / 2
  const spike = (Math.floor(at / 30_000) * 7919 * (seed + 1)) % 10 === 0 ? 40 : 0
  const processes = machine.processes.filter(({ state }) => state === 'running')
  return {
    at,
    machine: {
      cpu: Math.min(100, 12 + 30 * wave(70_000) + 8 * wave(9000, 2) + spike),
      memory: (9 + 4 * wave(300_000)) * GIBIBYTE,
      disks: [
        { path: '/', used: 412 * GIBIBYTE, total: 930 * GIBIBYTE },
        { path: '/mnt/recordings', used: (seed % 2 ? 3650 : 1200) * GIBIBYTE, total: 3725 * GIBIBYTE },
      ],
      net: { rx: 240_000 * wave(15_000), tx: 6_200_000 + 900_000 * wave(20_000) },
      temperature: 48 + 12 * wave(120_000),
    },
    processes: Object.fromEntries(
      processes.map(({ id }, index) => [id, { cpu: 4 + 20 * wave(40_000, index), memory: (0.4 + index) * GIBIBYTE }]),
    ),
  }
}

const words = [
  'info: 60.0 fps, 0 frames lagged',
  '\u001b[32mINFO\u001b[0m \u001b[1mws\u001b[22m client connected from 100.64.0.3',
  'loading model weights 12 %\rloading model weights 58 %\rloading model weights 100 %',
  '{"level":"warn","msg":"slow response","ms":1840,"path":"/v1/models"}',
  'a very long line: '.padEnd(400, 'lorem ipsum dolor sit amet '),
  '<script>document.title = 1</script>',
]

export function sampleLines(from: number, count: number, now: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index
    return {
      number,
      at: now - (count - index) * 700,
      stream: number % 9 === 4 ? 'err' : number % 40 === 7 ? 'agent' : 'out',
      text: number % 40 === 7 ? 'started, pid 4212' : (words[number % words.length] ?? ''),
      cut: false,
    }
  })
}

/** As the agent's schema has them after its defaults. */
export function sampleDefinitions(): Record<string, unknown>[] {
  const common = {
    args: [],
    env: {},
    oneShot: false,
    restart: {
      policy: 'on-failure',
      maxRestarts: 3,
      windowMs: 60_000,
      initialDelayMs: 500,
      maxDelayMs: 30_000,
      stableMs: 10_000,
    },
    stop: { args: [], signals: ['SIGTERM'], graceMs: 15_000 },
    dependsOn: [],
    ports: [],
    logs: { lines: 500, maxBytes: 5 * 1024 * 1024, files: 3 },
  }
  return [
    {
      ...common,
      id: 'obs',
      name: 'OBS Studio',
      command: 'C:\\Program Files\\obs-studio\\bin\\64bit\\obs64.exe',
      cwd: 'C:\\Program Files\\obs-studio\\bin\\64bit',
      autostart: false,
      detect: { by: 'executable', name: 'obs64.exe', args: [] },
      health: {
        type: 'tcp',
        host: '127.0.0.1',
        port: 4455,
        intervalMs: 10_000,
        timeoutMs: 5000,
        startDelayMs: 5000,
        startRetries: 10,
        startIntervalMs: 2000,
        failures: 3,
        restart: false,
      },
    },
    { ...common, id: 'tits', name: 'TITS', command: 'TITS Launcher.exe', autostart: true },
  ]
}
