/**
 * The priority of the thread that calls. Knows Linux only: there a thread has one of its own, on Windows and macOS Node can
 * set a process's at most.
 */
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename } from 'node:path'

/** A third of the main thread's share while both want a core; all of it otherwise. */
const BEHIND_MAIN = 5

/**
 * The main thread, which hears from Twitch and OBS, and the writer's get a core before this one does. For searches and
 * backups, that can wait: on two cores with three threads at work the main thread waits a turn of the scheduler, 4 to 5 ms.
 */
export function goBehindMain(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), BEHIND_MAIN)
  } catch {
    // Where /proc is not there, or forbidden, it works as before.
  }
}
