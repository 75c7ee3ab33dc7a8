/** The hub's global keys on Electron's globalShortcut. Owns what it registered, and gives exactly that back. */
import type { GlobalShortcut } from 'electron'
import type { GlobalKeys } from '../kernel/ports/global-keys.ts'
import type { ShellLog } from './shell-log.ts'

export function createGlobalKeys(
  globalShortcut: Pick<GlobalShortcut, 'register' | 'unregister'>,
  log: ShellLog,
): GlobalKeys {
  const held = new Set<string>()
  const give = (accelerator: string) => {
    if (held.delete(accelerator)) globalShortcut.unregister(accelerator)
  }

  /** Electron throws at what is no accelerator, and answers false at what another program holds. */
  const take = (accelerator: string, onPress: () => void) => {
    try {
      return globalShortcut.register(accelerator, onPress)
    } catch (error) {
      log.warn({ err: error, accelerator }, 'this is not a key that can be registered')
      return false
    }
  }

  return {
    register(accelerator, onPress) {
      const taken = take(accelerator, onPress)
      if (taken) held.add(accelerator)
      return taken
    },
    unregister: give,
    dispose() {
      for (const accelerator of [...held]) give(accelerator)
    },
  }
}
