/**
 * The simulator: publishes events as if they had happened, through the same bus as the real ones, marked by their source.
 * One event, a burst, or the demo broadcast; one run at a time. Touches neither Twitch nor OBS.
 */

import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import type { SimulatorState } from '../../../contracts/state/simulator.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type Commands } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import { DEMO_DURATION_MS, demoScript } from './demo.ts'
import { createMaker } from './maker.ts'
import { overridePayload } from './overrides.ts'
import { isSimulatedType, makePayload, type SimulatedType, simulatedTypes } from './payloads.ts'
import { burstScript, listScript, type Script, type ScriptEvent } from './script.ts'

export interface SimulatorOptions {
  bus: Pick<Bus, 'publish'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  log: Pick<Logger, 'error'>
}

const SIMULATOR_SOURCE = 'simulator'

/** Events published at once when a run has fallen behind: bounds what waits for the store. */
const BATCH_MAX = 100
/** How often a page hears how far a run has come. */
const PROGRESS_PERIOD_MS = 250

export function createSimulator(options: SimulatorOptions): Service {
  const onDidChangeHealth = new Emitter<Health>()
  return {
    id: 'simulator',
    health: HEALTHY,
    onDidChangeHealth: onDidChangeHealth.event,
    async run(signal) {
      const session = new SimulatorSession(options)
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
      }
    },
  }
}

type Run = NonNullable<SimulatorState['run']>
type Cause = Pick<CommandContext, 'id' | 'correlationId'>

/** A run under way. */
interface Playing {
  run: Omit<Run, 'done'>
  script: Script
  /** Monotonic ms. */
  began: number
  /** Events published so far. */
  done: number
  /** The command that started it. */
  cause: Cause
}

class SimulatorSession {
  readonly #options: SimulatorOptions
  readonly #owned = new DisposableStore()
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #state: StateHandle<SimulatorState>
  #playing: Playing | null = null
  #toldAt = 0

  constructor(options: SimulatorOptions) {
    this.#options = options
    const { commands, channels } = options
    const types: string[] = [...simulatedTypes]
    this.#state = this.#owned.add(channels.state('state:simulator', { run: null, types }))
    this.#owned.add(commands.handle('simulator.event', (args, context) => this.#event(args, context)))
    this.#owned.add(
      commands.handle('simulator.burst', ({ type, count, perSecond, seed }, context) => {
        const script = burstScript(knownType(type), count, perSecond, seed ?? randomSeed())
        return { runId: this.#start('burst', script, context) }
      }),
    )
    this.#owned.add(
      commands.handle('simulator.demo.start', ({ seed, speed }, context) => {
        const events = demoScript(seed, options.clock.now())
        const script = listScript(events, DEMO_DURATION_MS, speed)
        return { runId: this.#start('demo', script, context), durationMs: script.durationMs }
      }),
    )
    this.#owned.add(
      commands.handle('simulator.stop', () => {
        this.#end()
        return {}
      }),
    )
  }

  dispose(): void {
    this.#playing = null
    this.#owned.dispose()
  }

  async #event(
    args: { type: string; payload: Record<string, unknown>; seed?: number | undefined },
    context: CommandContext,
  ): Promise<{ eventId: string }> {
    const type = knownType(args.type)
    const made = makePayload(type, createMaker(args.seed ?? randomSeed(), this.#options.clock.now()))
    const { id } = await this.#publish(type, overridePayload(type, made, args.payload), context)
    return { eventId: id }
  }

  #publish(type: SimulatedType, payload: EventPayload<SimulatedType>, { id, correlationId }: Cause) {
    // Type and payload come from one maker; the union can't be told from its parts.
    const draft = { type, payload } as { type: 'twitch.channel.follow'; payload: EventPayload<'twitch.channel.follow'> }
    return this.#options.bus.publish({ ...draft, source: SIMULATOR_SOURCE, causedBy: { id, correlationId } })
  }

  #start(kind: Run['kind'], script: Script, { id, correlationId }: CommandContext): string {
    if (this.#playing) {
      throw new CommandError('conflict', `a ${this.#playing.run.kind} is running; stop it first with "simulator.stop"`)
    }
    const { clock } = this.#options
    const run = { runId: newId(), kind, startedAt: clock.now(), durationMs: script.durationMs, total: script.total }
    const playing = { run, script, began: clock.monotonic(), done: 0, cause: { id, correlationId } }
    this.#playing = playing
    this.#tell()
    this.#pumpAfter(playing, 0)
    return run.runId
  }

  #pumpAfter(playing: Playing, delayMs: number): void {
    const pump = () => {
      this.#pump(playing).catch((error) => {
        this.#options.log.error({ err: error, runId: playing.run.runId }, 'a simulated run ended: an event was refused')
        if (this.#playing === playing) this.#end()
      })
    }
    this.#timer.set(this.#options.clock.setTimeout(pump, delayMs))
  }

  /** Publishes what is due, then sleeps until the next is. Waits for the store, so that nothing piles up. */
  async #pump(playing: Playing): Promise<void> {
    const { clock } = this.#options
    const { script, began, cause } = playing
    while (this.#playing === playing) {
      if (playing.done >= script.total) {
        this.#end()
        return
      }
      const waitMs = began + script.atMs(playing.done) - clock.monotonic()
      if (waitMs > 0) {
        this.#pumpAfter(playing, Math.ceil(waitMs))
        return
      }
      const due = this.#due(playing)
      await Promise.all(due.map(({ type, payload }) => this.#publish(type, payload, cause)))
      playing.done += due.length
      if (clock.monotonic() - this.#toldAt >= PROGRESS_PERIOD_MS) this.#tell()
    }
  }

  #due({ script, began, done }: Playing): ScriptEvent[] {
    const { clock } = this.#options
    const elapsed = clock.monotonic() - began
    const due: ScriptEvent[] = []
    for (let index = done; index < script.total && due.length < BATCH_MAX; index++) {
      if (script.atMs(index) > elapsed) break
      due.push(script.event(index, clock.now()))
    }
    return due
  }

  #end(): void {
    this.#timer.set(undefined)
    this.#playing = null
    this.#tell()
  }

  #tell(): void {
    this.#toldAt = this.#options.clock.monotonic()
    this.#state.update((draft) => {
      draft.run = this.#playing && { ...this.#playing.run, done: this.#playing.done }
    })
  }
}

function knownType(type: string): SimulatedType {
  if (isSimulatedType(type)) return type
  throw new CommandError('invalid_args', `"${type}" can't be simulated; the topic state:simulator lists what can`, {
    path: 'type',
  })
}

/** Any seed will do: it is not told, and nobody repeats it. */
function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32)
}
