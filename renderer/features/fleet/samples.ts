/**
 * What the machines use: the last ten minutes of each, kept in plain memory, told only to those who look. Joined for as
 * long as its owner lives. A thousand machines cost what a thousand short lists do, and draw nothing.
 */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import type { FleetSample, FleetSamples } from '../../../contracts/state/fleet.ts'
import { useDashboard } from '../../state/dashboard.tsx'

const SAMPLES_TOPIC = 'samples:fleet'
export const SPAN_MS = 10 * 60_000
/** Finer than this no curve of a few hundred pixels shows. */
const STEP_MS = 2000

/** One moment of a machine's curves. */
export interface Point {
  /** ms epoch by the hub's clock. */
  at: number
  cpu: number | null
  memory: number | null
  /** Bytes per second, both ways together. */
  net: number | null
  temperature: number | null
}

export interface Samples {
  /** Oldest first. */
  points(machine: string): readonly Point[]
  /** The newest; undefined while none has come. */
  last(machine: string): FleetSample | undefined
  /** Somebody looks at it: its last ten minutes are asked for, once for each time that the hub is there. Reactive. */
  look(machine: string): void
}

interface Held {
  points: Point[]
  last: FleetSample | undefined
  changed: Accessor<number>
  tell: () => void
}

export function createSamples(): Samples {
  const { hub, online } = useDashboard()
  const machines = new Map<string, Held>()
  const held = (machine: string): Held => {
    const known = machines.get(machine)
    if (known) return known
    const [changed, setChanged] = createSignal(0)
    const made: Held = { points: [], last: undefined, changed, tell: () => setChanged((count) => count + 1) }
    machines.set(machine, made)
    return made
  }
  const take = (machine: string, sample: FleetSample) => {
    const mine = held(machine)
    if (mine.last && sample.at < mine.last.at) return
    mine.last = sample
    add(mine.points, pointOf(sample))
    mine.tell()
  }
  const subscription = hub.signal(SAMPLES_TOPIC, (event, payload) => {
    if (event !== 'samples') return
    for (const [machine, sample] of Object.entries((payload as FleetSamples).machines)) take(machine, sample)
  })
  onCleanup(() => subscription.dispose())
  const abort = new AbortController()
  onCleanup(() => abort.abort())
  /** Whose history was asked for since the link is up. */
  const begun = new Set<string>()
  createEffect(() => online() || begun.clear())
  const readHistory = async (machine: string) => {
    try {
      const history = await hub.fleetSamples(machine, abort.signal)
      const samples = history.machines[machine] ?? []
      const mine = held(machine)
      mine.points = withHistory(samples.map(pointOf), mine.points)
      mine.last ??= samples.at(-1)
      mine.tell()
    } catch {
      // The curve begins now instead of ten minutes ago.
    }
  }
  const read = (machine: string): Held => {
    const mine = held(machine)
    mine.changed()
    return mine
  }
  return {
    points: (machine) => read(machine).points,
    last: (machine) => read(machine).last,
    look(machine) {
      if (!online() || begun.has(machine)) return
      begun.add(machine)
      void readHistory(machine)
    },
  }
}

function pointOf({ at, machine: { cpu, memory, net, temperature } }: FleetSample): Point {
  return { at, cpu, memory, net: net && net.rx + net.tx, temperature }
}

/** The newest always stands; of those close together the former goes. */
function add(points: Point[], point: Point): void {
  const [before, last] = points.slice(-2)
  if (before && last && last.at - before.at < STEP_MS) points.pop()
  points.push(point)
  let old = 0
  while ((points[old]?.at ?? point.at) < point.at - SPAN_MS) old += 1
  if (old > 0) points.splice(0, old)
}

function withHistory(history: readonly Point[], live: readonly Point[]): Point[] {
  const first = live[0]?.at ?? Number.POSITIVE_INFINITY
  const points: Point[] = []
  for (const point of [...history.filter(({ at }) => at < first), ...live]) add(points, point)
  return points
}
