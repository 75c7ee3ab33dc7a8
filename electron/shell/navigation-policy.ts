/** Where a page of ours may go: inside the hub, or out to the user's own browser. Pure; `hardening.ts` enforces it. */

/** Whether `url` is served by the hub at `origin` (scheme, host and port, compared after parsing). */
export function isWithin(origin: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin
}

/**
 * The address to hand to the user's browser, or undefined when it must not leave: only https, and without a user name or
 * password, which can dress one site up as another.
 */
export function externalAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, username, password, href } = new URL(url)
  return protocol === 'https:' && username === '' && password === '' ? href : undefined
}

/** What a layer of the picture may show: pages of the web and what a page makes itself, but nothing of this machine. */
const LAYER_PROTOCOLS: readonly string[] = ['https:', 'http:', 'about:', 'blob:', 'data:']

/** Whether a layer may go to `url`. */
export function isLayerAddress(url: string): boolean {
  return URL.canParse(url) && LAYER_PROTOCOLS.includes(new URL(url).protocol)
}
