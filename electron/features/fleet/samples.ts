/**
 * What the machines use: told to who watches about once a second, and remembered for ten minutes. Never in any state. Kept
 * as the text that is answered, since that is all that is ever done with it.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { FleetSample, FleetSamples } from '../../../contracts/state/fleet.ts'
import type { Channels, SignalHandle } from '../../kernel/channels/channels.ts'
import { HttpAnswer, type Routes } from '../../kernel/http/routes.ts'

export const SAMPLES_TOPIC = 'samples:fleet'
export const HISTORY_MS = 10 * 60_000
/** Between two of one machine's, ms. */
const IDLE_MS = 5000
const WATCHED_MS = 1000
/** With so many machines that every second would be a burden, this often, and the history no finer than while idle. */
const MANY = 100
const WATCHED_MANY_MS = 2000
const PUSH_MS = 1000
/** Of one machine's history, characters: one of many processes is remembered for a shorter time. */
const MAX_HISTORY = 1024 * 1024
/** Samples are a little early or late. */
const EARLY_MS = 400

const sampleSchema = z.object({
  at: z.number(),
  machine: z.object({
    cpu: z.number().nullable(),
    memory: z.number().nullable(),
    disks: z.array(z.object({ path: z.string(), used: z.number(), total: z.number() })),
    net: z.object({ rx: z.number(), tx: z.number() }).nullable(),
    temperature: z.number().nullable(),
  }),
  processes: z.record(z.string(), z.object({ cpu: z.number(), memory: z.number() })),
})
const historySchema = z.object({ machines: z.record(z.string(), z.array(sampleSchema)) })

interface SampledMachine {
  readonly id: string
  readonly latest: FleetSample | null
  setPace(sampleMs: number): void
}

export interface SamplesOptions {
  clock: Clock
  channels: Pick<Channels, 'signal'>
  routes: Routes
  machines(): Iterable<SampledMachine>
}

interface History {
  readonly ats: number[]
  readonly texts: string[]
  length: number
}

export class Samples implements Disposable {
  readonly #options: SamplesOptions
  readonly #owned = new DisposableStore()
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #signal: SignalHandle
  readonly #histories = new Map<string, History>()
  /** Since the last push. */
  #fresh: Record<string, FleetSample> = {}
  #sampleMs = IDLE_MS

  constructor(options: SamplesOptions) {
    this.#options = options
    const { channels, routes } = options
    const scopes = ['read', 'fleet'] as const
    const onWatched = (watched: boolean) => this.#watch(watched)
    this.#signal = this.#owned.add(channels.signal({ topic: SAMPLES_TOPIC, scopes, onWatched }))
    this.#owned.add(
      routes.add({
        method: 'GET',
        path: '/api/fleet/samples',
        scope: 'read',
        summary: 'What the other machines used in the last ten minutes',
        query: z.object({ machine: z.string().optional() }),
        response: historySchema,
        handle: ({ query: { machine } }) =>
          new HttpAnswer(200, this.#text(machine), { 'content-type': 'application/json' }),
      }),
    )
  }

  /** How often a machine that connects now is to tell, ms. */
  get sampleMs(): number {
    return this.#sampleMs
  }

  take(id: string, sample: FleetSample): void {
    if (this.#sampleMs !== IDLE_MS) this.#fresh[id] = sample
    this.#remember(id, sample)
  }

  /** The machine is not one of ours any more. */
  forget(id: string): void {
    this.#histories.delete(id)
    delete this.#fresh[id]
  }

  dispose(): void {
    this.#owned.dispose()
  }

  #remember(id: string, sample: FleetSample): void {
    let history = this.#histories.get(id)
    if (!history) {
      history = { ats: [], texts: [], length: 0 }
      this.#histories.set(id, history)
    }
    const { ats, texts } = history
    const newest = ats.at(-1)
    const stepMs = this.#histories.size > MANY ? IDLE_MS : WATCHED_MS
    if (newest !== undefined && sample.at >= newest && sample.at - newest < stepMs - EARLY_MS) return
    const text = JSON.stringify(sample)
    ats.push(sample.at)
    texts.push(text)
    history.length += text.length
    while (isOld(ats[0], sample.at) || history.length > MAX_HISTORY) {
      ats.shift()
      history.length -= texts.shift()?.length ?? 0
    }
  }

  #text(machine: string | undefined): string {
    const now = this.#options.clock.now()
    const chosen = [...this.#histories].filter(([id]) => machine === undefined || id === machine)
    const machines = chosen.map(([id, { ats, texts }]) => {
      const first = ats.findIndex((at) => !isOld(at, now))
      return `${JSON.stringify(id)}:[${first === -1 ? '' : texts.slice(first).join(',')}]`
    })
    return `{"machines":{${machines.join(',')}}}`
  }

  #watch(watched: boolean): void {
    const machines = [...this.#options.machines()]
    if (watched) this.#sampleMs = machines.length > MANY ? WATCHED_MANY_MS : WATCHED_MS
    else this.#sampleMs = IDLE_MS
    for (const machine of machines) machine.setPace(this.#sampleMs)
    this.#fresh = {}
    if (watched) for (const { id, latest } of machines) if (latest) this.#fresh[id] = latest
    this.#timer.set(watched ? this.#options.clock.setInterval(() => this.#push(), PUSH_MS) : undefined)
  }

  #push(): void {
    const machines = this.#fresh
    // Not even a look at the keys where there are none.
    for (const _ in machines) {
      this.#fresh = {}
      const samples: FleetSamples = { machines }
      this.#signal.push('samples', samples)
      return
    }
  }
}

function isOld(at: number | undefined, now: number): boolean {
  return at !== undefined && now - at > HISTORY_MS
}
