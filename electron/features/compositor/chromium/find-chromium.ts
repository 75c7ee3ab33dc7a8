/** Where Chromium is on this machine. Knows the usual names and places of each system; starts nothing. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Machine {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  isExecutable(path: string): boolean
}

const CHROMIUM_VARIABLE = 'LANDALE_CHROMIUM'

const THIS_MACHINE: Machine = {
  platform: process.platform,
  env: process.env,
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  },
}

/** On the PATH; the free one first. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable']
const MAC_APPS = ['Chromium', 'Google Chrome', 'Microsoft Edge', 'Brave Browser']
const WINDOWS_PROGRAMS = [
  'Chromium\\Application\\chrome.exe',
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
]

export type Found = { executable: string; missing: null } | { executable: null; missing: string }

/** `missing`: why there is none and what to do, in words. */
export function findChromium(machine: Machine = THIS_MACHINE): Found {
  const wanted = machine.env[CHROMIUM_VARIABLE]
  if (wanted !== undefined && wanted !== '') {
    if (machine.isExecutable(wanted)) return { executable: wanted, missing: null }
    const missing = `${CHROMIUM_VARIABLE} says Chromium is ${wanted}, but nothing can be started there; correct or remove it.`
    return { executable: null, missing }
  }
  const executable = placesOn(machine).find((path) => machine.isExecutable(path))
  if (executable !== undefined) return { executable, missing: null }
  const missing =
    'Without its window Landale paints the picture in Chromium, and none is installed. Install Chromium, Chrome or Edge, ' +
    `or set ${CHROMIUM_VARIABLE} to where it is. Until then OBS can show /overlay/ itself.`
  return { executable: null, missing }
}

function placesOn({ platform, env }: Machine): string[] {
  switch (platform) {
    case 'darwin':
      return [...MAC_APPS.map(macBinary), ...MAC_APPS.map((app) => join(env.HOME ?? '', macBinary(app)))]
    case 'win32': {
      const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((root) => root !== undefined)
      return WINDOWS_PROGRAMS.flatMap((program) => roots.map((root) => `${root}\\${program}`))
    }
    default: {
      const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
      const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
      // Outside of the PATH of a service.
      return [...onPath, '/usr/bin/chromium', '/snap/bin/chromium', '/opt/google/chrome/chrome']
    }
  }
}

function macBinary(app: string): string {
  return `/Applications/${app}.app/Contents/MacOS/${app}`
}
