/** What a process prints, live, and further back when asked: joined for as long as its owner lives. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'
import type { AgentLogLines, LogLine } from '../../../contracts/fleet.ts'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'
import { AGENT_LOGS_TOPIC_PREFIX } from '../../../contracts/topics.ts'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { type HeldLines, NO_LINES, withNewer, withOlder } from './log-lines.ts'

const PAGE_LINES = 200

export interface Log {
  lines: Accessor<readonly LogLine[]>
  /** Newer ones that came while somebody read further up. */
  waiting: Accessor<number>
  /** The newest line stays in sight. */
  isFollowing: Accessor<boolean>
  hasOlder: Accessor<boolean>
  isLoading: Accessor<boolean>
  /** Nothing was told yet. */
  isNew: Accessor<boolean>
  problem: Accessor<string | null>
  /** Nothing more will come, and why. */
  gone: Accessor<string | null>
  /** Somebody has scrolled up, or down to the end again. */
  follow(isFollowing: boolean): void
  older(): Promise<void>
  /** Asks anew for what is no longer told. */
  again(): void
  /** Back to the newest line. */
  toNewest(): Promise<void>
}

export function createLog(machine: () => FleetMachine, process: () => FleetProcess): Log {
  const { hub } = useDashboard()
  const command = createCommand()
  const [held, setHeld] = createSignal<HeldLines>(NO_LINES)
  const [isFollowing, setFollowing] = createSignal(true)
  const [unseen, setUnseen] = createSignal(0)
  const [isNew, setNew] = createSignal(true)
  const [gone, setGone] = createSignal<string | null>(null)
  /** The oldest there is, once it is known. */
  const [oldest, setOldest] = createSignal<number | null>(null)
  const topic = `${AGENT_LOGS_TOPIC_PREFIX}${machine().id}:${process().id}`
  const listen = () =>
    hub.signal(topic, (event, payload) => {
      if (event === 'lines') take(payload as AgentLogLines)
      if (event === 'gone') setGone((payload as { reason?: string }).reason ?? 'its machine is away')
    })
  const take = ({ lines, dropped }: AgentLogLines) => {
    const before = held()
    const next = withNewer(before, lines, dropped, isFollowing())
    setNew(false)
    setGone(null)
    setHeld(next)
    if (!isFollowing()) setUnseen(unseen() + Math.max(0, next.lines.length - before.lines.length))
  }
  let subscription = listen()
  onCleanup(() => subscription.dispose())

  const read = (before?: number) => {
    const args = { machine: machine().name, process: process().id, lines: PAGE_LINES }
    return command.run('agent.logs', before === undefined ? args : { ...args, before })
  }
  return {
    lines: () => held().lines,
    waiting: () => held().missed + unseen(),
    isFollowing,
    isNew,
    gone,
    isLoading: () => command.pending() !== null,
    problem: command.problem,
    hasOlder: () => {
      const first = held().lines[0]
      return first !== undefined && first.number > (oldest() ?? 1)
    },
    follow(next) {
      setFollowing(next)
      if (next) setUnseen(0)
    },
    again() {
      subscription.dispose()
      setGone(null)
      subscription = listen()
    },
    async older() {
      const first = held().lines[0]
      if (!first || command.pending()) return
      const answer = await read(Math.floor(first.number))
      if (!answer) return
      setOldest(answer.lines.length === 0 ? first.number : answer.first)
      setHeld(withOlder(held(), answer.lines))
    },
    async toNewest() {
      if (held().missed > 0) {
        const answer = await read()
        if (!answer) return
        setHeld(withNewer(NO_LINES, answer.lines, 0, true))
      }
      setUnseen(0)
      setFollowing(true)
    },
  }
}
