/** The settings of the whole hub: each part owns its section; here they are put together. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type ObsEnvironment, obsConfigSchema } from './connections/obs/config.ts'
import { picturesConfigSchema } from './connections/pictures/config.ts'
import { twitchConfigSchema } from './connections/twitch/config.ts'
import { fleetAlarmsSchema } from './features/fleet/alarms/alarm-settings.ts'
import { type EnvSetting, loadConfig, numberOrText } from './kernel/config.ts'

const port = z.number().int().min(0).max(65_535)

const DEFAULT_PORT = 7175

/** What the emulator is usually started with. */
const IRONMON_PORT = 8080

/** 1 MiB: far above any message of ours, far below what could hurt. */
const MAX_FRAME_BYTES = 1024 * 1024

const hubConfigSchema = z.strictObject({
  /** One port for HTTP and WebSocket; 0 takes a free one. */
  port: port.default(DEFAULT_PORT),
  /** The address to listen on. Anything but loopback lets other devices of the network try their tokens. */
  bind: z.string().min(1).default('127.0.0.1'),
  /** Further names by which this machine may be addressed, e.g. `demi`. */
  allowedHosts: z.array(z.string().min(1)).default([]),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Base URL of a Seq log server. */
  seqUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** Largest WebSocket message accepted, bytes. */
  maxFrameBytes: z
    .number()
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(MAX_FRAME_BYTES),
  obs: obsConfigSchema.prefault({}),
  twitch: twitchConfigSchema.prefault({}),
  pictures: picturesConfigSchema.prefault({}),
  /** The other machines: from when on the streamer is told of trouble there. */
  fleet: z.strictObject({ alarms: fleetAlarmsSchema.prefault({}) }).prefault({}),
  /** The picture's own port, for `/live`; 0 takes a free one. Without it the one after `port`, or a free one if that is taken. */
  picture: z.strictObject({ port: port.optional() }).prefault({}),
  /**
   * Where the game connects. Without a port 8080, or a free one when the hub itself takes a free one. It asks for no
   * token, so unlike the hub's own it leaves loopback only where `bind` says so itself.
   */
  ironmon: z
    .strictObject({
      enabled: z.boolean().default(true),
      port: port.optional(),
      bind: z.string().min(1).default('127.0.0.1'),
    })
    .prefault({}),
})

export type HubConfig = z.output<typeof hubConfigSchema>

const text = (value: string) => value

const ENV_SETTINGS: readonly EnvSetting[] = [
  { name: 'LANDALE_PORT', path: ['port'], read: numberOrText },
  { name: 'LANDALE_PICTURE_PORT', path: ['picture', 'port'], read: numberOrText },
  { name: 'LANDALE_LOG_LEVEL', path: ['logLevel'], read: text },
  { name: 'LANDALE_OBS_URL', path: ['obs', 'url'], read: text },
  { name: 'LANDALE_OBS_PASSWORD', path: ['obs', 'password'], read: text },
  { name: 'LANDALE_TWITCH_CLIENT_ID', path: ['twitch', 'clientId'], read: text },
  { name: 'LANDALE_TWITCH_ACCESS_TOKEN', path: ['twitch', 'accessToken'], read: text },
  { name: 'LANDALE_TWITCH_REFRESH_TOKEN', path: ['twitch', 'refreshToken'], read: text },
  { name: 'LANDALE_TWITCH_MOCK_PORT', path: ['twitch', 'mockPort'], read: numberOrText },
  { name: 'LANDALE_PICTURES_MOCK_PORT', path: ['pictures', 'mockPort'], read: numberOrText },
  { name: 'LANDALE_IRONMON_PORT', path: ['ironmon', 'port'], read: numberOrText },
]

/** Where the game's port is to be. */
export function ironmonAddressOf({ ironmon, port }: HubConfig): { enabled: boolean; host: string; port: number } {
  return { enabled: ironmon.enabled, host: ironmon.bind, port: ironmon.port ?? (port === 0 ? 0 : IRONMON_PORT) }
}

/** What the command line says; it beats everything. */
export interface HubFlags {
  port?: unknown
}

/** Rejects with a `ConfigError` worded for the user. */
export function loadHubConfig(dataDir: string, env: NodeJS.ProcessEnv, flags: HubFlags): Promise<HubConfig> {
  return loadConfig({
    schema: hubConfigSchema,
    dataDir,
    env,
    envSettings: ENV_SETTINGS,
    flags: [{ path: ['port'], value: flags.port, name: '--port' }],
  })
}

/** What the environment says of OBS, apart from the settings: it beats what was set from the dashboard, they do not. */
export function obsEnvironmentOf(env: NodeJS.ProcessEnv): ObsEnvironment {
  return { url: env.LANDALE_OBS_URL || undefined, password: env.LANDALE_OBS_PASSWORD || undefined }
}

/** Where the data lives unless told otherwise: the platform's own place for it. */
export function defaultDataDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env.LANDALE_DATA_DIR) return env.LANDALE_DATA_DIR
  if (platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Landale')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Landale')
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'landale')
}
