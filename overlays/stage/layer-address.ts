/** Where a layer's page is, and what its frame may do. Pure. */
import type { LayerSource } from '../../contracts/output.ts'

export type LayerAddress =
  /** A page of ours: it answers the stage. */
  | { kind: 'page'; url: string }
  /** Somebody else's. */
  | { kind: 'url'; url: string }
  /** Not to be drawn. */
  | { kind: 'none' }

/** No popups, no dialogs, no forms, no downloads, no navigation of the page around it. */
export const LAYER_SANDBOX = 'allow-scripts allow-same-origin'

/** Names of this machine: the hub answers to each of them. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** `stage`: the address of the stage's own page; its token opens our pages. */
export function addressOf(source: LayerSource, stage: URL): LayerAddress {
  const token = encodeURIComponent(stage.searchParams.get('token') ?? '')
  if (source.kind === 'page') return { kind: 'page', url: `/layer/${source.page}?token=${token}` }
  if (source.kind === 'widget') {
    return { kind: 'page', url: `/widget/${encodeURIComponent(source.widget)}?token=${token}` }
  }
  const { url } = source
  if (!URL.canParse(url)) return { kind: 'none' }
  const given = new URL(url)
  if (given.protocol !== 'http:' && given.protocol !== 'https:') return { kind: 'none' }
  // The picture in itself, without end.
  return isSameHub(given, stage) ? { kind: 'none' } : { kind: 'url', url: given.href }
}

function isSameHub(given: URL, stage: URL): boolean {
  if (given.origin === stage.origin) return true
  return given.port === stage.port && LOOPBACK.includes(given.hostname) && LOOPBACK.includes(stage.hostname)
}

/**
 * Permissions of the frame of somebody else's page: none of those that a page asks for, since it has another origin and
 * is given none. Sound only where the stage is the one elected to be heard.
 */
export function permissionsOf(isHeard: boolean): string {
  return `autoplay ${isHeard ? "'src'" : "'none'"}; fullscreen 'none'; picture-in-picture 'none'`
}
