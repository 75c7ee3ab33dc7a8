/**
 * The vote on stream: one of Twitch, which comes by its events, or one of the chat, which is counted here. Owns `state:poll`
 * and its tables. A vote is on disk together with the event's number, so that after a crash each viewer has voted once. What
 * the simulator makes up never counts in a vote of the chat; a poll of Twitch that it plays is shown and not kept.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { EventEnvelope } from '../../../contracts/events.ts'
import type { Poll, PollState } from '../../../contracts/state/poll.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands, throwUnsaved } from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'
import { POLLED, type PolledEvent, twitchPoll, voteIn } from './votes.ts'

export interface PollOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'onEvent'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
}

export const pollMigrations: readonly Migration[] = [
  {
    id: 'poll/1',
    sql: `
      CREATE TABLE poll_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE poll_votes (user_id TEXT PRIMARY KEY, choice INTEGER NOT NULL) STRICT;
    `,
  },
]

const values = new ValueTable<'poll' | 'cursor'>('poll_values')

/** Who votes later is not counted: no chat that one person talks to is as large. */
const MOST_VOTERS = 100_000
const HEARD_TYPES: ReadonlySet<string> = new Set([...POLLED, 'simulator.demo.ended'])

const pollSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.enum(['twitch', 'chat']),
    choices: z.array(z.object({ title: z.string(), votes: z.number() })),
    startedAt: z.number(),
    endsAt: z.number(),
  })
  .nullable()

export function createPoll(options: PollOptions): Service {
  const health: Health = HEALTHY
  return {
    id: 'poll',
    health,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const { store } = options
      const read = await values.load(store)
      const votes = await store.all<{ user_id: string; choice: number }>('SELECT user_id, choice FROM poll_votes')
      const session = new PollSession(options, read('poll', pollSchema) ?? null, votes)
      await session.run(signal, read('cursor', z.number()) ?? null)
    },
  }
}

class PollSession {
  readonly #options: PollOptions
  readonly #owned = new DisposableStore()
  readonly #line: EventLine
  readonly #state: StateHandle<PollState>
  #poll: Poll | null
  /** Played by the simulator; in front of the true one, kept nowhere. */
  #madeUp: Poll | null = null
  #votes: Map<string, number>

  constructor(options: PollOptions, poll: Poll | null, votes: readonly { user_id: string; choice: number }[]) {
    this.#options = options
    this.#poll = poll
    this.#votes = new Map(votes.map(({ user_id, choice }) => [user_id, choice]))
    this.#state = this.#owned.add(options.channels.state('state:poll', { poll }))
    const { store, bus, clock } = options
    const wants = (type: string) => HEARD_TYPES.has(type)
    this.#line = this.#owned.add(
      new EventLine({ store, bus, clock, wants, take: (events, cursor) => this.#take(events, cursor) }),
    )
  }

  async run(signal: AbortSignal, cursor: number | null): Promise<void> {
    const { commands } = this.#options
    try {
      this.#owned.add(commands.handle('poll.start', (args) => this.#line.run(() => this.#start(args))))
      this.#owned.add(commands.handle('poll.end', () => this.#line.run(() => this.#end())))
      this.#owned.add(commands.handle('poll.clear', () => this.#line.run(() => this.#clear())))
      const caughtUp = this.#line.start(cursor)
      await Promise.race([caughtUp, this.#line.broken])
      await Promise.race([untilAborted(signal), this.#line.broken])
      await this.#line.end()
    } finally {
      this.#owned.dispose()
    }
  }

  async #start({ title, choices, durationMs }: ParsedCommandArgs<'poll.start'>): Promise<{ id: string }> {
    const now = this.#options.clock.now()
    if (this.#isOpen(this.#poll)) {
      throw new CommandError('conflict', `“${this.#poll.title}” is being voted on; end it first`)
    }
    const id = newId()
    const empty = choices.map((words) => ({ title: words, votes: 0 }))
    const poll: Poll = { id, title, source: 'chat', choices: empty, startedAt: now, endsAt: now + durationMs }
    await this.#write([{ sql: 'DELETE FROM poll_votes' }, values.put('poll', poll)])
    this.#votes = new Map()
    this.#show(poll)
    return { id }
  }

  async #end(): Promise<Record<string, never>> {
    const now = this.#options.clock.now()
    const poll = this.#poll
    if (poll?.source !== 'chat' || poll.endsAt <= now) {
      throw new CommandError('conflict', 'no vote of the chat is going on; a poll of Twitch is ended on Twitch')
    }
    const ended = { ...poll, endsAt: now }
    await this.#write([values.put('poll', ended)])
    this.#show(ended)
    return {}
  }

  async #clear(): Promise<Record<string, never>> {
    await this.#write([{ sql: 'DELETE FROM poll_votes' }, values.put('poll', null)])
    this.#votes = new Map()
    this.#madeUp = null
    this.#show(null)
    return {}
  }

  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    const changed = new Map<string, number>()
    let poll = this.#poll
    for (const event of events as readonly ((PolledEvent | EventEnvelope<'simulator.demo.ended'>) & StoredEvent)[]) {
      if (event.type === 'simulator.demo.ended') {
        this.#madeUp = null
        continue
      }
      const twitchs = twitchPoll(event)
      if (event.source === 'simulator') this.#play(twitchs, poll)
      else if (twitchs) poll = twitchs
      else if (poll?.source === 'chat') vote(event, poll, this.#votes, changed)
    }
    const isVoted = changed.size > 0 && poll?.source === 'chat'
    const before = this.#votes
    const votes = isVoted ? new Map([...before, ...changed]) : before
    if (isVoted && poll) poll = { ...poll, choices: counted(poll, votes) }
    await this.#write([
      values.put('cursor', cursor),
      ...(poll === this.#poll ? [] : [values.put('poll', poll)]),
      ...(isVoted ? [...changed].map(([user, choice]) => keepVote(user, choice)) : []),
    ])
    this.#votes = votes
    this.#show(poll)
  }

  /** Never over a true one that goes on, and never again after a restart. */
  #play(madeUp: Poll | null, truth: Poll | null): void {
    if (madeUp && !this.#isOpen(truth) && !this.#line.isCatchingUp) this.#madeUp = madeUp
  }

  #show(poll: Poll | null): void {
    this.#poll = poll
    if (this.#isOpen(poll)) this.#madeUp = null
    this.#state.update((draft) => {
      draft.poll = this.#madeUp ?? poll
    })
  }

  #isOpen(poll: Poll | null): poll is Poll {
    return poll !== null && poll.endsAt > this.#options.clock.now()
  }

  async #write(statements: readonly Statement[]): Promise<void> {
    await this.#options.store.run(statements).catch(throwUnsaved)
  }
}

/** Who wrote in time, and not in the chat of another channel. */
function vote(event: PolledEvent, poll: Poll, before: ReadonlyMap<string, number>, into: Map<string, number>): void {
  if (event.type !== 'twitch.channel.chat.message') return
  const { message, user_id, source_broadcaster_user_id: from, broadcaster_user_id: own } = event.payload
  if (event.at < poll.startedAt || event.at > poll.endsAt || (from !== null && from !== own)) return
  const choice = voteIn(message, poll.choices.length)
  if (choice === null || (into.get(user_id) ?? before.get(user_id)) === choice) return
  if (!before.has(user_id) && before.size + into.size >= MOST_VOTERS) return
  into.set(user_id, choice)
}

function counted({ choices }: Poll, votes: ReadonlyMap<string, number>): Poll['choices'] {
  const counts = choices.map(() => 0)
  for (const choice of votes.values()) counts[choice] = (counts[choice] ?? 0) + 1
  return choices.map(({ title }, at) => ({ title, votes: counts[at] ?? 0 }))
}

function keepVote(user: string, choice: number): Statement {
  return { sql: 'REPLACE INTO poll_votes (user_id, choice) VALUES (?, ?)', params: [user, choice] }
}
