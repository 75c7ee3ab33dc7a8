/**
 * Process ids for the renderers of frames. The debugging protocol doesn't tell the real ones, so these are made up, higher
 * than any system has, and `process.kill` is taught them: what it ends is the real renderer.
 */
const FIRST_PID = 2 ** 24

let lastPid = FIRST_PID
const crashes = new Map<number, () => void>()
const realKill = process.kill.bind(process)

process.kill = (pid, signal) => {
  const crash = crashes.get(pid)
  if (!crash) return realKill(pid, signal)
  if (signal !== 0) crash()
  return true
}

/** The id of a renderer that `crash` really ends. */
export function addRendererPid(crash: () => void): number {
  crashes.set(++lastPid, crash)
  return lastPid
}

export function removeRendererPid(pid: number): void {
  crashes.delete(pid)
}
