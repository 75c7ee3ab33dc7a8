import { expect, it } from 'vitest'
import { plainText } from './plain-text.ts'

it.each([
  ['as it is', 'as it is'],
  ['tabs\tand ünïcödé 👩‍👩‍👧', 'tabs\tand ünïcödé 👩‍👩‍👧'],
  ['\u001b[32mINFO\u001b[0m ok', 'INFO ok'],
  ['\u001b[38;2;255;0;0mred\u001b[39m \u001b[2K\u001b[1Ggone', 'red gone'],
  ['\u001b]8;;https://evil.example\u0007a link\u001b]8;;\u0007', 'a link'],
  ['\u001b]0;title\u001b\\text', 'text'],
  ['\u009b31mred', 'red'],
  ['12 %\r58 %\r100 %\r', '100 %'],
  ['bell\u0007 null\u0000 delete\u007f', 'bell null delete'],
  ['an escape that never ends \u001b[', 'an escape that never ends '],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
])('%j reads as %j', (text, plain) => expect(plainText(text)).toBe(plain))

it('takes no longer for what is made to take long', () => {
  expect(plainText('\u001b['.repeat(4096))).toBe('')
  expect(plainText(`\u001b]${'x'.repeat(8190)}`)).toBe('')
})
