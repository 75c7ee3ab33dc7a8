import type { FleetRule, ProcessHealth, ProcessState } from '../fleet.ts'

/** A process as its machine last told of it; times are ms epoch by the machine's clock. */
export interface FleetProcess {
  id: string
  name: string
  state: ProcessState
  /** Why it is in this state, for a person; may be empty. */
  reason: string
  wanted: 'up' | 'down'
  pid: number | null
  startedAt: number | null
  /** It ran already and was taken over. */
  adopted: boolean
  /** Automatic ones since it was last asked to start. */
  restarts: number
  health: ProcessHealth
  exit: { code: number | null; signal: string | null; at: number } | null
  retryAt: number | null
}

/** What a machine is. */
export interface FleetHardware {
  hostname: string
  platform: string
  release: string
  arch: string
  agentVersion: string
  runtime: string
  cores: number
  memoryBytes: number
  bootedAt: number
  /** How far the hub may edit its definitions. */
  edits: 'off' | 'safe' | 'full'
}

export interface FleetMachine {
  /** The agent's, for ever. */
  id: string
  /** What commands call it; unique. */
  name: string
  /** `away`: what is shown is the last that was heard. */
  link: 'connected' | 'away'
  /** ms epoch by the hub's clock: since when the link is as it is. */
  since: number
  /** Why it is away, for a person; empty while connected. */
  reason: string
  pairedAt: number
  /** null until it has reported for the first time. */
  hardware: FleetHardware | null
  /** The machine's clock minus the hub's, ms; null when never measured. */
  clockAheadMs: number | null
  processes: FleetProcess[]
  /** What is wrong in the machine's definitions file; those entries are skipped. */
  faults: { path: string; reason: string }[]
}

export interface FleetState {
  /** By name. */
  machines: FleetMachine[]
  /** A code is being shown somewhere, until then (ms epoch). The code itself is only in the command's answer. */
  pairing: { expiresAt: number } | null
  rules: FleetRule[]
}

/** Percent of the whole machine, bytes, bytes per second, °C; null where it can't be read. */
export interface MachineUse {
  cpu: number | null
  memory: number | null
  disks: { path: string; used: number; total: number }[]
  net: { rx: number; tx: number } | null
  temperature: number | null
}

/** At one time; `processes` by id, percent of one core and bytes of the whole tree. */
export interface FleetSample {
  /** ms epoch by the hub's clock. */
  at: number
  machine: MachineUse
  processes: Record<string, { cpu: number; memory: number }>
}

/**
 * Pushed on `samples:fleet` as `samples`, about once a second while somebody is joined there, with those that came since:
 * by machine id. `GET /api/fleet/samples` has the last ten minutes.
 */
export interface FleetSamples {
  machines: Record<string, FleetSample>
}

/** What `GET /api/fleet/samples` answers: by machine id, oldest first. */
export interface FleetSampleHistory {
  machines: Record<string, FleetSample[]>
}
