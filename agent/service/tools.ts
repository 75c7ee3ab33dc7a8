/** Runs the system's own tools for the installation, and answers how they ended. No shell. */
import { execFile } from 'node:child_process'
import { errorCode } from '../base/errors.ts'

const LIMIT_MS = 60_000

export interface ToolResult {
  /** `absent`: there is no such tool here. */
  readonly code: number | 'absent'
  /** What it printed, errors included. */
  readonly said: string
}

export type Tools = (command: string, args: readonly string[]) => Promise<ToolResult>

export const systemTools: Tools = (command, args) =>
  new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { timeout: LIMIT_MS, windowsHide: true, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const said = `${stdout}${stderr}`.trim()
        if (!error) return resolve({ code: 0, said })
        if (errorCode(error) === 'ENOENT') return resolve({ code: 'absent', said: `there is no ${command} here` })
        resolve({ code: typeof error.code === 'number' ? error.code : 1, said: said || error.message })
      },
    )
  })
