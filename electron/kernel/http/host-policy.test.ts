import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHostPolicy } from './host-policy.ts'

const arrival = { localAddress: '127.0.0.1', localPort: 7175 }
const policy = createHostPolicy(['stream-pc', 'PC.tailnet.ts.net', 'https://landale.example:8443'])

describe('allowsHost', () => {
  it.each([
    'localhost',
    'localhost:7175',
    'LOCALHOST',
    '127.0.0.1',
    '127.0.0.1:7175',
    '[::1]',
    '[::1]:7175',
    '[0:0::1]:7175',
  ])('[W20] answers to %s', (host) => expect(policy.allowsHost(host, arrival)).toBe(true))

  it.each(['stream-pc:7175', 'pc.tailnet.ts.net', 'landale.example:8443'])('[W20] answers to the named %s', (host) => {
    expect(policy.allowsHost(host, arrival)).toBe(true)
  })

  it.each([
    'evil.example',
    '127.attacker.example',
    '127.0.0.1.nip.io',
    'localhost.evil.com',
    'localhost.',
    'evil-localhost',
    '127.0.0.2',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '192.168.1.5',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '127.0.0.1@evil.example',
    'evil.example@127.0.0.1',
    'evil.example#127.0.0.1',
    'evil.example/127.0.0.1',
    'evil.example\\127.0.0.1',
    '127.0.0.1 evil.example',
    '127.0.0.1:7175:1',
    '',
    ':7175',
    '[',
    '[::1',
    '%31%32%37.0.0.1',
  ])('[W20] does not answer to %j', (host) => {
    expect(policy.allowsHost(host, arrival)).toBe(false)
  })

  it('[W20] wants a Host', () => {
    expect(policy.allowsHost(undefined, arrival)).toBe(false)
  })

  it('[W20] answers to the address of the interface that the connection came in by', () => {
    expect(policy.allowsHost('192.168.1.5:7175', { localAddress: '192.168.1.5', localPort: 7175 })).toBe(true)
    expect(policy.allowsHost('192.168.1.5', { localAddress: '::ffff:192.168.1.5' })).toBe(true)
    expect(policy.allowsHost('[fd7a::1]', { localAddress: 'fd7a:0::1' })).toBe(true)
    expect(policy.allowsHost('192.168.1.6', { localAddress: '192.168.1.5' })).toBe(false)
    expect(policy.allowsHost('undefined', {})).toBe(false)
  })

  it('[W20] is never fooled by what is put around a good name', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 12 }),
        fc.constantFrom('localhost', '127.0.0.1'),
        (extra, name) => {
          for (const host of [extra + name, name + extra]) {
            const plain = /^:\d{1,5}$/.test(extra) && host.startsWith(name)
            if (!plain) expect(policy.allowsHost(host, arrival)).toBe(false)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('allowsOrigin', () => {
  it.each([
    'http://127.0.0.1:7175',
    'http://localhost:7175',
    'http://[::1]:7175',
    'http://stream-pc:7175',
    'https://landale.example:8443',
  ])('[W21] takes %s', (origin) => expect(policy.allowsOrigin({ origin }, arrival)).toBe(true))

  it.each([
    'null',
    '',
    'http://evil.example',
    'http://evil.example:7175',
    'http://127.0.0.1',
    'http://127.0.0.1:7176',
    'http://localhost:3000',
    'https://127.0.0.1:7175',
    'http://127.attacker.example:7175',
    'http://127.0.0.1.nip.io:7175',
    'http://localhost.evil.com:7175',
    'http://user@127.0.0.1:7175',
    'http://127.0.0.1:7175/',
    'http://127.0.0.1:7175#x',
    'https://landale.example',
    'file://',
    'chrome-extension://abc',
  ])('[W21] refuses %j', (origin) => {
    expect(policy.allowsOrigin({ origin }, arrival)).toBe(false)
  })

  it('[W21] takes a program, which sends none', () => {
    expect(policy.allowsOrigin({}, arrival)).toBe(true)
  })

  it('[W21] knows that port 80 is not written', () => {
    expect(policy.allowsOrigin({ origin: 'http://127.0.0.1' }, { localAddress: '127.0.0.1', localPort: 80 })).toBe(true)
  })
})
