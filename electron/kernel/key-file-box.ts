/**
 * The secret box where no system keychain is at hand: AES-256-GCM with a random key in a file only its owner may read.
 * It keeps secrets out of copies of the database and of logs; it does not protect from the same user on the same machine.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SecretBox } from './secrets.ts'

const KEY_BYTES = 32
/** GCM's own nonce length. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createKeyFileBox(dataDir: string): SecretBox {
  const key = loadKey(join(dataDir, 'secret-key'))
  return {
    kind: 'key-file',
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const body = bytes.subarray(NONCE_BYTES + TAG_BYTES)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
  }
}

function loadKey(file: string): Buffer {
  try {
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = readFileSync(file)
  if (key.length !== KEY_BYTES) {
    throw new Error(`${file} is damaged: ${key.length} bytes instead of ${KEY_BYTES}. Delete it and sign in again.`)
  }
  return key
}
