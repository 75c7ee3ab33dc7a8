/**
 * What was asked of processes, and how it went: kept beside the page's rows, for a row may be out of sight when its answer
 * comes. What is dangerous is asked about first.
 */
import { type Accessor, createSignal } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'
import { useDashboard } from '../../state/dashboard.tsx'

export type Verb = 'start' | 'stop' | 'restart'

interface Ask {
  verb: Verb
  /** `slow`: nobody answered in time; it may be done all the same. */
  status: 'pending' | 'refused' | 'slow'
  /** Why it was refused, in the machine's own words. */
  words: string
}

/** What is to be done to which, with the names for the question. */
export interface Wish {
  verb: Verb
  machine: FleetMachine
  process: FleetProcess
}

export interface Asks {
  of(machine: string, process: string): Ask | undefined
  /** Starts at once; stops and restarts only after `confirm`. */
  want(wish: Wish): void
  /** What waits for a yes. */
  wish: Accessor<Wish | null>
  confirm(wish: Wish): void
  /** Takes the question, or what was refused, away. */
  cancel(): void
  dismiss(machine: string, process: string): void
}

export function createAsks(): Asks {
  const { hub } = useDashboard()
  const [asks, setAsks] = createStore<Record<string, Ask | undefined>>({})
  const [wish, setWish] = createSignal<Wish | null>(null)
  const run = async ({ verb, machine, process }: Wish) => {
    const key = keyOf(machine.id, process.id)
    if (asks[key]?.status === 'pending') return
    setAsks(key, { verb, status: 'pending', words: '' })
    const args = { machine: machine.name, process: process.id }
    const answer = await hub.command(`agent.process.${verb}`, args)
    if (answer.status === 'committed') setAsks(key, undefined)
    else {
      const { code, message } = answer.error
      setAsks(key, { verb, status: code === 'timeout' ? 'slow' : 'refused', words: sentence(message) })
    }
  }
  return {
    of: (machine, process) => asks[keyOf(machine, process)],
    wish,
    want(next) {
      if (next.verb === 'start') void run(next)
      else setWish(next)
    },
    confirm(wanted) {
      setWish(null)
      void run(wanted)
    },
    cancel: () => void setWish(null),
    dismiss: (machine, process) => setAsks(keyOf(machine, process), undefined),
  }
}

function keyOf(machine: string, process: string): string {
  return JSON.stringify([machine, process])
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1)
}
