import { expect, test } from 'vitest'
import { createSafeStorageBox } from './safe-storage.ts'

function store(backend: 'gnome_libsecret' | 'basic_text' | 'unknown', available = true) {
  return {
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (plain: string) => Buffer.from(plain.toUpperCase()),
    decryptString: (sealed: Buffer) => sealed.toString().toLowerCase(),
  }
}

test('seals to text and opens it again', () => {
  const box = createSafeStorageBox(store('gnome_libsecret'), 'linux')
  const sealed = box?.seal('token') ?? ''
  expect(sealed).toBe(Buffer.from('TOKEN').toString('base64'))
  expect([box?.open(sealed), box?.kind]).toEqual(['token', 'safe-storage'])
})

test('there is no box where the system keeps no secret for us', () => {
  expect(createSafeStorageBox(store('gnome_libsecret', false), 'win32')).toBeUndefined()
  expect(createSafeStorageBox(store('basic_text'), 'linux')).toBeUndefined()
  expect(createSafeStorageBox(store('unknown'), 'linux')).toBeUndefined()
})

test('a backend is a matter of Linux only', () => {
  expect(createSafeStorageBox(store('unknown'), 'win32')).toBeDefined()
})
