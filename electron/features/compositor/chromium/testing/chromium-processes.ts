/** The processes of one Chromium, found by the folder its profile lies in, for tests. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

interface ChromiumProcessInfo {
  pid: number
  /** `browser`, `renderer`, `gpu-process`, … */
  type: string
}

/** `tempRoot`: as the frame sources were given it. Empty when none is left. */
export async function chromiumProcesses(tempRoot: string): Promise<ChromiumProcessInfo[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,stat=,args='], { maxBuffer: 1e8 })
  const all = stdout.split('\n').flatMap((line) => {
    const [, pid, state, args = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    // The dead whom nobody has buried yet hold nothing.
    if (pid === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), args }]
  })
  return all
    .filter(({ args }) => args.includes(`--user-data-dir=${tempRoot}/`))
    .map(({ pid, args }) => ({ pid, type: /--type=(\S+)/.exec(args)?.[1] ?? 'browser' }))
}

/** Sends a signal to its processes of one type. Throws when there is none. */
export async function signalChromium(tempRoot: string, type: string, signal: NodeJS.Signals): Promise<void> {
  const found = (await chromiumProcesses(tempRoot)).filter((process) => process.type === type)
  if (found.length === 0) throw new Error(`Chromium has no process of type ${type}`)
  for (const { pid } of found) process.kill(pid, signal)
}
