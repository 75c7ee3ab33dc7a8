/**
 * The folder Chromium keeps its files in while it runs: a fresh one in the temp folder each time. Named after our process,
 * so that those of a process that was killed can be told from those in use.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = /^landale-chromium-(\d+)-/
/** Chromium's children may still write while it goes. */
const STUBBORN = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const

export interface ProfileFolder {
  readonly path: string
  remove(): Promise<void>
  /** For the end of the process, when nothing can be waited for. */
  removeNow(): void
}

export function makeProfileFolder(tempRoot: string): ProfileFolder {
  const path = mkdtempSync(join(tempRoot, `landale-chromium-${process.pid}-`))
  return {
    path,
    // What can't be removed now is a stale folder next time.
    remove: () => rm(path, STUBBORN).catch(() => {}),
    removeNow() {
      try {
        rmSync(path, STUBBORN)
      } catch {
        // as above
      }
    },
  }
}

/** Removes those whose process is gone. Never fails: what can't be removed stays for the next time. */
export async function removeStaleProfiles(tempRoot: string): Promise<void> {
  const stale = namesIn(tempRoot).filter((name) => {
    const pid = Number(NAME.exec(name)?.[1])
    return pid > 0 && !isAlive(pid)
  })
  await Promise.all(stale.map((name) => rm(join(tempRoot, name), STUBBORN).catch(() => {})))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
