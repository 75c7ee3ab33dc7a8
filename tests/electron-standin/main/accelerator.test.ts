import { expect, test } from 'vitest'
import { normalizeAccelerator } from './accelerator.ts'

test('one key has one form, however it is written', () => {
  const spellings = ['Ctrl+Shift+1', 'shift + control + 1', 'Control+Ctrl+Shift+1']
  expect(new Set(spellings.map(normalizeAccelerator))).toEqual(new Set(['control+shift+1']))
})

test('names of keys that are no letters', () => {
  expect(['F13', 'numadd', 'MediaPlayPause', 'Alt+Plus'].map(normalizeAccelerator)).toEqual([
    'f13',
    'numadd',
    'mediaplaypause',
    'alt+plus',
  ])
})

test.each(['', 'Hyper+1', 'Ctrl+', 'F25', 'Ctrl+Shift'])('%j is refused as Electron refuses it', (accelerator) => {
  expect(() => normalizeAccelerator(accelerator)).toThrow(TypeError)
})
