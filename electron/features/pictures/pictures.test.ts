import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { ChatFragment } from '../../../contracts/events/twitch.ts'
import type { CheermoteRef, EmoteProviderName, PictureMotion } from '../../../contracts/pictures.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import type { HttpAnswer } from '../../kernel/http/routes.ts'
import type { EmoteProvider, EmoteWord } from '../../kernel/ports/emote-provider.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { EmoteDictionary } from './emote-dictionary.ts'
import { PictureDisk } from './picture-disk.ts'
import { ABSENT_MS, FAULT_MS, FETCH_CONCURRENCY, FETCH_QUEUE_MAX, PictureShelf } from './picture-shelf.ts'
import { pictureTypeOf } from './picture-type.ts'
import { createPictures } from './pictures.ts'
import { REFRESH_MS } from './word-keeper.ts'
import { picturesMigrations } from './word-store.ts'

ensureNoLeaks()

const DISK_CHILD = fileURLToPath(new URL('./testing/disk-child.ts', import.meta.url))

let folder: string
let clock: FakeClock

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landale-pictures-'))
  clock = new FakeClock()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The head of a PNG of this size, and then so much of anything. */
function png(width: number, height: number, filling = 100): Buffer {
  const bytes = Buffer.alloc(33 + filling)
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

function riff(chunk: string, rest: readonly number[]): Buffer {
  const bytes = Buffer.alloc(40)
  bytes.write(`RIFF\0\0\0\0WEBP${chunk}`, 'latin1')
  bytes.set(rest, 20)
  return bytes
}

describe('what a picture is', () => {
  it('is told by its bytes alone', () => {
    expect(pictureTypeOf(png(112, 112))).toBe('image/png')
    const gif = Buffer.alloc(40)
    gif.write('GIF89a', 'latin1')
    gif.writeUInt16LE(28, 6)
    gif.writeUInt16LE(28, 8)
    expect(pictureTypeOf(gif)).toBe('image/gif')
    expect(pictureTypeOf(riff('VP8X', [0, 0, 0, 0, 111, 0, 0, 111, 0, 0]))).toBe('image/webp')
    expect(pictureTypeOf(riff('VP8L', [0x2f, 0x6f, 0xc0, 0x1b, 0x00]))).toBe('image/webp')
    expect(pictureTypeOf(riff('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 112, 0, 112, 0]))).toBe('image/webp')
  })

  it('refuses what could run, what could not be drawn, and what would fill the memory', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for (const text of [
      svg,
      `<?xml version="1.0"?>${svg}`,
      '<html><body>'.padEnd(50),
      '',
      'GIF89a',
      '\x89PNG\r\n\x1a\n',
    ]) {
      expect(pictureTypeOf(Buffer.from(text, 'latin1')), text).toBeNull()
    }
    expect(pictureTypeOf(png(60_000, 60_000))).toBeNull()
    expect(pictureTypeOf(png(0, 10))).toBeNull()
    expect(pictureTypeOf(riff('VP8X', [0, 0, 0, 0, 255, 255, 255, 1, 0, 0]))).toBeNull()
    expect(pictureTypeOf(riff('ICCP', []))).toBeNull()
    const jpeg = Buffer.alloc(40)
    jpeg.set([0xff, 0xd8, 0xff, 0xe0])
    expect(pictureTypeOf(jpeg)).toBeNull()
  })
})

describe('pictures on disk', () => {
  const disk = (limits: { maxBytes?: number; maxFiles?: number } = {}) =>
    new PictureDisk({ folder, maxBytes: 1e6, maxFiles: 100, clock, ...limits })

  it('come back, also to the next process', async () => {
    await disk().write('emotes/7tv/1/still', png(1, 1))
    expect(await disk().read('emotes/7tv/1/still')).toEqual(png(1, 1))
    expect(await disk().read('emotes/7tv/2/still')).toBeNull()
  })

  it('the one used longest ago makes room, also after a restart', async () => {
    const size = png(1, 1).length + 32
    const first = disk({ maxBytes: 3 * size })
    for (const key of ['a', 'b', 'c']) await first.write(key, png(1, 1))
    await first.read('a')
    await first.write('d', png(1, 1))
    expect(first.bytes).toBe(3 * size)
    expect(await first.read('b')).toBeNull()
    expect(await first.read('a')).not.toBeNull()
    // Used again an hour later: marked so on disk.
    const names = readdirSync(folder)
    for (const name of names) utimesSync(join(folder, name), clock.now() / 1000, clock.now() / 1000)
    await clock.advance(3_600_001)
    const second = disk({ maxFiles: 3 })
    await second.read('a')
    await expect.poll(() => names.some((name) => statSync(join(folder, name)).mtimeMs === clock.now())).toBe(true)
    const third = disk({ maxFiles: 2 })
    expect(await third.read('a')).not.toBeNull()
    expect(third.files).toBe(2)
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('what a crash left half written is dropped', async () => {
    const before = disk()
    await before.write('a', png(1, 1))
    await before.write('b', png(2, 2))
    const [one = '', other = ''] = readdirSync(folder)
    truncateSync(join(folder, one), 40)
    writeFileSync(join(folder, `${other}.1-1.part`), 'half')
    writeFileSync(join(folder, 'notes.txt'), 'of somebody else')
    const after = disk()
    const read = [await after.read('a'), await after.read('b')]
    expect(read.filter((content) => content === null)).toHaveLength(1)
    expect(readdirSync(folder).sort()).toEqual([other, 'notes.txt'].sort())
    // One that lost nothing but a bit.
    const path = join(folder, other)
    const bytes = readFileSync(path)
    bytes[50] = (bytes[50] ?? 0) ^ 1
    writeFileSync(path, bytes)
    expect([await after.read('a'), await after.read('b')]).toEqual([null, null])
    expect(after.bytes).toBe(0)
  })

  it('a process that is killed while it writes leaves whole pictures or none', async () => {
    const child = spawn(process.execPath, [DISK_CHILD, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const after = disk({ maxBytes: 50_000_000 })
    const read = await Promise.all(Array.from({ length: 80 }, (_, n) => after.read(`p${n}`)))
    const kept = read.flatMap((content, n) => (content ? [content.equals(Buffer.alloc(200_000, `p${n}`))] : []))
    expect(kept.length).toBeGreaterThan(5)
    expect(kept.every(Boolean)).toBe(true)
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('a picture that is larger than all the room is not kept', async () => {
    const small = disk({ maxBytes: 100 })
    await small.write('a', png(1, 1, 500))
    expect(small.files).toBe(0)
  })
})

describe('the shelf', () => {
  const memory = new Map<string, Buffer>()
  let warnings: unknown[]
  let shelf: PictureShelf

  beforeEach(() => {
    memory.clear()
    warnings = []
    shelf = new PictureShelf({
      disk: {
        read: async (key) => memory.get(key) ?? null,
        write: async (key, bytes) => void memory.set(key, bytes),
      },
      clock,
      log: { debug: () => {}, warn: (...told: unknown[]) => warnings.push(told) },
    })
  })

  it('fetches once, however many ask, and then never again', async () => {
    let fetched = 0
    const gate = Promise.withResolvers<void>()
    const fetchIt = async () => {
      fetched += 1
      await gate.promise
      return png(1, 1)
    }
    const asking = Array.from({ length: 50 }, () => shelf.get('a', fetchIt))
    gate.resolve()
    const all = await Promise.all(asking)
    expect(all.every((picture) => picture?.type === 'image/png')).toBe(true)
    expect(await shelf.get('a', fetchIt)).not.toBeNull()
    expect(fetched).toBe(1)
    shelf.dispose()
  })

  it('remembers what is missing for a while, longer after each fault', async () => {
    let fetched = 0
    const absent = async () => {
      fetched += 1
      return null
    }
    const broken = async () => {
      fetched += 1
      throw new Error('down')
    }
    const triesOf = async (key: string, fetchIt: () => Promise<null>) => {
      const before = fetched
      expect(await shelf.get(key, fetchIt)).toBeNull()
      return fetched - before
    }
    expect(await triesOf('absent', absent)).toBe(1)
    expect(await triesOf('absent', absent)).toBe(0)
    await clock.advance(ABSENT_MS)
    expect(await triesOf('absent', absent)).toBe(1)
    expect(await triesOf('broken', broken)).toBe(1)
    await clock.advance(FAULT_MS)
    expect(await triesOf('broken', broken)).toBe(1)
    await clock.advance(FAULT_MS)
    expect(await triesOf('broken', broken)).toBe(0)
    shelf.forgetMissing()
    expect(await triesOf('broken', broken)).toBe(1)
    expect(await shelf.get('svg', async () => Buffer.from('<svg/>'.padEnd(64)))).toBeNull()
    expect(memory.size).toBe(0)
    shelf.dispose()
  })

  it('few at a time, few waiting, the rest is refused at once', async () => {
    let running = 0
    let most = 0
    const gate = Promise.withResolvers<void>()
    const fetchIt = async () => {
      most = Math.max(most, ++running)
      await gate.promise
      running -= 1
      return png(1, 1)
    }
    const asked = FETCH_CONCURRENCY + FETCH_QUEUE_MAX + 10
    const asking = Array.from({ length: asked }, (_, n) => shelf.get(`p${n}`, fetchIt))
    await expect.poll(() => running).toBe(FETCH_CONCURRENCY)
    gate.resolve()
    const got = await Promise.all(asking)
    expect(most).toBe(FETCH_CONCURRENCY)
    expect(got.filter((picture) => picture === null)).toHaveLength(10)
    // Refused is not missing.
    expect(await shelf.get(`p${asked - 1}`, fetchIt)).not.toBeNull()
    shelf.dispose()
  })

  it('stops: what is under way ends, what waits is not begun', async () => {
    const fetchIt = (signal: AbortSignal) =>
      new Promise<Buffer>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const asking = Array.from({ length: 20 }, (_, n) => shelf.get(`p${n}`, fetchIt))
    shelf.dispose()
    expect(await Promise.all(asking)).toEqual(Array(20).fill(null))
    await shelf.settled()
  })

  it('shows what it can not keep, and says so once', async () => {
    const full = new PictureShelf({
      disk: { read: async () => null, write: async () => Promise.reject(new Error('the disk is full')) },
      clock,
      log: { debug: () => {}, warn: (...told: unknown[]) => warnings.push(told) },
    })
    for (const key of ['a', 'b', 'c']) expect(await full.get(key, async () => png(1, 1))).not.toBeNull()
    expect(warnings).toHaveLength(1)
    full.dispose()
    shelf.dispose()
  })
})

const text = (words: string): ChatFragment => ({
  type: 'text',
  text: words,
  cheermote: null,
  emote: null,
  mention: null,
})

describe('words', () => {
  const word = (name: string, id: string): EmoteWord => ({ word: name, id })

  it('are cut out of the text, which stays the same text', () => {
    const dictionary = new EmoteDictionary()
    dictionary.fill([
      { provider: '7tv', channelId: null, words: [word('catJAM', '1'), word('OMEGALUL', 'global')] },
      { provider: 'ffz', channelId: '1', words: [word('OMEGALUL', 'own')] },
      { provider: 'bttv', channelId: null, words: [word('constructor', 'x'), word(':tf:', '2')] },
    ])
    const kappa = { type: 'emote', text: 'Kappa', cheermote: null, mention: null } as const
    const fragments: ChatFragment[] = [
      text('so  catJAM  OMEGALUL! OMEGALUL\n:tf: constructor __proto__ '),
      { ...kappa, emote: { id: '25', emote_set_id: '0', owner_id: '0', format: ['static'] } },
      {
        type: 'mention',
        text: '@catJAM',
        cheermote: null,
        emote: null,
        mention: { user_id: '1', user_login: 'a', user_name: 'a' },
      },
    ]
    const cut = dictionary.cut(fragments)
    expect(cut.map(({ text: part }) => part).join('')).toBe(fragments.map(({ text: part }) => part).join(''))
    expect(cut.flatMap(({ text: part, emote }) => (emote ? [`${part} ${emote.provider} ${emote.id}`] : []))).toEqual([
      'catJAM 7tv 1',
      'OMEGALUL ffz own',
      ':tf: bttv 2',
      'constructor bttv x',
      'Kappa twitch 25',
    ])
    expect(cut.every(({ emote, type }) => (emote === null) === (type !== 'emote'))).toBe(true)
  })

  it('bits are found by their words, where they are not marked, and only where bits came', () => {
    const dictionary = new EmoteDictionary((prefix) => ['cheer', '4head'].includes(prefix.toLowerCase()))
    const said = [text('Cheer100 gg CHEER5 4Head20 uno1 Cheer0 Cheer007 xCheer1 Cheer12x 100 Cheer9999999999')]
    const bits = (hasBits: boolean) =>
      dictionary.cut(said, hasBits).flatMap(({ type, cheermote }) => (cheermote ? [[type, cheermote]] : []))
    expect(bits(true)).toEqual([
      ['cheermote', { prefix: 'Cheer', bits: 100 }],
      ['cheermote', { prefix: 'CHEER', bits: 5 }],
      ['cheermote', { prefix: '4Head', bits: 20 }],
    ])
    expect(bits(false)).toEqual([])
    const marked = { ...text('cheer100'), type: 'cheermote', cheermote: { prefix: 'cheer', bits: 100, tier: 100 } }
    expect(dictionary.cut([marked])).toEqual([
      { type: 'cheermote', text: 'cheer100', emote: null, cheermote: { prefix: 'cheer', bits: 100 } },
    ])
  })
})

/** A service that knows what a test puts into it. */
class FakeProvider implements EmoteProvider {
  readonly name: EmoteProviderName
  readonly title: string
  reads = 0
  isBroken = false
  known: Record<string, EmoteWord[]> = {}
  pictures: Record<string, Buffer> = {}

  constructor(name: EmoteProviderName) {
    this.name = name
    this.title = name.toUpperCase()
  }

  readonly words = async (channelId: string | null) => {
    this.reads += 1
    if (this.isBroken) throw new Error('answered 503')
    return this.known[channelId ?? ''] ?? []
  }

  async picture(id: string): Promise<Buffer | null> {
    return this.pictures[id] ?? null
  }
}

describe('the feature', () => {
  const store = () => new MemoryStore(picturesMigrations)

  async function start({ disk = store(), userId = '4711' as string | null } = {}) {
    const seven = new FakeProvider('7tv')
    const better = new FakeProvider('bttv')
    seven.known = { '': [{ word: 'catJAM', id: '1' }], '4711': [{ word: 'peepoHey', id: '2' }] }
    better.known = { '': [{ word: 'monkaS', id: '3' }] }
    const channel = {
      userId,
      changed: new Emitter<void>(),
      get onDidChangeUser() {
        return this.changed.event
      },
      badgeAddress: ({ set_id, id }: { set_id: string; id: string }) =>
        set_id === 'moderator' && id === '1' ? 'https://static-cdn.jtvnw.net/badges/v1/mod/3' : null,
      isCheermote: (prefix: string) => prefix.toLowerCase() === 'cheer',
      cheermoteAddress: ({ prefix, bits }: CheermoteRef, motion: PictureMotion) =>
        prefix.toLowerCase() === 'cheer' ? `https://cheer.example/${bits < 100 ? 1 : 100}/${motion}` : null,
    }
    const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
    const routes = new FakeRoutes()
    const toldAsked: string[] = []
    const pictures = await createPictures({
      providers: [seven, better],
      told: async (url) => {
        toldAsked.push(url)
        return png(72, 72)
      },
      channel,
      dataDir: folder,
      maxBytes: 1e6,
      routes,
      commands,
      store: disk,
      clock,
      log: { debug: () => {}, warn: () => {} },
      random: () => 0,
    })
    const stop = new AbortController()
    const running = pictures.run(stop.signal)
    const knows = (word: string) => pictures.words.cut([text(word)])[0]?.emote?.id ?? null
    const get = async (path: string, params: Record<string, string>) =>
      (await routes.call('GET', path, { params })) as HttpAnswer
    return {
      pictures,
      seven,
      better,
      channel,
      toldAsked,
      knows,
      emote: (provider: string, id: string, motion = 'still') =>
        get('/pictures/emotes/:provider/:id/:motion', { provider, id, motion }),
      cheermote: (prefix: string, bits: string, motion = 'still') =>
        get('/pictures/cheermotes/:prefix/:bits/:motion', { prefix, bits, motion }),
      badge: (set_id: string, id: string) => get('/pictures/badges/:set_id/:id', { set_id, id }),
      refresh: () => commands.invoke('emotes.refresh', {}, HUB_ACTOR),
      async stop() {
        stop.abort()
        await running
      },
    }
  }

  it('knows the words of all services and of the channel, and reads them again in time', async () => {
    const hub = await start()
    await expect.poll(() => hub.knows('peepoHey')).toBe('2')
    await expect.poll(() => hub.knows('monkaS')).toBe('3')
    expect(hub.knows('nothing')).toBeNull()
    expect(hub.pictures.health.level).toBe('healthy')
    const before = hub.seven.reads
    await clock.advance(REFRESH_MS - 1000)
    expect(hub.seven.reads).toBe(before)
    hub.seven.known[''] = [{ word: 'new', id: '9' }]
    await clock.advance(2000)
    expect([hub.knows('new'), hub.knows('catJAM')]).toEqual(['9', null])
    await hub.stop()
  })

  it('one that fails leaves the others, is asked less and less, and heals by itself', async () => {
    const disk = store()
    const first = await start({ disk })
    await expect.poll(() => first.knows('peepoHey')).toBe('2')
    await first.stop()
    await clock.advance(REFRESH_MS + 1)
    const hub = await start({ disk })
    // Known from the last time.
    expect(hub.knows('peepoHey')).toBe('2')
    await expect.poll(() => hub.seven.reads).toBe(2)
    hub.seven.isBroken = true
    await clock.advance(REFRESH_MS + 1)
    await expect.poll(() => hub.pictures.health.reason).toContain('7TV: answered 503')
    expect([hub.knows('peepoHey'), hub.knows('monkaS')]).toEqual(['2', '3'])
    const before = hub.seven.reads
    await clock.advance(3_600_000)
    const tries = hub.seven.reads - before
    expect(tries).toBeGreaterThan(2)
    expect(tries).toBeLessThan(10)
    expect(await hub.refresh()).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    hub.seven.isBroken = false
    await clock.advance(3_600_000)
    expect(hub.pictures.health.level).toBe('healthy')
    expect(await hub.refresh()).toEqual({ status: 'committed', result: { words: 3 } })
    await hub.stop()
  })

  it('another channel has other words; nobody signed in asks nobody', async () => {
    const hub = await start({ userId: null })
    await clock.advance(REFRESH_MS * 2)
    expect(hub.seven.reads).toBe(0)
    hub.channel.userId = '4711'
    hub.channel.changed.fire()
    await expect.poll(() => hub.knows('peepoHey')).toBe('2')
    hub.seven.known['12'] = [{ word: 'theirs', id: '5' }]
    hub.channel.userId = '12'
    hub.channel.changed.fire()
    expect(hub.knows('peepoHey')).toBeNull()
    await expect.poll(() => hub.knows('theirs')).toBe('5')
    await hub.stop()
  })

  it('serves pictures with their true type, and nothing else', async () => {
    const hub = await start()
    hub.seven.pictures = { good: png(112, 112), evil: Buffer.from('<svg onload="alert(1)">'.padEnd(80)) }
    const good = await hub.emote('7tv', 'good')
    expect(good).toMatchObject({ status: 200, body: png(112, 112), headers: { 'content-type': 'image/png' } })
    expect((await hub.emote('7tv', 'evil')).status).toBe(204)
    expect((await hub.emote('7tv', 'unknown', 'moving')).status).toBe(204)
    expect((await hub.emote('ffz', '1')).status).toBe(204)
    await expect(hub.emote('evil', '1')).rejects.toMatchObject({ status: 404 })
    await expect(hub.emote('7tv', '../1')).rejects.toMatchObject({ status: 404 })
    await expect(hub.emote('7tv', 'good', 'sideways')).rejects.toMatchObject({ status: 404 })
    expect((await hub.badge('moderator', '1')).status).toBe(200)
    expect((await hub.badge('moderator', '2')).status).toBe(204)
    expect((await hub.badge('moderator', '1')).headers['cache-control']).toBe('private, max-age=3600')
    expect(hub.toldAsked).toEqual(['https://static-cdn.jtvnw.net/badges/v1/mod/3'])
    expect((await hub.cheermote('Cheer', '250', 'moving')).status).toBe(200)
    expect((await hub.cheermote('Else', '250')).status).toBe(204)
    await expect(hub.cheermote('../x', '1')).rejects.toMatchObject({ status: 404 })
    await expect(hub.cheermote('Cheer', '0')).rejects.toMatchObject({ status: 404 })
    await expect(hub.cheermote('Cheer', '1e9')).rejects.toMatchObject({ status: 404 })
    expect(hub.toldAsked.at(-1)).toBe('https://cheer.example/100/moving')
    await hub.stop()
    const again = await start()
    expect((await again.emote('7tv', 'good')).status).toBe(200)
    await again.stop()
  })
})
