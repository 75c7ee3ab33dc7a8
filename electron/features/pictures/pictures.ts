/**
 * The pictures of emotes, cheermotes and badges: served to pages under a local path, kept on disk, fetched from those who draw them; and
 * the words that are emotes. Knows no vendor: providers are handed in. A page that asks for a picture that can't be had is
 * answered "nothing" and draws the words.
 */
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import {
  BADGE_PICTURE_PATH,
  CHEERMOTE_PICTURE_PATH,
  EMOTE_PICTURE_PATH,
  emoteProviderSchema,
  PICTURE_ID,
  type PictureMotion,
  pictureMotions,
} from '../../../contracts/pictures.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import { HttpAnswer, HttpError, type Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ChatChannel } from '../../kernel/ports/chat-channel.ts'
import type { EmoteProvider, ToldPictures } from '../../kernel/ports/emote-provider.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { EmoteDictionary } from './emote-dictionary.ts'
import { PictureDisk } from './picture-disk.ts'
import { type Picture, PictureShelf } from './picture-shelf.ts'
import { WordKeeper } from './word-keeper.ts'
import { type KeptWords, keepWords, loadWords } from './word-store.ts'

/** Emotes have a few KiB each; this is what keeps the folder's list small. */
const MAX_FILES = 8000
const BITS = /^[1-9]\d{0,8}$/
/** An id means one picture for ever. */
const EMOTE_CACHE = 'private, max-age=604800, immutable'
/** A badge or a cheermote may be drawn anew under its name. */
const TOLD_CACHE = 'private, max-age=3600'

export interface Pictures extends Service {
  readonly words: EmoteWords
}

export interface PicturesOptions {
  providers: readonly EmoteProvider[]
  told: ToldPictures
  channel: ChatChannel
  /** Where pictures are kept; its own folder is made in it. */
  dataDir: string
  maxBytes: number
  routes: Routes
  commands: Pick<Commands, 'handle'>
  store: Pick<Store, 'all' | 'run'>
  clock: Clock
  log: Pick<Logger, 'debug' | 'warn'>
  random: () => number
}

/** Reads the words that were kept, so that they are known before anything runs. */
export async function createPictures(options: PicturesOptions): Promise<Pictures> {
  return new PicturesService(options, await loadWords(options.store))
}

class PicturesService implements Pictures {
  readonly id = 'pictures'
  readonly #options: PicturesOptions
  readonly #didChangeHealth = new Emitter<Health>()
  readonly onDidChangeHealth = this.#didChangeHealth.event
  readonly #dictionary: EmoteDictionary
  readonly words: EmoteWords
  readonly #disk: PictureDisk
  #kept: readonly KeptWords[]
  /** Reasons by service. */
  readonly #faults = new Map<string, string>()
  #health: Health = HEALTHY

  constructor(options: PicturesOptions, kept: readonly KeptWords[]) {
    const { dataDir, maxBytes, clock, channel } = options
    this.#options = options
    this.#dictionary = new EmoteDictionary((prefix) => channel.isCheermote(prefix))
    this.words = this.#dictionary
    this.#disk = new PictureDisk({ folder: join(dataDir, 'pictures'), maxBytes, maxFiles: MAX_FILES, clock })
    this.#kept = kept.filter(({ provider }) => options.providers.some(({ name }) => name === provider))
    this.#dictionary.fill(this.#kept)
  }

  get health(): Health {
    return this.#health
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, channel, commands } = this.#options
    const owned = new DisposableStore()
    const shelf = owned.add(new PictureShelf({ disk: this.#disk, clock, log }))
    const keepers = this.#makeKeepers()
    const tellChannel = () => this.#tellChannel(keepers)
    try {
      this.#addRoutes(owned, shelf)
      owned.add(
        commands.handle('emotes.refresh', async () => {
          shelf.forgetMissing()
          await readAll(keepers)
          return { words: this.#dictionary.size }
        }),
      )
      owned.add(channel.onDidChangeUser(tellChannel))
      tellChannel()
      await Promise.all([untilAborted(signal), ...keepers.map(({ keeper }) => keeper.run(signal))])
    } finally {
      owned.dispose()
      await shelf.settled()
      this.#faults.clear()
      this.#setHealth(HEALTHY)
    }
  }

  #addRoutes(owned: DisposableStore, shelf: PictureShelf): void {
    const { routes, providers, told, channel } = this.#options
    owned.add(
      routes.add({
        method: 'GET',
        path: EMOTE_PICTURE_PATH,
        scope: 'token',
        tokenInUrl: true,
        summary: 'The picture of an emote; 204 when there is none to be had now',
        handle: async ({ params: { provider: name, id = '', motion } }) => {
          const known = emoteProviderSchema.safeParse(name)
          if (!known.success || !PICTURE_ID.test(id) || !isMotion(motion)) throw notFound()
          const provider = providers.find((each) => each.name === known.data)
          if (!provider) return pictureAnswer(null)
          const key = `emotes/${provider.name}/${id}/${motion}`
          return pictureAnswer(await shelf.get(key, (stop) => provider.picture(id, motion, stop)), EMOTE_CACHE)
        },
      }),
    )
    owned.add(
      routes.add({
        method: 'GET',
        path: CHEERMOTE_PICTURE_PATH,
        scope: 'token',
        tokenInUrl: true,
        summary: 'The picture of so many bits under a cheermote; 204 when there is none to be had now',
        handle: async ({ params: { prefix = '', bits = '', motion } }) => {
          if (!PICTURE_ID.test(prefix) || !BITS.test(bits) || !isMotion(motion)) throw notFound()
          const address = channel.cheermoteAddress({ prefix, bits: Number(bits) }, motion)
          if (address === null) return pictureAnswer(null)
          return pictureAnswer(await shelf.get(`cheermotes/${address}`, (stop) => told(address, stop)), TOLD_CACHE)
        },
      }),
    )
    owned.add(
      routes.add({
        method: 'GET',
        path: BADGE_PICTURE_PATH,
        scope: 'token',
        tokenInUrl: true,
        summary: 'The picture of a chat badge; 204 when there is none to be had now',
        handle: async ({ params: { set_id = '', id = '' } }) => {
          if (!PICTURE_ID.test(set_id) || !PICTURE_ID.test(id)) throw notFound()
          const address = channel.badgeAddress({ set_id, id })
          // By its address: a badge that is drawn anew is another picture.
          if (address === null) return pictureAnswer(null)
          return pictureAnswer(await shelf.get(`badges/${address}`, (stop) => told(address, stop)), TOLD_CACHE)
        },
      }),
    )
  }

  #makeKeepers(): Keeping[] {
    const { providers, clock, random, store, log } = this.#options
    return providers
      .filter(({ words }) => words !== null)
      .map((provider) => ({
        title: provider.title,
        keeper: new WordKeeper({
          provider,
          kept: this.#kept.filter(({ provider: name }) => name === provider.name),
          clock,
          random,
          onWords: async (words) => {
            const isSame = ({ provider: name, channelId }: KeptWords) =>
              name === words.provider && (channelId === null) === (words.channelId === null)
            this.#kept = [...this.#kept.filter((kept) => !isSame(kept)), words]
            this.#fill()
            await store.run(keepWords(words)).catch((error) => log.warn({ err: error }, 'emotes could not be kept'))
          },
          onFault: (reason) => this.#setFault(provider.title, reason),
        }),
      }))
  }

  #tellChannel(keepers: readonly Keeping[]): void {
    this.#fill()
    for (const { keeper } of keepers) keeper.setChannel(this.#options.channel.userId)
  }

  /** Another channel's words are not this one's. */
  #fill(): void {
    const { userId } = this.#options.channel
    this.#dictionary.fill(
      this.#kept.filter(({ channelId }) => channelId === null || userId === null || channelId === userId),
    )
  }

  #setFault(title: string, reason: string | null): void {
    if (reason === null) this.#faults.delete(title)
    else {
      if (!this.#faults.has(title)) this.#options.log.warn({ reason }, `the emotes of ${title} could not be read`)
      this.#faults.set(title, reason)
    }
    const [first, ...more] = [...this.#faults].map(([name, why]) => `${name}: ${why}`)
    if (first === undefined) this.#setHealth(HEALTHY)
    else {
      const all = [first, ...more].join('; ')
      this.#setHealth({
        level: 'degraded',
        reason: `some emotes could not be read and are as they were last (${all}); Landale tries again by itself`,
      })
    }
  }

  #setHealth(health: Health): void {
    if (health.level === this.#health.level && health.reason === this.#health.reason) return
    this.#health = health
    this.#didChangeHealth.fire(health)
  }
}

interface Keeping {
  title: string
  keeper: WordKeeper
}

async function readAll(keepers: readonly Keeping[]): Promise<void> {
  const faults: string[] = []
  await Promise.all(
    keepers.map(({ title, keeper }) =>
      keeper.readNow().catch((error: unknown) => faults.push(`${title}: ${errorMessage(error)}`)),
    ),
  )
  if (faults.length === 0) return
  throw new CommandError('unavailable', `not all emotes could be read (${faults.join('; ')}); the others are fresh`)
}

function isMotion(motion: string | undefined): motion is PictureMotion {
  return pictureMotions.some((known) => known === motion)
}

function notFound(): HttpError {
  return new HttpError(
    404,
    'not_found',
    'there is no such picture: its name is not one that emotes, cheermotes or badges have',
  )
}

/** 204 and not 404: to the page nothing is wrong, and the browser's console stays clean. */
function pictureAnswer(picture: Picture | null, cache = 'no-store'): HttpAnswer {
  if (!picture) return new HttpAnswer(204, null)
  return new HttpAnswer(200, picture.bytes, { 'content-type': picture.type, 'cache-control': cache })
}
