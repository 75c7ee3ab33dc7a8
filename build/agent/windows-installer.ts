/** The Windows installer, made by NSIS on any system that has it. */
import { join } from 'node:path'
import { runTool } from './tool.ts'

export interface WindowsInstallerOptions {
  readonly version: string
  readonly program: string
  readonly licences: string
  readonly examples: string
  readonly target: string
  /** Uncompressed: seconds instead of a minute. */
  readonly fast: boolean
}

/** Needs `makensis`. */
export async function makeWindowsInstaller(options: WindowsInstallerOptions): Promise<void> {
  const { version, program, licences, examples, target, fast } = options
  const values = {
    VERSION: version,
    PROGRAM: program,
    LICENCES: licences,
    EXAMPLES: examples,
    OUTPUT: target,
    ...(fast ? { UNCOMPRESSED: '1' } : {}),
  }
  const definitions = Object.entries(values).map(([name, value]) => `-D${name}=${value}`)
  await runTool('makensis', ['-V2', '-WX', ...definitions, join(import.meta.dirname, 'windows', 'landale-agent.nsi')])
}
