/** Under which addresses a machine may reach this hub. */
import type { NetworkInterfaceInfo } from 'node:os'

export interface HubAddress {
  /** As the hub itself calls it, e.g. `http://127.0.0.1:7175`. */
  readonly url: string
  readonly bind: string
  readonly allowedHosts: readonly string[]
  /** Of `os.networkInterfaces()`. */
  readonly interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>
}

const ANYWHERE = ['0.0.0.0', '::', '[::]']
const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]']

/**
 * Best first: what speaks TLS, then names, then addresses with those of a tailnet before others. A hub that listens on
 * loopback alone is only reached by an agent on its own machine, and by what stands in front of it.
 */
export function hubUrls({ url, bind, allowedHosts, interfaces }: HubAddress): string[] {
  const { port } = new URL(url)
  const origins = allowedHosts.filter((host) => host.includes('://'))
  if (LOOPBACK.includes(bind)) return [...origins, url]
  const names = allowedHosts.filter((host) => !host.includes('://')).map((host) => `http://${host}:${port}`)
  const addresses = ANYWHERE.includes(bind) ? outward(interfaces).map((address) => `http://${address}:${port}`) : [url]
  return [...new Set([...origins, ...names, ...addresses])]
}

function outward(interfaces: HubAddress['interfaces']): string[] {
  const all = Object.values(interfaces).flatMap((list) => list ?? [])
  const addresses = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
  return addresses.sort((a, b) => Number(isTailnet(b)) - Number(isTailnet(a)))
}

/** 100.64.0.0/10. */
function isTailnet(address: string): boolean {
  const [first, second] = address.split('.').map(Number)
  return first === 100 && second !== undefined && second >= 64 && second < 128
}
