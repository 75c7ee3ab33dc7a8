/** What every answer tells the browser: nobody frames, sniffs or reads us from elsewhere, and pages load only our own code. */

export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'SAMEORIGIN',
}

/** Twitch's emotes and badges. */
const IMAGE_HOSTS = 'https://static-cdn.jtvnw.net'

/** For answers that are no page: nothing in them may ever run. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/**
 * For our pages. `host` is the request's own, already checked, Host header: older browsers (OBS's too) do not count a
 * WebSocket to the same host as `'self'`. The stage frames our own overlay pages, so we may frame ourselves.
 */
export function pagePolicy(host: string, frameSources: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob: ${IMAGE_HOSTS}`,
    "font-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    `connect-src 'self' ws://${host} wss://${host}`,
    ["frame-src 'self'", ...frameSources].join(' '),
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
