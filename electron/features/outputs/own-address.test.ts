import { describe, expect, it } from 'vitest'
import { createOwnAddress } from './own-address.ts'

describe('the hub’s own address', () => {
  const isOwn = createOwnAddress({
    baseUrl: () => 'http://127.0.0.1:7175',
    picturePort: () => 7177,
    allowedHosts: ['Demi', 'demi.tail1234.ts.net', 'https://landale.example:8443', 'https://plain.example'],
    localAddresses: () => ['192.168.1.20', 'fe80::1%eth0', '100.64.0.7'],
  })

  it.each([
    'http://127.0.0.1:7175/overlay/main?token=x',
    'HTTP://LOCALHOST:7175',
    'http://localhost.:7175/live/main',
    'http://anything.localhost:7175/',
    'http://127.1:7175/',
    'http://0x7f000001:7175/',
    'http://2130706433:7175/',
    'http://127.200.3.4:7175/',
    'http://0.0.0.0:7175/',
    'http://[::1]:7175/',
    'http://[::]:7175/',
    'http://[0:0:0:0:0:ffff:7f00:1]:7175/',
    'http://[::ffff:192.168.1.20]:7175/',
    'http://user:pass@localhost:7175/',
    'http://demi:7175/',
    'http://demi.tail1234.ts.net:7175/overlay/side',
    'http://192.168.1.20:7175/',
    'http://100.64.0.7:7175/',
    'http://[fe80::1]:7175/',
    'https://landale.example:8443/overlay/main',
    'https://plain.example/overlay/main',
    'https://plain.example:443/',
    'http://landale.example:7175/',
    'http://localhost:7177/picture/main.mjpeg?token=x',
  ])('is %s', (url) => expect(isOwn(url)).toBe(true))

  it.each([
    'http://127.0.0.1:7176/',
    'http://localhost/',
    'https://localhost:7175/',
    'http://192.168.1.21:7175/',
    'http://127.evil.example:7175/',
    'http://localhost.evil.example:7175/',
    'http://demi.example:7175/',
    'https://landale.example/',
    'http://plain.example/',
    'https://example.com/?u=http://localhost:7175',
    'not an address',
  ])('is not %s', (url) => expect(isOwn(url)).toBe(false))

  it('is that of the port without a number too', () => {
    const plain = createOwnAddress({
      baseUrl: () => 'http://10.0.0.5:80',
      picturePort: () => null,
      allowedHosts: [],
      localAddresses: () => [],
    })
    expect([plain('http://10.0.0.5/'), plain('http://localhost/'), plain('http://10.0.0.6/')]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is none before the hub listens, but for those named as a whole', () => {
    const early = createOwnAddress({
      baseUrl: () => '',
      picturePort: () => null,
      allowedHosts: ['https://a.example'],
      localAddresses: () => [],
    })
    expect([early('http://localhost:7175/'), early('https://a.example/x')]).toEqual([false, true])
  })

  it('knows this machine’s addresses by itself', () => {
    const here = createOwnAddress({ baseUrl: () => 'http://127.0.0.1:1', picturePort: () => null, allowedHosts: [] })
    expect(here('http://127.0.0.1:1/')).toBe(true)
  })
})
