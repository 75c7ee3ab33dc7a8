/**
 * Where the dashboard gets its control token: from Electron's preload, from the address it was opened with, or from
 * this tab's memory. The token never stays in the address bar, in history, or on disk.
 */

const STORAGE_KEY = 'landale.control-token'

export interface TokenSources {
  /** Electron's bridge; absent in a plain browser. */
  bridge: { getControlToken(): Promise<string> } | undefined
  location: Pick<Location, 'hash' | 'pathname' | 'search'>
  history: Pick<History, 'replaceState'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** The token, or null where the streamer has to paste it. */
export async function findControlToken(sources: TokenSources): Promise<string | null> {
  const inAddress = takeFromAddress(sources)
  if (sources.bridge) return sources.bridge.getControlToken()
  if (inAddress) rememberToken(sources.storage, inAddress)
  return inAddress ?? sources.storage.getItem(STORAGE_KEY)
}

/** Keeps the token for this tab only. */
export function rememberToken(storage: TokenSources['storage'], token: string): void {
  storage.setItem(STORAGE_KEY, token)
}

export function forgetToken(storage: TokenSources['storage']): void {
  storage.removeItem(STORAGE_KEY)
}

/** Reads `#token=…` and takes it out of the address at once, so that no screenshot or shared link carries it. */
function takeFromAddress({ location, history }: TokenSources): string | null {
  const params = new URLSearchParams(location.hash.replace(/^#/, ''))
  const token = params.get('token')
  if (token === null) return null
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return token.trim() === '' ? null : token.trim()
}
