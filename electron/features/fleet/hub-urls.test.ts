import type { NetworkInterfaceInfo } from 'node:os'
import { expect, it } from 'vitest'
import { hubUrls } from './hub-urls.ts'

function card(address: string, internal = false): NetworkInterfaceInfo[] {
  return [
    { address, internal, family: 'IPv4', netmask: '255.255.255.0', mac: '', cidr: null },
    { address: 'fe80::1', internal, family: 'IPv6', netmask: '', mac: '', cidr: null, scopeid: 1 },
  ]
}

const interfaces = { lo: card('127.0.0.1', true), eth0: card('192.168.1.7'), tailscale0: card('100.101.1.2') }

it.each([
  ['127.0.0.1', [], ['http://127.0.0.1:7175']],
  ['127.0.0.1', ['studio', 'https://studio.example'], ['https://studio.example', 'http://127.0.0.1:7175']],
  ['100.101.1.2', ['studio'], ['http://studio:7175', 'http://100.101.1.2:7175']],
  ['0.0.0.0', [], ['http://100.101.1.2:7175', 'http://192.168.1.7:7175']],
  ['::', ['studio'], ['http://studio:7175', 'http://100.101.1.2:7175', 'http://192.168.1.7:7175']],
])('a hub on %s that is called %s too', (bind, allowedHosts, urls) => {
  const host = bind === '::' ? '[::]' : bind
  expect(hubUrls({ url: `http://${host}:7175`, bind, allowedHosts, interfaces })).toEqual(urls)
})
