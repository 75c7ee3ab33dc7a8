/** The headless hub as a user starts it, with the demo: its own Chromium paints, and all it costs is below its process id. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode, stop } from './process.ts'

export interface HeadlessHub {
  pid: number
  http: string
  /** May do everything. */
  token: string
  /** Of the output `main`, tokens included. */
  liveUrl: string
  overlayUrl: string
  command<T = unknown>(name: string, args?: object): Promise<T>
  stop(): Promise<void>
}

const HUB = join(import.meta.dirname, '..', 'build', 'headless.mjs')
const ENVIRONMENT = { LANDALE_LOG_LEVEL: 'silent', LANDALE_OBS_URL: 'ws://127.0.0.1:9' }

export async function startHeadlessHub(): Promise<HeadlessHub> {
  const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
  const { child, firstLine } = await startNode(HUB, ['--port', '0', '--data', dataDir], ENVIRONMENT)
  const { http } = JSON.parse(firstLine) as { http: string }
  const token = readFileSync(join(dataDir, 'control-token'), 'utf8').trim()
  async function command<T>(name: string, args: object = {}): Promise<T> {
    const response = await fetch(`${http}/api/commands/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    })
    const answer = (await response.json()) as { status: string; result: T }
    if (answer.status !== 'committed') throw new Error(`${name}: ${JSON.stringify(answer)}`)
    return answer.result
  }
  const { liveUrl, url } = await command<{ liveUrl: string; url: string }>('overlay.url.get', { output: 'main' })
  return {
    pid: child.pid ?? 0,
    http,
    token,
    liveUrl,
    overlayUrl: url,
    command,
    async stop() {
      await stop(child)
      rmSync(dataDir, { recursive: true, maxRetries: 5 })
    },
  }
}
