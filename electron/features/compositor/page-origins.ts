/**
 * The origins that the hub's own pages may have, for the picture's port, which is another one than theirs. The same names
 * that the hub's door answers to; everything else there is a stranger's page.
 */
import { networkInterfaces } from 'node:os'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']
/** Bound to these, the hub answers under every address of this machine. */
const ANY_ADDRESS = ['0.0.0.0', '[::]']

/** `hubUrl`: e.g. `http://127.0.0.1:7175`. `allowedHosts`: names or whole origins, as in the settings. */
export function pageOrigins(
  hubUrl: string,
  allowedHosts: readonly string[],
  addresses: () => readonly string[] = readAddresses,
): string[] {
  const { hostname, port } = new URL(hubUrl)
  const whole = allowedHosts.filter((entry) => entry.includes('://')).map((entry) => new URL(entry).origin)
  const names = allowedHosts.filter((entry) => !entry.includes('://'))
  const own = ANY_ADDRESS.includes(hostname) ? addresses() : [hostname]
  const hosts = new Set([...LOOPBACK, ...own, ...names.map((name) => name.toLowerCase())])
  return [...[...hosts].map((host) => new URL(`http://${host}:${port}`).origin), ...whole]
}

function readAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .map(({ address, family }) => (family === 'IPv6' ? `[${address.replace(/%.*/, '')}]` : address))
}
