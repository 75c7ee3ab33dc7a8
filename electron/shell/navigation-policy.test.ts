import { expect, test } from 'vitest'
import { externalAddress, isWithin } from './navigation-policy.ts'

const HUB = 'http://127.0.0.1:7175'

test.each(['http://127.0.0.1:7175/', 'http://127.0.0.1:7175/overlay/main?x=1#y', 'HTTP://127.0.0.1:7175/a'])(
  '%s is the hub',
  (url) => {
    expect(isWithin(HUB, url)).toBe(true)
  },
)

test.each([
  'http://127.0.0.1:7176/',
  'https://127.0.0.1:7175/',
  'http://localhost:7175/',
  'http://127.0.0.1.evil.example:7175/',
  'http://127.0.0.1:7175@evil.example/',
  'http://evil.example/#http://127.0.0.1:7175/',
  'file:///etc/passwd',
  'data:text/html,hello',
  'javascript:alert(1)',
  'about:blank',
  'blob:null/1',
  'not an address',
  '',
])('%j is not', (url) => {
  expect(isWithin(HUB, url)).toBe(false)
})

test('only https leaves, and in its parsed form', () => {
  expect(externalAddress('https://dev.twitch.tv/a b')).toBe('https://dev.twitch.tv/a%20b')
})

test.each([
  'http://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://server/share',
  'ms-msdt:/id',
  'https://twitch.tv@evil.example/',
  'https://',
  'mailto:a@b.c',
])('%j does not', (url) => {
  expect(externalAddress(url)).toBeUndefined()
})
