import { expect, test } from 'vitest'
import { createFakeLog } from './fake-window.ts'
import { createGlobalKeys } from './global-keys.ts'

function setUp() {
  const bound = new Map<string, () => void>()
  const log = createFakeLog()
  const keys = createGlobalKeys(
    {
      register(accelerator, callback) {
        if (accelerator === 'nonsense') throw new TypeError('conversion failure from nonsense')
        if (accelerator === 'F12') return false
        bound.set(accelerator, callback)
        return true
      },
      unregister: (accelerator) => void bound.delete(accelerator),
    },
    log,
  )
  return { bound, keys, log }
}

test('a press reaches whoever registered the key', () => {
  const { bound, keys } = setUp()
  const presses: string[] = []
  expect(keys.register('F1', () => presses.push('F1'))).toBe(true)
  bound.get('F1')?.()
  expect(presses).toEqual(['F1'])
})

test('what is taken, or is no key at all, is answered with false', () => {
  const { keys, log } = setUp()
  expect([keys.register('F12', () => {}), keys.register('nonsense', () => {})]).toEqual([false, false])
  expect(log.messages).toEqual(['this is not a key that can be registered'])
})

test('gives back what it holds and nothing else', () => {
  const { bound, keys } = setUp()
  bound.set('F12', () => {})
  keys.register('F1', () => {})
  keys.register('F2', () => {})
  keys.unregister('F12')
  keys.unregister('F1')
  keys.dispose()
  expect([...bound.keys()]).toEqual(['F12'])
})
