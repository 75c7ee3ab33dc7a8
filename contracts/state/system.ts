/** The hub itself: modules, tokens, overlay URLs, and what the first-run guide asks. */
import type { Scope } from '../scopes.ts'

export type HealthLevel = 'healthy' | 'degraded' | 'unhealthy'

export interface ModuleState {
  id: string
  status: 'stopped' | 'starting' | 'running' | 'restarting' | 'failed'
  health: HealthLevel
  /** Why it is not healthy, in words. */
  reason: string | null
  restarts: number
  since: number
}

export interface TokenInfo {
  tokenId: string
  name: string
  scopes: Scope[]
  createdAt: number
  lastUsedAt: number | null
}

export interface SystemState {
  version: string
  startedAt: number
  /** True where no Electron runs and so no global keys exist. */
  headless: boolean
  dataDir: string
  modules: ModuleState[]
  tokens: TokenInfo[]
  /** Things the streamer must know now, worst first. */
  alarms: { id: string; level: 'warning' | 'critical'; message: string; since: number }[]
  /** Sockets joined to at least one topic. */
  clients: number
}
