/** Runs one of the machine's programs to its end. No shell is involved. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Of what it said, when it fails: the end, where the reason is. */
const MAX_REASON_CHARACTERS = 2_000

export interface ToolOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** What it printed. Rejects with what it said when it cannot be run or fails. */
export function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    let said = ''
    let all = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      all += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text
    })
    child.once('error', (error) => reject(new Error(`${command} cannot be run: ${error.message}`)))
    child.once('close', (code, signal) => {
      if (code === 0) resolve(said)
      else reject(new Error(`${command} failed (${signal ?? code}):\n${all.slice(-MAX_REASON_CHARACTERS)}`))
    })
  })
}

export function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}
