/**
 * Twitch, 7TV, BetterTTV and FrankerFaceZ behind one interface. Owns their addresses and which hosts may be asked; keeps
 * nothing and tries nothing twice.
 */
import type { Clock } from '../../../base/clock.ts'
import { errorMessage } from '../../../base/result.ts'
import { type EmoteProviderName, PICTURE_ID } from '../../../contracts/pictures.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import type { EmoteProvider, EmoteWord, ToldPictures } from '../../kernel/ports/emote-provider.ts'
import type { PicturesConfig } from './config.ts'
import { download } from './download.ts'
import { MAX_WORDS, wordSchemas } from './wire.ts'

/** A large animated emote has 1 MiB. */
export const MAX_PICTURE_BYTES = 2 * 1024 * 1024
/** A thousand emotes with everything that is said of each. */
const MAX_WORDS_BYTES = 8 * 1024 * 1024

const TWITCH_CDN = 'static-cdn.jtvnw.net'
const PICTURE_HOSTS = new Set([TWITCH_CDN, 'cdn.7tv.app', 'cdn.betterttv.net', 'cdn.frankerfacez.com'])
/** Where Twitch keeps badges, and cheermotes. */
const TOLD_HOSTS = new Set([TWITCH_CDN, 'd3aqoihi2n8ty8.cloudfront.net'])
const WORD_HOSTS = new Set(['7tv.io', 'api.betterttv.net', 'api.frankerfacez.com'])

/** Stores of files answer 403 for what is not there. */
const NO_PICTURE = [400, 403, 404, 410]
/** All else is a refusal, which says nothing of what there is. */
const NO_USER = [404]

type Service = Exclude<EmoteProviderName, 'twitch'>

interface Addresses {
  title: string
  /** Best first; the first that is there is taken. Large enough for 112 px, where there is a choice. */
  pictures(id: string, motion: 'still' | 'moving'): string[]
}

const twitch: Addresses = {
  title: 'Twitch',
  pictures: (id, motion) => [
    `https://${TWITCH_CDN}/emoticons/v2/${id}/${motion === 'still' ? 'static' : 'default'}/dark/3.0`,
  ],
}

const services: Record<Service, Addresses & { global: string; channel(id: string): string }> = {
  '7tv': {
    title: '7TV',
    global: 'https://7tv.io/v3/emote-sets/global',
    channel: (id) => `https://7tv.io/v3/users/twitch/${id}`,
    pictures: (id, motion) => [
      // One that does not move has no still picture of its own.
      ...(motion === 'still' ? [`https://cdn.7tv.app/emote/${id}/3x_static.webp`] : []),
      `https://cdn.7tv.app/emote/${id}/3x.webp`,
    ],
  },
  bttv: {
    title: 'BetterTTV',
    global: 'https://api.betterttv.net/3/cached/emotes/global',
    channel: (id) => `https://api.betterttv.net/3/cached/users/twitch/${id}`,
    pictures: (id, motion) => [
      ...(motion === 'still' ? [`https://cdn.betterttv.net/emote/${id}/static/3x.webp`] : []),
      `https://cdn.betterttv.net/emote/${id}/3x.webp`,
    ],
  },
  ffz: {
    title: 'FrankerFaceZ',
    global: 'https://api.frankerfacez.com/v1/set/global',
    channel: (id) => `https://api.frankerfacez.com/v1/room/id/${id}`,
    pictures: (id, motion) => [
      ...(motion === 'moving' ? [`https://cdn.frankerfacez.com/emote/${id}/animated/4`] : []),
      // Older ones exist in one size only.
      ...['4', '2', '1'].map((size) => `https://cdn.frankerfacez.com/emote/${id}/${size}`),
    ],
  },
}

export interface EmoteProvidersOptions {
  config: PicturesConfig
  /** Where a stand-in plays Twitch, nobody real is asked. */
  isTwitchReal: boolean
  clock: Clock
}

export function createEmoteProviders({ config, isTwitchReal, clock }: EmoteProvidersOptions): {
  providers: EmoteProvider[]
  told: ToldPictures
} {
  const { mockPort } = config
  if (mockPort === undefined && !isTwitchReal) return { providers: [], told: async () => null }
  const getPicture = (url: string, hosts: ReadonlySet<string>, signal: AbortSignal) =>
    download(url, {
      clock,
      signal,
      hosts,
      mockPort,
      maxBytes: MAX_PICTURE_BYTES,
      accept: 'image/webp,image/png,image/gif',
      absent: NO_PICTURE,
    })

  async function picture(addresses: string[], signal: AbortSignal): Promise<Buffer | null> {
    for (const address of addresses) {
      const bytes = await getPicture(address, PICTURE_HOSTS, signal)
      if (bytes) return bytes
    }
    return null
  }

  async function words(name: Service, channelId: string | null, signal: AbortSignal): Promise<EmoteWord[]> {
    const { global, channel } = services[name]
    const address = channelId === null ? global : channel(channelId)
    const bytes = await download(address, {
      clock,
      signal,
      hosts: WORD_HOSTS,
      mockPort,
      maxBytes: MAX_WORDS_BYTES,
      accept: 'application/json',
      absent: NO_USER,
    })
    // Somebody who never signed in there is unknown to them: no fault of anybody's.
    if (!bytes) return []
    const json = parseJson(bytes.toString('utf8'))
    const schema = channelId === null ? wordSchemas[name].global : wordSchemas[name].channel
    const parsed = schema.safeParse(json.ok ? json.value : undefined)
    if (parsed.success) return parsed.data.slice(0, MAX_WORDS)
    const [issue] = parsed.error.issues
    throw new Error(
      `its answer can't be read (${issue ? `${issue.path.join('.') || 'all of it'}: ${issue.message}` : errorMessage(parsed.error)})`,
    )
  }

  const own: EmoteProvider = {
    name: 'twitch',
    title: twitch.title,
    words: null,
    picture: (id, motion, signal) => picture(checked(id, twitch.pictures(id, motion)), signal),
  }
  const others = config.services.map(
    (name): EmoteProvider => ({
      name,
      title: services[name].title,
      words: (channelId, signal) => words(name, channelId, signal),
      picture: (id, motion, signal) => picture(checked(id, services[name].pictures(id, motion)), signal),
    }),
  )
  return { providers: [own, ...others], told: (url, signal) => getPicture(url, TOLD_HOSTS, signal) }
}

/** An id is put into an address: nothing but an id may be in it. */
function checked(id: string, addresses: string[]): string[] {
  return PICTURE_ID.test(id) ? addresses : []
}
