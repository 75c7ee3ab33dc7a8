/** Runs one of the system's own tools and answers what it prints. No shell. */
import { execFile } from 'node:child_process'

const LIMIT_MS = 15_000
const MAX_BYTES = 32 * 1_024 * 1_024

export type RunTool = (command: string, args: readonly string[]) => Promise<string>

/** In no language and no time zone: what is printed is read by a program. */
const ENVIRONMENT = { LC_ALL: 'C', LANG: 'C', TZ: 'UTC0' }

/** Rejects when the tool cannot be run; one that only ends with a code still says what it printed. */
export const runTool: RunTool = (command, args) =>
  new Promise((resolve, reject) => {
    const options = { timeout: LIMIT_MS, maxBuffer: MAX_BYTES, windowsHide: true, encoding: 'utf8' as const }
    execFile(command, [...args], { ...options, env: { ...process.env, ...ENVIRONMENT } }, (error, stdout) => {
      if (error && stdout === '') reject(error)
      else resolve(stdout)
    })
  })
