/**
 * `globalShortcut`: a register of keys. No key of the machine reaches it; `pressShortcut` is how a test presses one.
 * A key can be marked as held by another program (`STANDIN_TAKEN_KEYS`, separated by commas).
 */
import type { GlobalShortcut } from 'electron'
import { normalizeAccelerator } from './accelerator.ts'

type Surface = Pick<GlobalShortcut, 'register' | 'registerAll' | 'isRegistered' | 'unregister' | 'unregisterAll'>

const callbacks = new Map<string, () => void>()

export const globalShortcut = {
  register(accelerator, callback) {
    const key = normalizeAccelerator(accelerator)
    if (callbacks.has(key) || takenByOthers().includes(key)) return false
    callbacks.set(key, callback)
    return true
  },
  registerAll(accelerators, callback) {
    for (const accelerator of accelerators) globalShortcut.register(accelerator, callback)
  },
  isRegistered: (accelerator) => callbacks.has(normalizeAccelerator(accelerator)),
  unregister: (accelerator) => void callbacks.delete(normalizeAccelerator(accelerator)),
  unregisterAll: () => callbacks.clear(),
} satisfies Surface as Surface

/** Presses a key: answers whether anybody had registered it. */
export function pressShortcut(accelerator: string): boolean {
  const callback = callbacks.get(normalizeAccelerator(accelerator))
  callback?.()
  return callback !== undefined
}

function takenByOthers(): string[] {
  const list = process.env.STANDIN_TAKEN_KEYS
  return list ? list.split(',').map(normalizeAccelerator) : []
}
