import { describe, expect, it } from 'vitest'
import { acceleratorOf } from './accelerator.ts'

function pressed(code: string, modifiers = '', key = '') {
  const has = (letter: string) => modifiers.includes(letter)
  return { code, key, ctrlKey: has('c'), altKey: has('a'), shiftKey: has('s'), metaKey: has('m') }
}

describe('acceleratorOf', () => {
  it.each([
    ['Digit1', 'ca', '', 'Ctrl+Alt+1'],
    ['Digit1', 'cs', '!', 'Ctrl+Shift+1'],
    ['KeyQ', 'm', 'q', 'Super+Q'],
    ['F13', '', '', 'F13'],
    ['Numpad4', '', '4', 'num4'],
    ['ArrowUp', 'c', 'ArrowUp', 'Ctrl+Up'],
  ])('%s with [%s] is %s %s', (code, modifiers, key, expected) => {
    expect(acceleratorOf(pressed(code, modifiers, key))).toBe(expected)
  })

  it.each([
    ['ControlLeft', 'c', 'Control'],
    ['KeyA', '', 'a'],
    ['KeyA', 's', 'A'],
    ['ArrowUp', '', 'ArrowUp'],
  ])('takes no %s with [%s]', (code, modifiers, key) => {
    expect(acceleratorOf(pressed(code, modifiers, key))).toBeNull()
  })
})
