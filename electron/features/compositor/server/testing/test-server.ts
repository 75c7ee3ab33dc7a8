/** A picture server with its thread, on any port of loopback, that knows a few tokens. */
import { systemClock } from '../../../../../base/clock.ts'
import { createPictureServer, type PictureServerOptions } from '../create-picture-server.ts'
import type { PictureGrant } from '../picture-server.ts'

export const PAGE_ORIGIN = 'http://127.0.0.1:7175'

const nothing = () => {}

/** Tokens: `any` opens all outputs; `main` and `other` the one of that name. */
export function createTestServer(changes: Partial<PictureServerOptions> = {}) {
  const grants = new Map<string, PictureGrant>([
    ['any', { tokenId: 'token-any', outputs: 'any' }],
    ['main', { tokenId: 'token-main', outputs: 'main' }],
    ['other', { tokenId: 'token-other', outputs: 'other' }],
  ])
  const server = createPictureServer({
    port: 0,
    ifTaken: 'fail',
    bind: '127.0.0.1',
    allowedHosts: [],
    clock: systemClock,
    log: { info: nothing, warn: nothing, error: nothing },
    verify: (secret) => grants.get(secret) ?? null,
    pageOrigins: () => [PAGE_ORIGIN],
    random: () => 0,
    ...changes,
  })
  return { server, grants }
}
