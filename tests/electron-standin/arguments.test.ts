import { expect, test } from 'vitest'
import { parseArguments } from './arguments.ts'

test('what Playwright passes', () => {
  const args = ['-r', 'loader.js', '--no-sandbox', '--inspect=0', '--remote-debugging-port=0', 'out/main.js', 'file']
  expect(parseArguments(args)).toEqual({
    entry: 'out/main.js',
    preloads: ['loader.js'],
    wantsInspector: true,
    wantsDevTools: true,
    switches: [['no-sandbox', '']],
  })
})

test('a switch keeps its value, and what follows -- is not ours', () => {
  expect(parseArguments(['--lang=a=b', '--', '--inspect'])).toMatchObject({
    entry: '.',
    wantsInspector: false,
    switches: [['lang', 'a=b']],
  })
})
