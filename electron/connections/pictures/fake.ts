/**
 * A stand-in for all who draw emotes, on loopback: their pictures and their words, with verbs. Every address is
 * `/<host>/<path>` here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32, deflateSync } from 'node:zlib'

type Behaviour = { status: number; body: Buffer | string; headers?: Record<string, string> } | 'hang'

export interface FakePictures {
  readonly port: number
  /** Paths asked for, oldest first. */
  readonly asked: string[]
  /** Most requests that were open at the same time. */
  readonly mostTogether: number
  /** What lies at an address, e.g. `cdn.7tv.app/emote/1/3x.webp`. */
  put(address: string, body: Buffer | string, headers?: Record<string, string>): void
  /** A Twitch emote, still and moving. */
  putTwitchEmote(id: string, picture?: Buffer): void
  /** The words of one service for every channel and for one, in its own shape, each with its picture. */
  putWords(service: '7tv' | 'bttv' | 'ffz', channelId: string | null, words: Readonly<Record<string, string>>): void
  /** From now on everything of this host answers so. */
  breakHost(host: string, status: number): void
  /** Accepts what is asked of this host and never answers. */
  hangHost(host: string): void
  redirectHost(host: string, to: string): void
  heal(host: string): void
  stop(): Promise<void>
}

const WORDS = {
  '7tv': { global: '7tv.io/v3/emote-sets/global', channel: '7tv.io/v3/users/twitch' },
  bttv: { global: 'api.betterttv.net/3/cached/emotes/global', channel: 'api.betterttv.net/3/cached/users/twitch' },
  ffz: { global: 'api.frankerfacez.com/v1/set/global', channel: 'api.frankerfacez.com/v1/room/id' },
} as const

export async function startFakePictures(): Promise<FakePictures> {
  const files = new Map<string, Behaviour>()
  const hosts = new Map<string, Behaviour>()
  const asked: string[] = []
  let together = 0
  let mostTogether = 0

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const address = (request.url ?? '').slice(1)
    asked.push(address)
    together += 1
    mostTogether = Math.max(mostTogether, together)
    response.once('close', () => {
      together -= 1
    })
    const behaviour = hosts.get(address.split('/')[0] ?? '') ?? files.get(address)
    if (behaviour === 'hang') return
    const { status, body, headers = {} } = behaviour ?? { status: 404, body: 'not found' }
    response.writeHead(status, headers).end(body)
  }

  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const put: FakePictures['put'] = (address, body, headers = {}) => files.set(address, { status: 200, body, headers })

  return {
    port: (server.address() as AddressInfo).port,
    asked,
    get mostTogether() {
      return mostTogether
    },
    put,
    putTwitchEmote(id, picture = paintEmote(id)) {
      for (const format of ['static', 'default'])
        put(`static-cdn.jtvnw.net/emoticons/v2/${id}/${format}/dark/3.0`, picture)
    },
    putWords(service, channelId, words) {
      const { global, channel } = WORDS[service]
      put(channelId === null ? global : `${channel}/${channelId}`, JSON.stringify(shapes[service](channelId, words)))
      for (const id of Object.values(words)) put(pictureAddress(service, id), paintEmote(id))
    },
    breakHost: (host, status) => hosts.set(host, { status, body: 'broken' }),
    hangHost: (host) => hosts.set(host, 'hang'),
    redirectHost: (host, to) => hosts.set(host, { status: 302, body: '', headers: { location: to } }),
    heal: (host) => hosts.delete(host),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Words = Readonly<Record<string, string>>

const shapes: Record<'7tv' | 'bttv' | 'ffz', (channelId: string | null, words: Words) => unknown> = {
  '7tv'(channelId, words) {
    const emotes = Object.entries(words).map(([name, id]) => ({
      id,
      name,
      flags: 0,
      data: { id, name, animated: false, host: { url: `//cdn.7tv.app/emote/${id}`, files: [] } },
    }))
    const set = { id: 'set', name: 'a set', emotes }
    return channelId === null ? set : { id: channelId, platform: 'TWITCH', emote_set: set }
  },
  bttv(channelId, words) {
    const emotes = Object.entries(words).map(([code, id]) => ({ id, code, imageType: 'png', animated: false }))
    return channelId === null
      ? emotes
      : { id: 'user', bots: [], channelEmotes: emotes.slice(0, 1), sharedEmotes: emotes.slice(1) }
  },
  ffz(channelId, words) {
    const emoticons = Object.entries(words).map(([name, id]) => ({
      id: Number(id),
      name,
      width: 28,
      height: 28,
      urls: {},
    }))
    const sets = { '3': { id: 3, title: 'a set', emoticons } }
    return channelId === null ? { default_sets: [3], sets } : { room: { twitch_id: Number(channelId), set: 3 }, sets }
  },
}

function pictureAddress(service: '7tv' | 'bttv' | 'ffz', id: string): string {
  if (service === 'ffz') return `cdn.frankerfacez.com/emote/${id}/4`
  return `${service === '7tv' ? 'cdn.7tv.app' : 'cdn.betterttv.net'}/emote/${id}/3x.webp`
}

const SIDE = 112

/** A PNG of a face in a colour of its own: something to look at. */
export function paintEmote(id: string): Buffer {
  const seed = [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
  const skin = colourOf(seed, 0.62)
  const dark: Colour = [30, 24, 36]
  const middle = SIDE / 2
  const paint = (x: number, y: number): [...Colour, number] => {
    const far = Math.hypot(x - middle, y - middle)
    if (far > middle - 2) return [0, 0, 0, 0]
    const isEye = Math.min(Math.hypot(x - 38, y - 44), Math.hypot(x - 74, y - 44)) < 8
    const isMouth = y > 60 && Math.abs(Math.hypot(x - middle, y - 52) - 28) < 5
    return [...(isEye || isMouth || far > middle - 7 ? dark : skin), 255]
  }
  return encodePng(SIDE, SIDE, paint)
}

type Colour = [number, number, number]

function colourOf(hue: number, lightness: number): Colour {
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12
    return Math.round(255 * (lightness - 0.36 * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [channel(0), channel(8), channel(4)]
}

function encodePng(width: number, height: number, paint: (x: number, y: number) => readonly number[]): Buffer {
  const rows: Buffer[] = []
  for (let y = 0; y < height; y++) {
    const row = [0]
    for (let x = 0; x < width; x++) row.push(...paint(x, y))
    rows.push(Buffer.from(row))
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
