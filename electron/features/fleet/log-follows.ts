/**
 * What processes print, for those who watch: one follow at the agent however many they are, asked for when the first
 * comes and given back when the last has left. A follow ends with its link and is taken up again on the next.
 */
import { z } from 'zod'
import type { Disposable } from '../../../base/lifecycle.ts'
import type { AgentLogLines, LogLine } from '../../../contracts/fleet.ts'
import { AGENT_LOGS_TOPIC_PREFIX } from '../../../contracts/topics.ts'
import type { Channels, Guest } from '../../kernel/channels/channels.ts'
import type { Agent } from './agent.ts'
import type { Answer } from './agent-orders.ts'
import type { LogFrame } from './frames.ts'
import { toLogLine } from './machine-commands.ts'
import type { Machines } from './machines.ts'

/** Lines that one who comes is shown at first; and their characters at most. */
const TAIL_LINES = 200
const TAIL_LENGTH = 256 * 1024
const FOLLOW_TIMEOUT_MS = 10_000

const followSchema = z.object({ follow: z.string() })

interface Follow {
  readonly topic: string
  readonly agent: Agent
  readonly process: string
  readonly guests: Set<Guest>
  /** As the agent calls it; null while it is asked for, and while the machine is away. */
  id: string | null
  /** The newest lines; null before the first have come. */
  tail: LogLine[] | null
  /** What comes next begins with lines that may have been shown before. */
  overlaps: boolean
}

export class LogFollows implements Disposable {
  readonly #machines: Machines<Agent>
  readonly #follows = new Map<string, Follow>()
  readonly #presence: Disposable

  constructor(channels: Pick<Channels, 'presence'>, machines: Machines<Agent>) {
    this.#machines = machines
    this.#presence = channels.presence({
      topic: `${AGENT_LOGS_TOPIC_PREFIX}*`,
      // What programs print may hold secrets: for those who may also run them.
      scopes: ['fleet'],
      onJoin: (guest) => this.#join(guest),
      onLeave: (guest) => this.#leave(guest),
    })
  }

  take(agent: Agent, { follow: id, lines: tuples, dropped }: LogFrame): void {
    for (const follow of this.#of(agent)) {
      if (follow.id === id) this.#show(follow, tuples.map(toLogLine), dropped)
    }
  }

  connected(agent: Agent): void {
    for (const follow of this.#of(agent)) this.#open(follow)
  }

  disconnected(agent: Agent): void {
    for (const follow of this.#of(agent)) {
      follow.id = null
      follow.overlaps = follow.tail !== null
    }
  }

  /** The machine is not one of ours any more. */
  forget(agent: Agent): void {
    for (const follow of this.#of(agent)) this.#end(follow, `"${agent.name}" was unpaired`)
  }

  dispose(): void {
    this.#presence.dispose()
  }

  #of(agent: Agent): Follow[] {
    if (this.#follows.size === 0) return []
    return [...this.#follows.values()].filter((follow) => follow.agent === agent)
  }

  /** Throws a `CommandError` where there is nothing to follow. */
  #join(guest: Guest): void {
    const known = this.#follows.get(guest.topic)
    const follow = known ?? this.#newFollow(guest.topic)
    follow.guests.add(guest)
    if (!known) this.#open(follow)
    else if (follow.tail) guest.push('lines', { lines: follow.tail, dropped: 0 } satisfies AgentLogLines)
  }

  #newFollow(topic: string): Follow {
    const [agentId = '', ...rest] = topic.slice(AGENT_LOGS_TOPIC_PREFIX.length).split(':')
    const agent = this.#machines.machine(agentId)
    const process = this.#machines.process(agentId, rest.join(':')).id
    const follow: Follow = { topic, agent, process, guests: new Set(), id: null, tail: null, overlaps: false }
    this.#follows.set(topic, follow)
    return follow
  }

  #leave(guest: Guest): void {
    const follow = this.#follows.get(guest.topic)
    if (!follow?.guests.delete(guest) || follow.guests.size > 0) return
    this.#follows.delete(follow.topic)
    if (follow.id !== null) this.#giveBack(follow.agent, follow.id)
  }

  #open(follow: Follow): void {
    const args = { process: follow.process, lines: TAIL_LINES }
    const order = { name: 'logs.follow', args, timeoutMs: FOLLOW_TIMEOUT_MS, repeats: false }
    follow.agent.give(order, (answer) => this.#opened(follow, answer))
  }

  #opened(follow: Follow, answer: Answer): void {
    const { agent } = follow
    const parsed = answer.ok ? followSchema.safeParse(answer.value) : null
    const id = parsed?.data?.follow
    if (this.#follows.get(follow.topic) !== follow) {
      if (id !== undefined) this.#giveBack(agent, id)
    } else if (id !== undefined) follow.id = id
    // One that is away is asked again when it is back.
    else if (agent.isConnected) {
      this.#end(
        follow,
        answer.ok ? `"${agent.name}" can't be followed: its answer can't be read` : answer.error.message,
      )
    }
  }

  #giveBack(agent: Agent, id: string): void {
    const order = { name: 'logs.unfollow', args: { follow: id }, timeoutMs: FOLLOW_TIMEOUT_MS, repeats: false }
    // Whatever it answers: what comes of it is not shown to anybody.
    agent.give(order, () => {})
  }

  #end(follow: Follow, reason: string): void {
    this.#follows.delete(follow.topic)
    for (const guest of follow.guests) guest.push('gone', { reason })
  }

  #show(follow: Follow, told: LogLine[], dropped: number): void {
    const lines = follow.overlaps ? newOnes(told, follow.tail?.at(-1)?.number ?? 0) : told
    const isFirst = follow.tail === null
    follow.overlaps = false
    follow.tail = newest([...(follow.tail ?? []), ...lines])
    if (lines.length === 0 && dropped === 0 && !isFirst) return
    const payload: AgentLogLines = { lines, dropped }
    for (const guest of follow.guests) guest.push('lines', payload)
  }
}

/** Numbers that begin anew are those of another life of the log: then all are new. */
function newOnes(lines: LogLine[], last: number): LogLine[] {
  return (lines.at(-1)?.number ?? 0) < last ? lines : lines.filter(({ number }) => number > last)
}

function newest(lines: LogLine[]): LogLine[] {
  let [from, length] = [lines.length, 0]
  while (from > 0 && lines.length - from < TAIL_LINES) {
    length += lines[from - 1]?.text.length ?? 0
    if (length > TAIL_LENGTH) break
    from -= 1
  }
  return lines.slice(from)
}
