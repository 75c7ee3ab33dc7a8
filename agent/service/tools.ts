/** Runs the system's own tools for the installation, and answers how they ended. No shell. */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCode, errorMessage } from '../base/errors.ts'
import { rmIfPossible } from './program.ts'

/** To stop a service is to wait for its processes. */
const LIMIT_MS = 100_000
/** These only write down and look up. */
const QUICK: readonly string[] = ['schtasks', 'reg', 'loginctl']
const QUICK_LIMIT_MS = 10_000

export interface ToolResult {
  /** `absent`: there is no such tool here. `silent`: it did not end in time. */
  readonly code: number | 'absent' | 'silent'
  /** What it printed, errors included. */
  readonly said: string
}

export type Tools = (command: string, args: readonly string[]) => Promise<ToolResult>

/**
 * What a tool prints goes through a file: a pipe stays open for as long as anything that the tool has started, which may be a service
 * that never ends.
 */
export const systemTools: Tools = async (command, args) => {
  const folder = mkdtempSync(join(tmpdir(), 'landale-agent-tool-'))
  const file = join(folder, 'said')
  const out = openSync(file, 'w')
  try {
    const code = await ended(command, args, out)
    if (code === 'absent') return { code, said: `there is no ${command} here` }
    if (code === 'silent') return { code, said: `${command} does not end` }
    if (typeof code === 'string') return { code: 1, said: code }
    return { code, said: readFileSync(file, 'utf8').trim() }
  } finally {
    closeSync(out)
    // What still holds the file keeps it, on Windows.
    rmIfPossible(folder)
  }
}

/** Its code, or why it has none. */
function ended(command: string, args: readonly string[], out: number): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', out, out], windowsHide: true })
    const limit = QUICK.includes(command) ? QUICK_LIMIT_MS : LIMIT_MS
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      child.unref()
      resolve('silent')
    }, limit)
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve(errorCode(error) === 'ENOENT' ? 'absent' : errorMessage(error))
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code ?? 1)
    })
  })
}
