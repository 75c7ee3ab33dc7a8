/** The platform this program runs on. */
import { createDarwinPlatform } from './darwin.ts'
import { createLinuxPlatform } from './linux.ts'
import type { Platform } from './platform.ts'
import { createWindowsPlatform } from './windows.ts'

/** Throws on a system the agent does not know. */
export function createPlatform(name: NodeJS.Platform): Platform {
  if (name === 'linux') return createLinuxPlatform()
  if (name === 'darwin') return createDarwinPlatform()
  if (name === 'win32') return createWindowsPlatform()
  throw new Error(`the agent does not know this system: ${name}; it runs on Linux, macOS and Windows`)
}
