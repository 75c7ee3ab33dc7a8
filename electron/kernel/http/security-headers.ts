/** What every answer tells the browser: nobody frames, sniffs or reads us from elsewhere, and pages load only our own code. */

export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'SAMEORIGIN',
  // A process apart from pages of other ports of this machine: a layer from there that hangs must not hold up the stage.
  'origin-agent-cluster': '?1',
}

/** For answers that are no page: nothing in them may ever run. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** What a page may load besides our own, as sources of a policy; `HOSTNAME` is the name the page was asked for by. */
export interface PageSources {
  frames?: readonly string[] | undefined
  images?: readonly string[] | undefined
  connections?: readonly string[] | undefined
}

/**
 * For our pages. `host` is the request's own, already checked, Host header: older browsers (OBS's too) do not count a
 * WebSocket to the same host as `'self'`. The stage frames our own layers, so we may frame ourselves.
 */
export function pagePolicy(host: string, { frames = [], images = [], connections = [] }: PageSources = {}): string {
  const hostname = host.replace(/:\d*$/, '')
  const named = (sources: readonly string[]) => sources.map((source) => source.replace('HOSTNAME', hostname))
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' data: blob:", ...named(images)].join(' '),
    "font-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    [`connect-src 'self' ws://${host} wss://${host}`, ...named(connections)].join(' '),
    ["frame-src 'self'", ...named(frames)].join(' '),
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
