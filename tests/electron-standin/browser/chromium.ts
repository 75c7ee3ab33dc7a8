/**
 * The Chromium process behind the stand-in: started headless on a profile of its own in the temp folder, and gone with
 * its profile when we go. Should we be killed outright, its debugging pipe closes and it ends by itself (only the profile
 * folder is then left behind).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CdpSession, connectCdp } from './cdp.ts'

export interface Chromium {
  readonly pid: number
  /** The line Playwright waits for, `DevTools listening on ws://…`. */
  readonly announcement: string
  readonly browser: CdpSession
  /** The conversation with an attached page. */
  session(sessionId: string): CdpSession
  /** Ends the process and removes its profile. */
  stop(): Promise<void>
}

const DEFAULT_PATH = '/usr/bin/chromium'
/** A cold start takes about half a second; a loaded machine ten times that. */
const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 1500

const SWITCHES = [
  '--headless',
  '--no-sandbox',
  '--no-startup-window',
  // Not spoken to: Chromium ends when this pipe closes, which is when we are gone.
  '--remote-debugging-pipe',
  '--no-first-run',
  '--disable-gpu',
  '--disable-sync',
  '--disable-extensions',
  '--disable-component-update',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
  '--hide-scrollbars',
]

/** Starts Chromium (`$CHROMIUM`, else Debian's) with `extraSwitches`; rejects with its own words when it does not come up. */
export async function startChromium(extraSwitches: string[]): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'electron-standin-'))
  const child = spawn(
    process.env.CHROMIUM ?? DEFAULT_PATH,
    [...SWITCHES, '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...extraSwitches],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], detached: true },
  )
  const kill = () => {
    killGroup(child)
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
  process.once('exit', kill)
  const announcement = await announced(child).catch((error: unknown) => {
    kill()
    throw error
  })
  const connection = await connectCdp(announcement.replace('DevTools listening on ', ''))
  return {
    pid: child.pid ?? 0,
    announcement,
    browser: connection.session(),
    session: (sessionId) => connection.session(sessionId),
    async stop() {
      const gone = exited(child)
      connection
        .session()
        .send('Browser.close')
        .catch(() => {})
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, STOP_DEADLINE_MS))])
      connection.close()
      process.off('exit', kill)
      kill()
      await gone
    },
  }
}

function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new Error(`Chromium did not start (${why}). It said: ${said}`))
    const timer = setTimeout(() => fail('no answer'), START_DEADLINE_MS)
    const listen = (chunk: Buffer) => {
      said += String(chunk)
      const line = /^DevTools listening on ws:\/\/\S+$/m.exec(said)
      if (!line) return
      clearTimeout(timer)
      child.stderr?.off('data', listen).resume()
      resolve(line[0])
    }
    child.stderr?.on('data', listen)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => fail(`exit code ${code}`))
  })
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Debian's chromium is a shell script with children: the whole group goes. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // already gone
  }
}
