/** The hub's secret box on the operating system's own key store. */
import type { SafeStorage } from 'electron'
import type { SecretBox } from '../kernel/secrets.ts'

type SafeStoragePart = Pick<
  SafeStorage,
  'isEncryptionAvailable' | 'encryptString' | 'decryptString' | 'getSelectedStorageBackend'
>

/**
 * A box, or undefined where the system keeps no secret for us: without a key store, and on a Linux desktop without one,
 * where Electron would fall back to a password that is the same on every machine. The hub's own key file is better then.
 * To be called once the app is ready.
 */
export function createSafeStorageBox(safeStorage: SafeStoragePart, platform: NodeJS.Platform): SecretBox | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend()))
    return undefined
  return {
    kind: 'safe-storage',
    seal: (plain) => safeStorage.encryptString(plain).toString('base64'),
    open: (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  }
}
