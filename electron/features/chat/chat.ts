/**
 * The chat for overlays: its newest lines with their emotes found, and the one that the streamer shows on stream. What a
 * moderator takes away is gone from the state at once; what is said is gathered for a moment. Knows no widget.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { eventSchemas } from '../../../contracts/events.ts'
import { CHAT_LINES_MAX, type ChatHighlight, type ChatLine, type ChatState } from '../../../contracts/state/chat.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { CHAT_TYPES, type ChatChange, type ChatEvent, ChatLines, lineOf } from './chat-lines.ts'

/** Lines said within it go out together. */
export const GATHER_MS = 50
/** After a restart lines from before it are shown again, not older than this, ms. */
const REMEMBER_MS = 30 * 60_000
/** Events looked at for that. */
const REMEMBER_EVENTS = 300
/** Heard while they are read. */
const HELD_BACK_MAX = 1000

export interface ChatOptions {
  bus: Pick<Bus, 'on'>
  store: Pick<Store, 'events' | 'eventsAfter'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  words: EmoteWords
  clock: Clock
  log: Pick<Logger, 'warn'>
}

export function createChat(options: ChatOptions): Service {
  return {
    id: 'chat',
    health: HEALTHY,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const session = new ChatSession(options)
      try {
        await session.remember()
        await untilAborted(signal)
      } finally {
        session.dispose()
      }
    },
  }
}

class ChatSession {
  readonly #options: ChatOptions
  readonly #owned = new DisposableStore()
  readonly #gathering = this.#owned.add(new MutableDisposable())
  readonly #highlightEnd = this.#owned.add(new MutableDisposable())
  readonly #state: StateHandle<ChatState>
  readonly #lines: ChatLines
  /** Said and not shown yet, at most as many as are shown. */
  #waiting: ChatLine[] = []
  /** Heard while the log is read; null from then on. */
  #heldBack: ChatEvent[] | null = []
  /** What the demo made up, by its number, to be gone with it; null while none plays. */
  #madeUp: Set<number> | null = null

  constructor(options: ChatOptions) {
    this.#options = options
    const { channels, bus, commands, words } = options
    this.#lines = new ChatLines(words)
    this.#state = this.#owned.add(channels.state('state:chat', { lines: {}, highlight: null }))
    this.#owned.add(
      bus.on(CHAT_TYPES, (event) => {
        if (this.#heldBack) this.#heldBack = [...this.#heldBack.slice(1 - HELD_BACK_MAX), event]
        else this.#take(event)
      }),
    )
    this.#owned.add(
      bus.on(['simulator.demo.started'], () => {
        this.#madeUp ??= new Set()
      }),
    )
    this.#owned.add(bus.on(['simulator.demo.ended'], () => this.#endDemo()))
    this.#owned.add(commands.handle('chat.highlight', ({ seq, durationMs }) => this.#highlight(seq, durationMs)))
    this.#owned.add(
      commands.handle('chat.highlight.clear', async () => {
        this.#setHighlight(null)
        return {}
      }),
    )
  }

  dispose(): void {
    this.#owned.dispose()
  }

  /** Reads back what was said shortly before. Never rejects. */
  async remember(): Promise<void> {
    const { store, clock, log } = this.#options
    let heard: ChatEvent[] = []
    try {
      const from = Math.max(0, clock.now() - REMEMBER_MS)
      const page = await store.events({ types: CHAT_TYPES, from, limit: REMEMBER_EVENTS })
      // Those of an older version may have had another shape; what was made up then is over.
      heard = page.events
        .filter(isChatEvent)
        .filter(({ source }) => source !== 'simulator')
        .reverse()
    } catch (error) {
      log.warn({ err: error }, 'the chat from before the start could not be read')
    }
    const last = heard.at(-1)?.seq ?? -1
    const since = (this.#heldBack ?? []).filter(({ seq }) => seq > last)
    this.#heldBack = null
    for (const event of [...heard, ...since]) this.#take(event)
  }

  #take(event: ChatEvent): void {
    const change = this.#lines.take(event)
    if (!change) return
    if (change.kind === 'said' && event.source === 'simulator') this.#madeUp?.add(event.seq)
    this.#apply(change)
  }

  #endDemo(): void {
    const madeUp = this.#madeUp
    this.#madeUp = null
    if (madeUp) this.#apply(this.#lines.drop(({ seq }) => madeUp.has(seq)))
  }

  #apply(change: ChatChange): void {
    if (change.kind === 'said') {
      this.#waiting = [...this.#waiting.slice(1 - CHAT_LINES_MAX), change.line]
      if (this.#waiting.length === 1) {
        this.#gathering.set(this.#options.clock.setTimeout(() => this.#show(), GATHER_MS))
      }
      return
    }
    const { isGone } = change
    this.#waiting = this.#waiting.filter((line) => !isGone(line))
    this.#show()
    const { highlight } = this.#state.value
    if (highlight && isGone(highlight.line)) this.#setHighlight(null)
  }

  #show(): void {
    this.#gathering.set(undefined)
    this.#waiting = []
    const lines = this.#lines.lines
    const kept = new Set(lines.map(({ seq }) => String(seq)))
    const shown = this.#state.value.lines
    const gone = Object.keys(shown).filter((seq) => !kept.has(seq))
    const fresh = lines.filter(({ seq }) => !Object.hasOwn(shown, seq))
    this.#state.update((draft) => {
      for (const seq of gone) delete draft.lines[seq]
      for (const line of fresh) draft.lines[line.seq] = line
    })
  }

  // The line that the streamer shows

  async #highlight(seq: number, durationMs: number): Promise<{ id: string; endsAt: number }> {
    const { clock } = this.#options
    const line = this.#lines.lines.find((known) => known.seq === seq) ?? (await this.#readLine(seq))
    if (this.#lines.isRemoved(line)) {
      throw new CommandError('conflict', 'a moderator deleted this message, so it is not shown')
    }
    const now = clock.now()
    const { highlight: before } = this.#state.value
    // The one that is there already stays, for longer.
    const highlight: ChatHighlight =
      before?.line.seq === seq
        ? { ...before, endsAt: now + durationMs }
        : { id: newId(), line, startedAt: now, endsAt: now + durationMs }
    this.#setHighlight(highlight)
    return { id: highlight.id, endsAt: highlight.endsAt }
  }

  async #readLine(seq: number): Promise<ChatLine> {
    const [event] = await this.#options.store.eventsAfter(seq - 1, 1)
    const isMessage = event?.seq === seq && event.type === 'twitch.channel.chat.message' && isChatEvent(event)
    const message = isMessage ? (event as unknown as ChatEvent) : null
    const line =
      message?.type === 'twitch.channel.chat.message'
        ? lineOf(message.payload, message.seq, message.at, this.#options.words)
        : null
    if (line) return line
    throw new CommandError('not_found', `event ${seq} is no message of this chat; choose a chat message`, {
      path: 'seq',
    })
  }

  #setHighlight(highlight: ChatHighlight | null): void {
    this.#state.update((draft) => {
      draft.highlight = highlight
    })
    const { clock } = this.#options
    this.#highlightEnd.set(
      highlight
        ? clock.setTimeout(() => this.#setHighlight(null), Math.max(0, highlight.endsAt - clock.now()))
        : undefined,
    )
  }
}

function isChatEvent(event: { type: string; payload: unknown }): event is ChatEvent {
  const type = CHAT_TYPES.find((known) => known === event.type)
  return type !== undefined && eventSchemas[type].safeParse(event.payload).success
}
