/**
 * Whether there is a server behind an address. Chromium shows a page of its own where there is none, a frame can't tell it
 * from the wanted one, and viewers would read it; so the address is tried before it is framed.
 */

/** A server that takes longer for a few bytes is not one to show to viewers now. */
const ANSWER_DEADLINE_MS = 8000

/** What the server answers does not matter; that it answers does. */
export async function isReachable(url: string, signal: AbortSignal): Promise<boolean> {
  const deadline = new AbortController()
  const give = () => deadline.abort()
  const timer = setTimeout(give, ANSWER_DEADLINE_MS)
  signal.addEventListener('abort', give)
  try {
    await fetch(url, {
      method: 'HEAD',
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: deadline.signal,
    })
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', give)
  }
}
