/**
 * A fresh configuration for an OBS under test: no wizard, no questions, a WebSocket server with a password, and three
 * scenes of one colour each with a sound source in them. Written for OBS 29 and, where it keeps things elsewhere, 30 and up.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const SCENES = ['Scene A', 'Scene B', 'Scene C'] as const
export const SOUND_INPUT = 'Tone'

const NAME = 'Landale'
const CANVAS = { width: 1280, height: 720 }
/** As OBS counts colours: alpha, blue, green, red. */
const COLOURS = [0xff2828c8, 0xff28c828, 0xffc82828]

export interface ObsConfigOptions {
  /** What OBS is told is XDG_CONFIG_HOME. */
  configHome: string
  recordings: string
  port: number
  password: string
  fps: number
}

export async function writeObsConfig(options: ObsConfigOptions): Promise<void> {
  const { configHome, port, password } = options
  const base = join(configHome, 'obs-studio')
  const general = ini(globalSettings(port, password))
  const websocket = {
    first_load: false,
    server_enabled: true,
    server_port: port,
    alerts_enabled: false,
    auth_required: true,
    server_password: password,
  }
  await put(join(base, 'global.ini'), general)
  await put(join(base, 'user.ini'), general)
  await put(join(base, 'plugin_config', 'obs-websocket', 'config.json'), JSON.stringify(websocket))
  await put(join(base, 'basic', 'profiles', NAME, 'basic.ini'), ini(profile(options)))
  await put(join(base, 'basic', 'scenes', `${NAME}.json`), JSON.stringify(sceneCollection()))
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, text)
}

type Ini = Record<string, Record<string, string | number | boolean>>

function ini(sections: Ini): string {
  const section = ([name, values]: [string, Ini[string]]) =>
    [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join('\n')
  return `${Object.entries(sections).map(section).join('\n')}\n`
}

function globalSettings(port: number, password: string): Ini {
  return {
    General: { FirstRun: true, LastVersion: 486539266, EnableAutoUpdates: false, MaxLogs: 10, InfoIncrement: -1 },
    Basic: { Profile: NAME, ProfileDir: NAME, SceneCollection: NAME, SceneCollectionFile: NAME },
    BasicWindow: { SysTrayEnabled: true, PreviewEnabled: false, WarnBeforeStartingStream: false },
    OBSWebSocket: {
      FirstLoad: false,
      ServerEnabled: true,
      ServerPort: port,
      AlertsEnabled: false,
      AuthRequired: true,
      ServerPassword: password,
    },
  }
}

function profile({ recordings, fps }: ObsConfigOptions): Ini {
  const { width, height } = CANVAS
  return {
    General: { Name: NAME },
    Video: { BaseCX: width, BaseCY: height, OutputCX: width, OutputCY: height, FPSType: 1, FPSInt: fps },
    Output: { Mode: 'Simple' },
    SimpleOutput: {
      FilePath: recordings,
      RecFormat: 'mkv',
      RecQuality: 'Stream',
      StreamEncoder: 'x264',
      RecEncoder: 'x264',
      VBitrate: 1000,
      UseAdvanced: true,
      Preset: 'ultrafast',
    },
    Audio: { SampleRate: 48000, ChannelSetup: 'Stereo' },
  }
}

function sceneCollection() {
  const colours = SCENES.map((scene, index) =>
    source('color_source', `Colour of ${scene}`, { color: COLOURS[index], ...CANVAS }, 'color_source_v3'),
  )
  const tone = source('ffmpeg_source', SOUND_INPUT, { is_local_file: true, local_file: '', looping: true })
  const scenes = SCENES.map((scene) => {
    const items = [item(`Colour of ${scene}`, 1), item(SOUND_INPUT, 2)]
    return source('scene', scene, { custom_size: false, id_counter: items.length, items })
  })
  return {
    name: NAME,
    current_scene: SCENES[0],
    current_program_scene: SCENES[0],
    scene_order: SCENES.map((name) => ({ name })),
    sources: [...colours, { ...tone, mixers: 255 }, ...scenes],
    groups: [],
    transitions: [],
    quick_transitions: [],
    current_transition: 'Cut',
    transition_duration: 300,
  }
}

function source(id: string, name: string, settings: object, versionedId = id) {
  return { id, versioned_id: versionedId, name, settings, enabled: true, muted: false, volume: 1, mixers: 0 }
}

function item(name: string, id: number) {
  return {
    name,
    id,
    visible: true,
    locked: false,
    rot: 0,
    pos: { x: 0, y: 0 },
    scale: { x: 1, y: 1 },
    align: 5,
    bounds_type: 0,
    bounds: { x: 0, y: 0 },
  }
}
