/**
 * Whether an address is the hub's own, under any name by which it answers. A layer must not show one: the picture would
 * be in itself. Knows no layer. The names are those that the hub's door knows (`allowedHosts`), the address it listens
 * on, and those of this machine.
 */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

export interface OwnAddressOptions {
  /** Further names or whole origins, as in the settings. */
  allowedHosts: readonly string[]
  /** Base URL of the hub; empty before it listens. */
  baseUrl: () => string
  /** The picture's own port; null while it is closed. */
  picturePort: () => number | null
  /** Of this machine; for tests. */
  localAddresses?: (() => readonly string[]) | undefined
}

/** Answers for whole http and https addresses; anything else is nobody's. */
export function createOwnAddress(options: OwnAddressOptions): (url: string) => boolean {
  const { allowedHosts, baseUrl, picturePort, localAddresses = readLocalAddresses } = options
  const origins = new Set<string>()
  const names = new Set<string>()
  for (const entry of allowedHosts) {
    const url = parse(entry.includes('://') ? entry : `http://${bracketed(entry)}`)
    if (!url) continue
    names.add(hostOf(url))
    if (entry.includes('://')) origins.add(originOf(url))
  }

  function isOurHost(host: string, ours: string): boolean {
    if (host === ours || names.has(host) || isLoopback(host)) return true
    return localAddresses().some((address) => hostOfAddress(address) === host)
  }

  return (text) => {
    const url = parse(text)
    if (!url) return false
    if (origins.has(originOf(url))) return true
    const base = parse(baseUrl())
    // The hub itself speaks no TLS: an https address is another program's, unless it is named as ours.
    if (!base || url.protocol !== 'http:') return false
    if (portOf(url) !== portOf(base) && portOf(url) !== String(picturePort())) return false
    return isOurHost(hostOf(url), hostOf(base))
  }
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port
  return protocol === 'https:' ? '443' : '80'
}

/** `localhost.` is `localhost`; the parser has already written every address in its one way. */
function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/\.$/, '')
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host)
  if (!mapped) return host
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function originOf(url: URL): string {
  return `${url.protocol}//${hostOf(url)}:${portOf(url)}`
}

/** All of 127/8 is this machine, as is "any address" where one connects to it. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (host === '[::1]' || host === '[::]' || host === '0.0.0.0') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function hostOfAddress(address: string): string | null {
  const url = parse(`http://${bracketed(address.split('%')[0] ?? '')}`)
  return url && hostOf(url)
}

function readLocalAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address))
}
