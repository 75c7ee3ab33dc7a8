/**
 * One bounded GET from a host that is known by name: https only, no redirect followed, so many bytes and so long at most.
 * Knows nothing of what it brings.
 */
import type { Clock } from '../../../base/clock.ts'

/** Headers, body and all, ms. */
const DEADLINE_MS = 10_000
export interface DownloadOptions {
  clock: Clock
  signal: AbortSignal
  /** Names that may be asked. */
  hosts: ReadonlySet<string>
  maxBytes: number
  accept: string
  /** Answers by which this host says that there is no such thing: worth remembering, unlike a fault. */
  absent: readonly number[]
  /** A stand-in on this machine: everything goes there, without TLS. */
  mockPort: number | undefined
}

/** Null when there is no such thing. Rejects with why it can't be had, in words for the streamer. */
export async function download(address: string, options: DownloadOptions): Promise<Buffer | null> {
  const { clock, signal, hosts, maxBytes, accept, absent, mockPort } = options
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || !hosts.has(url.hostname)) {
    throw new Error('its address is not one that Landale asks')
  }
  const target = mockPort === undefined ? url.href : `http://127.0.0.1:${mockPort}/${url.hostname}${url.pathname}`
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const timer = clock.setTimeout(
    () => stop.abort(new Error(`${url.hostname} did not answer in full within ${DEADLINE_MS / 1000} s`)),
    DEADLINE_MS,
  )
  try {
    const response = await fetch(target, { redirect: 'manual', signal: stop.signal, headers: { accept } })
    if (absent.includes(response.status)) {
      await response.body?.cancel()
      return null
    }
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`${url.hostname} answered ${response.status || 'with a redirect'}`)
    }
    return await readBody(response, maxBytes, url.hostname)
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason
    // `fetch` hides why in the cause.
    if (error instanceof TypeError) throw new Error(`${url.hostname} can't be reached`, { cause: error })
    throw error
  } finally {
    timer.dispose()
    signal.removeEventListener('abort', onAbort)
  }
}

async function readBody(response: Response, maxBytes: number, host: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels what is still to come.
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > maxBytes) throw new Error(`${host} sent more than ${Math.round(maxBytes / 1024)} KiB`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
