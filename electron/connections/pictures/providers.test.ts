import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { EmoteProviderName } from '../../../contracts/pictures.ts'
import { picturesConfigSchema } from './config.ts'
import { download } from './download.ts'
import { type FakePictures, paintEmote, startFakePictures } from './fake.ts'
import { createEmoteProviders, MAX_PICTURE_BYTES } from './providers.ts'
import { wordSchemas } from './wire.ts'

ensureNoLeaks()

let fake: FakePictures
const clock = new FakeClock()
const { signal } = new AbortController()

beforeEach(async () => {
  fake = await startFakePictures()
})
afterEach(() => fake.stop())

function open() {
  return createEmoteProviders({
    config: picturesConfigSchema.parse({ mockPort: fake.port }),
    isTwitchReal: true,
    clock,
  })
}

function provider(name: EmoteProviderName) {
  const found = open().providers.find((each) => each.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

describe('pictures', () => {
  it('come from where each draws them', async () => {
    fake.putTwitchEmote('25')
    fake.putWords('7tv', null, { catJAM: '60ae7316f7c927fad14e6ca2' })
    fake.putWords('bttv', null, { monkaS: '56e9f494fff3cc5c35e5287e' })
    fake.putWords('ffz', null, { LULW: '139407' })
    for (const [name, id] of [
      ['twitch', '25'],
      ['7tv', '60ae7316f7c927fad14e6ca2'],
      ['bttv', '56e9f494fff3cc5c35e5287e'],
      ['ffz', '139407'],
    ] as const) {
      for (const motion of ['still', 'moving'] as const) {
        expect(await provider(name).picture(id, motion, signal), `${name} ${motion}`).toEqual(paintEmote(id))
      }
    }
  })

  it('none is none, and a fault is a fault', async () => {
    expect(await provider('twitch').picture('404', 'still', signal)).toBeNull()
    fake.breakHost('static-cdn.jtvnw.net', 503)
    await expect(provider('twitch').picture('25', 'still', signal)).rejects.toThrow('static-cdn.jtvnw.net answered 503')
    await fake.stop()
    await expect(provider('twitch').picture('25', 'still', signal)).rejects.toThrow("can't be reached")
  })

  it('nobody is led elsewhere: not by a redirect, not by an id, not by an address', async () => {
    fake.redirectHost('static-cdn.jtvnw.net', `http://127.0.0.1:${fake.port}/secret`)
    await expect(provider('twitch').picture('25', 'still', signal)).rejects.toThrow('answered 302')
    expect(fake.asked).toEqual(['static-cdn.jtvnw.net/emoticons/v2/25/static/dark/3.0'])
    for (const id of ['../../x', 'a/b', '25?x=', '25#', '%2e%2e', '', 'x'.repeat(101), '💥']) {
      expect(await provider('7tv').picture(id, 'moving', signal), id).toBeNull()
    }
    const { told } = open()
    for (const address of [
      'http://static-cdn.jtvnw.net/b.png',
      'https://static-cdn.jtvnw.net:444/b.png',
      'https://evil.example/static-cdn.jtvnw.net',
      'https://static-cdn.jtvnw.net.evil.example/b.png',
      'https://user@static-cdn.jtvnw.net/b.png',
      'file:///etc/passwd',
      'https://127.0.0.1/b.png',
      'nonsense',
    ]) {
      await expect(told(address, signal), address).rejects.toThrow('not one that Landale asks')
    }
    expect(fake.asked).toHaveLength(1)
    fake.put('d3aqoihi2n8ty8.cloudfront.net/actions/cheer/dark/static/100/4.png', paintEmote('bits'))
    const bits = 'https://d3aqoihi2n8ty8.cloudfront.net/actions/cheer/dark/static/100/4.png'
    expect(await told(bits, signal)).toEqual(paintEmote('bits'))
  })

  it('ends at the size and the time that are allowed', async () => {
    fake.put('static-cdn.jtvnw.net/emoticons/v2/big/static/dark/3.0', Buffer.alloc(MAX_PICTURE_BYTES + 1))
    await expect(provider('twitch').picture('big', 'still', signal)).rejects.toThrow('sent more than 2048 KiB')
    fake.hangHost('cdn.7tv.app')
    const late = expect(provider('7tv').picture('slow', 'moving', signal)).rejects.toThrow('did not answer in full')
    await expect.poll(() => fake.asked.at(-1)).toContain('cdn.7tv.app')
    await clock.advance(10_000)
    await late
    const stop = new AbortController()
    const stopped = expect(provider('7tv').picture('slow', 'moving', stop.signal)).rejects.toThrow('enough')
    stop.abort(new Error('enough'))
    await stopped
    expect(clock.pendingTimers).toBe(0)
  })

  it('are asked of nobody real where a stand-in plays Twitch', async () => {
    const config = picturesConfigSchema.parse({})
    expect(createEmoteProviders({ config, isTwitchReal: false, clock }).providers).toEqual([])
    const { providers } = createEmoteProviders({ config: { ...config, services: ['ffz'] }, isTwitchReal: true, clock })
    expect(providers.map(({ name }) => name)).toEqual(['twitch', 'ffz'])
  })
})

describe('words', () => {
  it.each(['7tv', 'bttv', 'ffz'] as const)('of %s, for all and for one channel', async (name) => {
    fake.putWords(name, null, { catJAM: '11' })
    fake.putWords(name, '4711', { peepoHey: '22', 'D:': '33' })
    const { words } = provider(name)
    expect(await words?.(null, signal)).toEqual([{ word: 'catJAM', id: '11' }])
    expect(await words?.('4711', signal)).toEqual([
      { word: 'peepoHey', id: '22' },
      { word: 'D:', id: '33' },
    ])
    expect(await words?.('nobody', signal)).toEqual([])
  })

  it('of who refuses are not none: a fault, so that those known before stay', async () => {
    for (const status of [400, 403, 429]) {
      fake.breakHost('7tv.io', status)
      await expect(provider('7tv').words?.('4711', signal)).rejects.toThrow(`7tv.io answered ${status}`)
    }
  })

  it('what is no answer is a fault, what is no emote is left out', async () => {
    fake.put('7tv.io/v3/emote-sets/global', '<html>')
    await expect(provider('7tv').words?.(null, signal)).rejects.toThrow("its answer can't be read")
    const emotes = [
      { id: '1', name: 'good' },
      { id: '../x', name: 'bad' },
      { id: '2', name: 'two words' },
      { id: '3' },
      null,
      { id: '4', name: 'x'.repeat(200) },
    ]
    expect(wordSchemas['7tv'].global.parse({ emotes })).toEqual([{ id: '1', word: 'good' }])
    expect(wordSchemas['7tv'].channel.parse({ emote_set: null })).toEqual([])
    expect(wordSchemas['7tv'].channel.parse({ emote_set: {} })).toEqual([])
    expect(wordSchemas.bttv.global.parse(Array(9000).fill({ id: '1', code: 'a' }))).toHaveLength(5000)
  })
})

it('a body that is cut off is a fault', async () => {
  fake.put('cdn.7tv.app/emote/cut/3x.webp', Buffer.from('abc'), { 'content-length': '10' })
  const options = {
    clock,
    signal,
    hosts: new Set(['cdn.7tv.app']),
    maxBytes: 100,
    accept: '*/*',
    absent: [],
    mockPort: fake.port,
  }
  const failing = expect(download('https://cdn.7tv.app/emote/cut/3x.webp', options)).rejects.toThrow()
  await expect.poll(() => fake.asked.length).toBe(1)
  await fake.stop()
  await failing
})
