/**
 * `safeStorage`. THIS KEEPS NO SECRET: the key is in this file. It is a stand-in with the manners of the real one: what it
 * seals is unreadable at a glance, and what it did not seal it refuses to open.
 *
 * `STANDIN_SAFE_STORAGE` chooses what it claims to be: a Linux backend's name (default `gnome_libsecret`; `basic_text` is
 * what Electron falls back to without a secret store) or `unavailable`.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { SafeStorage } from 'electron'

type Surface = Pick<
  SafeStorage,
  'isEncryptionAvailable' | 'encryptString' | 'decryptString' | 'getSelectedStorageBackend'
>

const ALGORITHM = 'aes-256-gcm'
const KEY_KNOWN_TO_ALL = createHash('sha256').update('electron stand-in').digest()
const NONCE_BYTES = 12
const TAG_BYTES = 16

export const safeStorage = {
  isEncryptionAvailable: () => process.env.STANDIN_SAFE_STORAGE !== 'unavailable',
  getSelectedStorageBackend: () =>
    (process.env.STANDIN_SAFE_STORAGE ?? 'gnome_libsecret') as ReturnType<SafeStorage['getSelectedStorageBackend']>,
  encryptString(plainText) {
    if (!safeStorage.isEncryptionAvailable())
      throw new Error('Error while encrypting the text: encryption is not available.')
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, KEY_KNOWN_TO_ALL, nonce)
    const sealed = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  },
  decryptString(encrypted) {
    try {
      const cipher = createDecipheriv(ALGORITHM, KEY_KNOWN_TO_ALL, encrypted.subarray(0, NONCE_BYTES))
      cipher.setAuthTag(encrypted.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return cipher.update(encrypted.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + cipher.final('utf8')
    } catch (cause) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.', { cause })
    }
  },
} satisfies Surface as Surface
