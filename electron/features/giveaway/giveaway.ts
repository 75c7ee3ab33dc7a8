/**
 * The giveaway on stream: viewers come in by a word in chat, and chance draws one of them. Owns `state:giveaway` and its
 * tables. An entry is on disk together with the event's number, so that after a crash nobody is in it twice or missing; a
 * winner is an event of its own, which can be looked up later. Chance is the system's own (`crypto`), not a formula's. The
 * demo has a giveaway of its own in memory, in front of the true one unless that is open, and gone with it.
 */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandResult, ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { Giveaway, GiveawayState } from '../../../contracts/state/giveaway.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import {
  type CommandContext,
  CommandError,
  type Commands,
  SIMULATOR_ACTOR,
  throwUnsaved,
} from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'

export interface GiveawayOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'onEvent' | 'publish'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  /** A whole number from 0 to below `max`, each as likely; the system's own chance unless given. */
  chance?: (max: number) => number
}

export const giveawayMigrations: readonly Migration[] = [
  {
    id: 'giveaway/1',
    sql: `
      CREATE TABLE giveaway_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE giveaway_entries (user_id TEXT PRIMARY KEY, user_login TEXT NOT NULL, user_name TEXT NOT NULL) STRICT;
    `,
  },
]

const values = new ValueTable<'giveaway' | 'cursor'>('giveaway_values')

/** Who comes later is told nothing and is not in it: no chat that one person talks to is as large. */
const MOST_ENTRIES = 100_000
const CHAT = 'twitch.channel.chat.message'
const HEARD_TYPES: ReadonlySet<string> = new Set([CHAT, 'simulator.demo.ended'])

/** As on disk: what the page sees, and what it need not see. */
const keptSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    keyword: z.string(),
    status: z.enum(['open', 'closed']),
    openedAt: z.number(),
    exclude: z.array(z.string()),
    rehearsal: z.boolean(),
    winners: z.array(z.object({ user_id: z.string(), user_name: z.string(), at: z.number() })),
  })
  .nullable()
type Kept = NonNullable<z.output<typeof keptSchema>>

interface Entry {
  user_id: string
  user_login: string
  user_name: string
}
type Entries = Map<string, Entry>

/** The demo's, kept nowhere. */
interface Rehearsed {
  kept: Kept
  readonly entries: Entries
}

export function createGiveaway(options: GiveawayOptions): Service {
  const health: Health = HEALTHY
  return {
    id: 'giveaway',
    health,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const { store } = options
      const read = await values.load(store)
      const entries = await store.all<Entry>('SELECT user_id, user_login, user_name FROM giveaway_entries')
      const session = new GiveawaySession(options, read('giveaway', keptSchema) ?? null, entries)
      await session.run(signal, read('cursor', z.number()) ?? null)
    },
  }
}

class GiveawaySession {
  readonly #options: GiveawayOptions
  readonly #owned = new DisposableStore()
  readonly #line: EventLine
  readonly #state: StateHandle<GiveawayState>
  #kept: Kept | null
  #entries: Entries
  #rehearsed: Rehearsed | null = null

  constructor(options: GiveawayOptions, kept: Kept | null, entries: readonly Entry[]) {
    this.#options = options
    this.#kept = kept
    this.#entries = new Map(entries.map((entry) => [entry.user_id, entry]))
    this.#state = this.#owned.add(options.channels.state('state:giveaway', { giveaway: this.#view() }))
    const { store, bus, clock } = options
    const wants = (type: string) => HEARD_TYPES.has(type)
    this.#line = this.#owned.add(
      new EventLine({ store, bus, clock, wants, take: (events, cursor) => this.#take(events, cursor) }),
    )
  }

  async run(signal: AbortSignal, cursor: number | null): Promise<void> {
    const { commands } = this.#options
    try {
      const isPlay = ({ actor }: CommandContext) => actor === SIMULATOR_ACTOR
      this.#owned.add(
        commands.handle('giveaway.open', (args, by) =>
          this.#line.run(() => (isPlay(by) ? this.#playOpen(args) : this.#open(args))),
        ),
      )
      this.#owned.add(
        commands.handle('giveaway.close', (_, by) =>
          this.#line.run(() => (isPlay(by) ? this.#playClose() : this.#close())),
        ),
      )
      this.#owned.add(
        commands.handle('giveaway.draw', (_, by) =>
          this.#line.run(() => (isPlay(by) ? this.#playDraw() : this.#draw(by))),
        ),
      )
      this.#owned.add(
        commands.handle('giveaway.clear', (_, by) =>
          this.#line.run(() => (isPlay(by) ? this.#playClear() : this.#clear())),
        ),
      )
      const caughtUp = this.#line.start(cursor)
      await Promise.race([caughtUp, this.#line.broken])
      await Promise.race([untilAborted(signal), this.#line.broken])
      await this.#line.end()
    } finally {
      this.#owned.dispose()
    }
  }

  async #open(args: ParsedCommandArgs<'giveaway.open'>): Promise<{ id: string }> {
    if (this.#kept?.status === 'open') {
      throw new CommandError('conflict', `“${this.#kept.title}” is open; close it first`)
    }
    const id = newId()
    const kept: Kept = { id, ...args, status: 'open', openedAt: this.#options.clock.now(), winners: [] }
    await this.#write([{ sql: 'DELETE FROM giveaway_entries' }, values.put('giveaway', kept)])
    this.#entries = new Map()
    this.#show(kept)
    return { id }
  }

  async #close(): Promise<Record<string, never>> {
    const kept: Kept = { ...this.#there(), status: 'closed' }
    await this.#write([values.put('giveaway', kept)])
    this.#show(kept)
    return {}
  }

  /** The event is the draw: what it changes is written with it, or neither is. */
  async #draw(cause: CommandContext): Promise<CommandResult<'giveaway.draw'>> {
    const { bus } = this.#options
    const kept = this.#there()
    const { winner, drawn, entries } = this.#pick(kept, this.#entries)
    const { user_id, user_name } = winner
    const winnerDrawn = bus.publish({
      type: 'giveaway.winner.drawn',
      source: 'landale',
      payload: { giveaway_id: kept.id, title: kept.title, user_id, user_name, entries },
      causedBy: cause,
      alongside: [values.put('giveaway', drawn)],
    })
    await winnerDrawn.catch(throwUnsaved)
    this.#show(drawn)
    return { user_name, entries }
  }

  #pick(kept: Kept, all: Entries): { winner: Entry; drawn: Kept; entries: number } {
    const { clock, chance = randomInt } = this.#options
    const eligible = eligibleOf(kept, all)
    const winner = eligible[eligible.length === 0 ? 0 : chance(eligible.length)]
    if (!winner) {
      const why = all.size === 0 ? 'nobody takes part yet' : 'everybody who takes part has won or is left out'
      throw new CommandError('conflict', `nobody can be drawn: ${why}`)
    }
    const { user_id, user_name } = winner
    const drawn: Kept = { ...kept, winners: [{ user_id, user_name, at: clock.now() }, ...kept.winners] }
    return { winner, drawn, entries: eligible.length }
  }

  async #clear(): Promise<Record<string, never>> {
    await this.#write([{ sql: 'DELETE FROM giveaway_entries' }, values.put('giveaway', null)])
    this.#entries = new Map()
    this.#show(null)
    return {}
  }

  #there(): Kept {
    if (this.#kept) return this.#kept
    throw new CommandError('conflict', 'there is no giveaway; open one first')
  }

  // The demo's

  async #playOpen(args: ParsedCommandArgs<'giveaway.open'>): Promise<{ id: string }> {
    const id = newId()
    const openedAt = this.#options.clock.now()
    this.#play({ kept: { id, ...args, status: 'open', openedAt, winners: [] }, entries: new Map() })
    return { id }
  }

  async #playClose(): Promise<Record<string, never>> {
    const { kept, entries } = this.#played()
    this.#play({ kept: { ...kept, status: 'closed' }, entries })
    return {}
  }

  async #playDraw(): Promise<CommandResult<'giveaway.draw'>> {
    const { kept, entries: all } = this.#played()
    const { winner, drawn, entries } = this.#pick(kept, all)
    this.#play({ kept: drawn, entries: all })
    return { user_name: winner.user_name, entries }
  }

  async #playClear(): Promise<Record<string, never>> {
    this.#play(null)
    return {}
  }

  #played(): Rehearsed {
    if (this.#rehearsed) return this.#rehearsed
    throw new CommandError('conflict', 'the demo has no giveaway now')
  }

  #play(rehearsed: Rehearsed | null): void {
    this.#rehearsed = rehearsed
    this.#show(this.#kept)
  }

  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    const kept = this.#kept
    const came: Entries = new Map()
    for (const event of events) {
      if (event.type === 'simulator.demo.ended') this.#play(null)
      else if (isEntry(event)) this.#enter(event, kept, came)
    }
    await this.#write([values.put('cursor', cursor), ...[...came.values()].map(keepEntry)])
    if (came.size === 0) return
    for (const [id, entry] of came) this.#entries.set(id, entry)
    this.#show(kept)
  }

  #enter(event: EntryEvent, kept: Kept | null, came: Entries): void {
    const isMadeUp = event.source === 'simulator'
    const played = this.#rehearsed
    if (isMadeUp && played && enters(event, played.kept, played.entries)) {
      enter(event.payload, played.entries)
      this.#play(played)
    }
    if (!kept || (isMadeUp && !kept.rehearsal) || this.#entries.size + came.size >= MOST_ENTRIES) return
    if (enters(event, kept, this.#entries)) enter(event.payload, came)
  }

  #show(kept: Kept | null): void {
    this.#kept = kept
    this.#state.update((draft) => {
      draft.giveaway = this.#view()
    })
  }

  #view(): Giveaway | null {
    const isTrue = this.#rehearsed === null || this.#kept?.status === 'open'
    const kept = isTrue ? this.#kept : this.#rehearsed?.kept
    const all = isTrue ? this.#entries : this.#rehearsed?.entries
    if (!kept || !all) return null
    const { id, title, keyword, status, openedAt } = kept
    const winners = kept.winners.map(({ user_name, at }) => ({ user_name, at }))
    return { id, title, keyword, status, entries: all.size, openedAt, winners }
  }

  async #write(statements: readonly Statement[]): Promise<void> {
    await this.#options.store.run(statements).catch(throwUnsaved)
  }
}

/** In a fixed order, so that nothing but chance decides. */
function eligibleOf({ exclude, winners }: Kept, all: Entries): Entry[] {
  const leftOut = new Set(exclude.map((name) => name.toLowerCase()))
  const won = new Set(winners.map(({ user_id }) => user_id))
  const may = ({ user_id, user_login, user_name }: Entry) =>
    !won.has(user_id) && !leftOut.has(user_login.toLowerCase()) && !leftOut.has(user_name.toLowerCase())
  return [...all.values()].filter(may).sort((a, b) => (a.user_id < b.user_id ? -1 : 1))
}

type EntryEvent = StoredEvent<typeof CHAT>

function isEntry(event: StoredEvent): event is EntryEvent {
  return event.type === CHAT
}

function enters({ at, payload }: EntryEvent, { status, keyword, openedAt }: Kept, there: Entries): boolean {
  if (status !== 'open' || at < openedAt) return false
  const { message, user_id, source_broadcaster_user_id: from, broadcaster_user_id: own } = payload
  // In a shared chat other channels' viewers are heard as well.
  if (from !== null && from !== own) return false
  if (there.has(user_id)) return false
  return message.trim().split(/\s+/)[0]?.toLowerCase() === keyword.toLowerCase()
}

function enter({ user_id, user_login, user_name }: EntryEvent['payload'], into: Entries): void {
  into.set(user_id, { user_id, user_login, user_name })
}

function keepEntry({ user_id, user_login, user_name }: Entry): Statement {
  return { sql: 'INSERT OR IGNORE INTO giveaway_entries VALUES (?, ?, ?)', params: [user_id, user_login, user_name] }
}
