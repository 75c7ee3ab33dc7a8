/** One app per user: two would fight over the data folder, the port and the keys. */
import type { App } from 'electron'

/** False when another instance runs already; that one is asked to show itself. To be asked before anything is opened. */
export function claimSingleInstance(
  app: Pick<App, 'requestSingleInstanceLock' | 'on'>,
  onSecondInstance: () => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', onSecondInstance)
  return true
}
