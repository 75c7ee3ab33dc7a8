/**
 * The displays: status bar and text, the track that plays, what is being coded. Set by commands, on disk before any page
 * hears of it, and there again after a restart. What the simulator sets is shown and not kept: what was there before comes
 * back when the demo ends, with the next word of anybody else, or after a while. Knows no page, no player and no clock of a page.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { CommandName, ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { Track } from '../../../contracts/display.ts'
import type { CodingState, NowPlayingState, StatusState } from '../../../contracts/state/displays.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import {
  type CommandContext,
  CommandError,
  type CommandHandler,
  type Commands,
  SIMULATOR_ACTOR,
  throwUnsaved,
} from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { artworkOf } from './artwork.ts'
import { type DisplayName, type Displays, displayTable, loadDisplays } from './display-store.ts'

export interface DisplaysOptions {
  bus: Pick<Bus, 'on'>
  store: Pick<Store, 'all' | 'run'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  log: Pick<Logger, 'warn'>
}

/** Players tell where they are in whole seconds and a little late: less than this is no news. */
const POSITION_TOLERANCE_MS = 1500
/** What is made up is gone so long after the last of it, ms. */
export const REHEARSAL_MS = 300_000

export function createDisplays(options: DisplaysOptions): Service {
  return {
    id: 'displays',
    health: HEALTHY,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const warn = (fault: string) => options.log.warn({ fault }, 'a stored display gives way to a fresh one')
      const session = new DisplaySession(options, await loadDisplays(options.store, warn))
      try {
        await untilAborted(signal)
      } finally {
        await session.end()
      }
    },
  }
}

type DisplayCommand = Extract<CommandName, `status.${string}` | `now-playing.${string}` | `coding.${string}`>

class DisplaySession {
  readonly #options: DisplaysOptions
  readonly #owned = new DisposableStore()
  readonly #status: StateHandle<StatusState>
  readonly #nowPlaying: StateHandle<NowPlayingState>
  readonly #coding: StateHandle<CodingState>
  /** One change after the other, each on what the one before left. */
  #line: Promise<unknown> = Promise.resolve()
  /** What is true, while the simulator shows something else. */
  #truth: Displays | null = null
  readonly #rehearsalEnd = this.#owned.add(new MutableDisposable())

  constructor(options: DisplaysOptions, { status, nowPlaying, coding }: Displays) {
    this.#options = options
    const { bus, channels, clock } = options
    this.#owned.add(bus.on(['simulator.demo.ended'], () => void this.#inLine(async () => this.#endRehearsal())))
    this.#status = this.#owned.add(channels.state('state:status', status))
    this.#nowPlaying = this.#owned.add(channels.state('state:now-playing', nowPlaying))
    this.#coding = this.#owned.add(channels.state('state:coding', coding))
    this.#handle('status.bar.set', (args) => this.#setBar(args))
    this.#handle('status.text.set', (args) => this.#setText(args))
    this.#handle('now-playing.set', (args) => this.#setTrack(this.#trackAfter(args)))
    this.#handle('now-playing.clear', () => this.#setTrack(null))
    this.#handle('coding.set', (args) => this.#setCoding(args))
    this.#handle('coding.session.start', ({ startedAt = clock.now() }) => {
      if (startedAt > clock.now()) {
        throw new CommandError('invalid_args', 'a session can’t have begun in the future', { path: 'startedAt' })
      }
      return this.#setCoding({ startedAt })
    })
    this.#handle('coding.session.stop', () => this.#setCoding({ startedAt: null }))
  }

  /** After the last change is written. */
  async end(): Promise<void> {
    this.#owned.dispose()
    await this.#line.catch(() => {})
  }

  #handle<N extends DisplayCommand>(name: N, change: (args: ParsedCommandArgs<N>) => Promise<void>): void {
    const handler = async (args: ParsedCommandArgs<N>, { actor }: CommandContext) => {
      await this.#inLine(() => {
        if (actor === SIMULATOR_ACTOR) this.#rehearse()
        else this.#endRehearsal()
        return change(args)
      })
      return {}
    }
    // Every command here answers {}; the compiler can't see that for a name it does not know.
    this.#owned.add(this.#options.commands.handle(name, handler as unknown as CommandHandler<N>))
  }

  #rehearse(): void {
    const [status, nowPlaying, coding] = [this.#status.value, this.#nowPlaying.value, this.#coding.value]
    this.#truth ??= structuredClone({ status, nowPlaying, coding })
    const end = () => void this.#inLine(async () => this.#endRehearsal())
    this.#rehearsalEnd.set(this.#options.clock.setTimeout(end, REHEARSAL_MS))
  }

  #endRehearsal(): void {
    const truth = this.#truth
    if (!truth) return
    this.#truth = null
    this.#rehearsalEnd.set(undefined)
    this.#status.update((draft) => void Object.assign(draft, truth.status))
    this.#nowPlaying.update((draft) => void Object.assign(draft, truth.nowPlaying))
    this.#coding.update((draft) => void Object.assign(draft, truth.coding))
  }

  #inLine(work: () => Promise<void>): Promise<void> {
    const turn = this.#line.then(work)
    this.#line = turn.catch(() => {})
    return turn
  }

  async #setBar(args: ParsedCommandArgs<'status.bar.set'>): Promise<void> {
    const bar = withGiven({ ...this.#status.value.bar, isVisible: true }, args)
    if (bar.isVisible && bar.mode === 'custom' && bar.text === null) {
      throw new CommandError('invalid_args', 'a custom status needs a text', { path: 'text' })
    }
    await this.#write('status-bar', bar)
    this.#status.update((draft) => {
      draft.bar = bar
    })
  }

  async #setText(args: ParsedCommandArgs<'status.text.set'>): Promise<void> {
    const text = withGiven({ ...this.#status.value.text, isVisible: true }, args)
    if (text.isVisible && text.text === '') {
      throw new CommandError('invalid_args', 'there is no text to show; say one', { path: 'text' })
    }
    await this.#write('status-text', text)
    this.#status.update((draft) => {
      draft.text = text
    })
  }

  async #setCoding(change: Given<CodingState>): Promise<void> {
    const coding = withGiven(this.#coding.value, change)
    await this.#write('coding', coding)
    this.#coding.update((draft) => void Object.assign(draft, coding))
  }

  /** Null: it is the one that plays already, where it should be by now. */
  #trackAfter(args: ParsedCommandArgs<'now-playing.set'>): Track | 'same' {
    const now = this.#options.clock.now()
    const before = this.#nowPlaying.value.track
    const { title, artist = null, album = null, source = null, durationMs = null, positionMs, isPlaying = true } = args
    const isSame = before?.title === title && before.artist === artist && before.album === album
    const expected = isSame && before ? positionAt(before, now) : 0
    const track: Track = {
      ...{ title, artist, album, source, durationMs, isPlaying, at: now },
      positionMs: positionMs ?? expected,
      artwork: isSame ? before.artwork : null,
    }
    if (args.artwork !== undefined) track.artwork = args.artwork === null ? null : pictureOf(args.artwork)
    if (!isSame || Math.abs(track.positionMs - expected) > POSITION_TOLERANCE_MS) return track
    const moved = { ...track, positionMs: before.positionMs, at: before.at }
    return JSON.stringify(moved) === JSON.stringify(before) ? 'same' : track
  }

  async #setTrack(track: Track | 'same' | null): Promise<void> {
    if (track === 'same') return
    await this.#write('track', track)
    this.#nowPlaying.update((draft) => {
      draft.track = track
    })
  }

  async #write(name: DisplayName, value: unknown): Promise<void> {
    if (this.#truth) return
    await this.#options.store.run([displayTable.put(name, value)]).catch(throwUnsaved)
  }
}

type Given<T> = { [K in keyof T]?: T[K] | undefined }

/** What is left out stays as it was. */
function withGiven<T extends object>(before: T, given: Given<T>): T {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...before, ...said }
}

function positionAt({ positionMs, at, isPlaying, durationMs }: Track, now: number): number {
  const position = isPlaying ? positionMs + Math.max(0, now - at) : positionMs
  return Math.min(position, durationMs ?? Number.POSITIVE_INFINITY)
}

function pictureOf(data: string): Track['artwork'] {
  const artwork = artworkOf(data)
  if (artwork) return artwork
  throw new CommandError('invalid_args', 'the artwork is no PNG, JPEG or WebP picture', { path: 'artwork' })
}
