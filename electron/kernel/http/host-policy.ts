/**
 * Which names the hub answers to, and which pages may talk to it. DNS rebinding makes a stranger's page same-origin with
 * us under the stranger's name, so the name itself is checked, never only that Origin equals Host. Addresses are parsed
 * as addresses and compared whole; `127.evil.example` is a name like any other.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Where a connection arrived: the address and port of our side of it. */
interface Arrival {
  localAddress?: string | undefined
  localPort?: number | undefined
}

export interface HostPolicy {
  /** Whether the Host header names us. */
  allowsHost(header: string | undefined, arrival: Arrival): boolean
  /** Whether the request was not sent by someone else's page. A missing Origin is a program: it needs a token instead. */
  allowsOrigin(headers: IncomingHttpHeaders, arrival: Arrival): boolean
}

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * `allowed`: further names under which the hub is reached: `machine`, `machine.tailnet.ts.net`, or a whole origin such
 * as `https://landale.example:8443` where something in front of the hub speaks TLS.
 */
export function createHostPolicy(allowed: readonly string[]): HostPolicy {
  const names = new Set(LOOPBACK_HOSTS)
  const origins = new Set<string>()
  for (const entry of allowed) {
    if (entry.includes('://')) {
      const url = new URL(entry)
      names.add(url.hostname)
      origins.add(url.origin)
    } else {
      names.add(canonicalHost(entry) ?? entry.toLowerCase())
    }
  }

  function isOurs(host: string, arrival: Arrival): boolean {
    return names.has(host) || host === canonicalAddress(arrival.localAddress)
  }

  return {
    allowsHost(header, arrival) {
      const host = header === undefined ? null : hostOf(header)
      return host !== null && isOurs(host, arrival)
    },
    allowsOrigin(headers, arrival) {
      const { origin } = headers
      if (origin === undefined) return true
      if (origins.has(origin)) return true
      const url = parseOrigin(origin)
      if (url?.protocol !== 'http:') return false
      return Number(url.port || '80') === arrival.localPort && isOurs(url.hostname, arrival)
    },
  }
}

/** The host of a Host header, canonical, or null when the header is not one. */
function hostOf(header: string): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/?#@\s\\]+)(?::(\d{1,5}))?$/.exec(header)
  const host = match?.[1]
  return host === undefined ? null : canonicalHost(host)
}

/** Lower case; addresses in their one spelling. Null for what is no host, and for addresses in disguise (`0x7f.1`). */
function canonicalHost(host: string): string | null {
  const url = parseOrigin(`http://${host}`)
  if (!url) return null
  // The parser turns 127.1, 0x7f000001 and the like into 127.0.0.1: only who writes it plainly means it honestly.
  const turnedIntoAddress = isIP(url.hostname) === 4 && url.hostname !== host
  return turnedIntoAddress ? null : url.hostname
}

/** Null for anything that is more or less than scheme, host and port. */
function parseOrigin(text: string): URL | null {
  if (!/^https?:\/\/[^/?#@\s\\]+$/i.test(text)) return null
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** A socket's own address as a host: `::ffff:127.0.0.1` is IPv4, IPv6 wears brackets. */
function canonicalAddress(address: string | undefined): string | null {
  if (address === undefined) return null
  const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
  if (isIP(plain) === 4) return plain
  if (isIP(plain) === 6) return parseOrigin(`http://[${plain.split('%')[0]}]`)?.hostname ?? null
  return null
}
