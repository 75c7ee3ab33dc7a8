import { expect, test } from 'vitest'
import { safeStorage } from './safe-storage.ts'

test('opens what it sealed, and only that', () => {
  const sealed = safeStorage.encryptString('grün')
  expect(sealed.includes('grün')).toBe(false)
  expect(safeStorage.decryptString(sealed)).toBe('grün')
  expect(() => safeStorage.decryptString(Buffer.from('something else entirely, long enough'))).toThrow('decrypting')
})
