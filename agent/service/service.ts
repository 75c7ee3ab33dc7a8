/**
 * The agent as something the system starts by itself for one user: what every platform's way has in common. Installing anew
 * is an upgrade: settings and pairing stay, and the processes run on and are taken over.
 */
import { rmdirSync, rmSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import type { Places } from '../settings.ts'
import { createDarwinService } from './darwin-service.ts'
import { createLinuxService } from './linux-service.ts'
import type { Program } from './program.ts'
import type { RunningAgent } from './running-agent.ts'
import type { Tools } from './tools.ts'
import { createWindowsService } from './windows-service.ts'

export interface ServiceContext {
  readonly environment: NodeJS.ProcessEnv
  /** The user's home folder. */
  readonly userHome: string
  /** 0 is root; undefined on Windows. */
  readonly userId: number | undefined
  readonly program: Program
  readonly agent: RunningAgent
  readonly tools: Tools
  readonly print: (text: string) => void
}

export interface InstallOptions {
  /** `boot`: without anybody logged in. `session`: with the desktop. Undefined: whichever this looks like. */
  readonly start: 'boot' | 'session' | undefined
  /** The processes need helpers that gain rights; Linux only. */
  readonly allowSetuid: boolean
  readonly asRoot: boolean
}

type ServiceState =
  | { readonly state: 'installed'; readonly says: string }
  | { readonly state: 'broken'; readonly says: string }
  | { readonly state: 'absent'; readonly says: string }

export interface Service {
  /** Rejects with words for a person. */
  install(options: InstallOptions): Promise<void>
  /** Also where only a part is there. Rejects with words for a person. */
  uninstall(): Promise<void>
  /** Changes nothing. */
  state(): Promise<ServiceState>
}

/** Throws on a system the agent does not know. */
export function createService(platform: NodeJS.Platform, context: ServiceContext): Service {
  if (platform === 'linux') return createLinuxService(context)
  if (platform === 'darwin') return createDarwinService(context)
  if (platform === 'win32') return createWindowsService(context)
  throw new Error(`the agent does not know this system: ${platform}; it runs on Linux, macOS and Windows`)
}

/** What decides where the agent's files are goes with it into the service. */
export function carriedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['LANDALE_AGENT_HOME', 'NURVUS_CONFIG_FILE', 'NURVUS_PORT'] as const
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}

/** Removes what the agent wrote, and its folder when nothing of somebody else's is in it. Answers what is left. */
export function purge(places: Places): string[] {
  const { home, ...own } = places
  const left: string[] = []
  for (const path of Object.values(own)) {
    // A definitions file that somebody keeps elsewhere is theirs.
    if (!resolve(path).startsWith(resolve(home) + sep)) left.push(path)
    else
      for (const one of [path, `${path}.new`, `${path}.damaged`, `${path}.1`])
        rmSync(one, { recursive: true, force: true })
  }
  try {
    rmdirSync(home)
  } catch {
    left.push(home)
  }
  return left
}
