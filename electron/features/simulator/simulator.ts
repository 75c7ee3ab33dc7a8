/**
 * The simulator: publishes events as if they had happened, through the same bus as the real ones, marked by their source,
 * by which every feature knows that they are shown and not counted. One event, a burst, the demo broadcast, or a broadcast
 * out of the log; one run at a time, which can be held, moved and sped up. Touches neither Twitch nor OBS.
 */

import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import type { SimulatorState } from '../../../contracts/state/simulator.ts'
import type { Widget } from '../../../contracts/state/widgets.ts'
import type { WidgetKind } from '../../../contracts/widgets.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type Commands, SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import { DEMO_DURATION_MS, demoCommands, demoScript } from './demo.ts'
import { demoChanges, demoSetting, demoWidgets } from './demo-acts.ts'
import { createMaker } from './maker.ts'
import { overridePayload } from './overrides.ts'
import { isSimulatedType, makePayload, type SimulatedType, simulatedTypes } from './payloads.ts'
import { RecordingReel, type RecordingStore } from './recording.ts'
import { listRecordings } from './recordings.ts'
import { BurstReel, ListReel, type Reel, type ReelEvent, type ReelItem } from './reel.ts'
import { EMPTY_STAGE, type Scenery } from './scenery.ts'

export interface SimulatorOptions {
  bus: Pick<Bus, 'publish'>
  store: RecordingStore
  commands: Pick<Commands, 'handle' | 'run'>
  channels: Pick<Channels, 'state'>
  /** Where the demo puts what it shows. */
  scenery: Scenery
  /** Whether the streamer has a widget of this kind on `main`, to be seen. */
  isOnMain: (kind: WidgetKind) => boolean
  clock: Clock
  log: Pick<Logger, 'error'>
}

const SIMULATOR_SOURCE = 'simulator'
const CHAT_MESSAGE: string = 'twitch.channel.chat.message'

/** Events published at once when a run has fallen behind: bounds what waits for the store. */
const BATCH_MAX = 100
/** How often a page hears how far a run has come. */
const PROGRESS_PERIOD_MS = 250
/** A page that looks at a quiet stretch hears at least so often that it goes on, ms. */
const LONGEST_SLEEP_MS = 1000

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

/** A run under way. Positions are ms at the reel's own pace. */
interface Playing {
  run: Pick<Run, 'runId' | 'kind' | 'startedAt' | 'counted'>
  reel: Reel
  speed: number
  paused: boolean
  /** Where it was at `since` (monotonic); while it plays it moves on from there. */
  position: number
  since: number
  /** Events published so far. */
  done: number
  /** The command that started it. */
  cause: Cause
  /** The demo's. */
  widgets: readonly Widget[]
}

class SimulatorSession {
  readonly #options: SimulatorOptions
  readonly #owned = new DisposableStore()
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #state: StateHandle<SimulatorState>
  #playing: Playing | null = null
  /** Rises with every change of what is played or where: whoever waited meanwhile has nothing more to say. */
  #turn = 0
  #toldAt = Number.NEGATIVE_INFINITY
  /** One at a time: a reel is asked by one alone. */
  #pumping: Promise<void> = Promise.resolve()
  /** Of the newest chat message played. */
  #chatSeq = 0

  constructor(options: SimulatorOptions) {
    this.#options = options
    const { commands, channels, store, clock } = options
    const types: string[] = [...simulatedTypes]
    const { scenery } = options
    const rehearsal = this.#owned.add(channels.state('state:rehearsal', { widgets: [], layers: [] }))
    this.#owned.add(
      scenery.onDidChange(({ widgets, layers }) => {
        rehearsal.update((draft) => void Object.assign(draft, { widgets, layers }))
      }),
    )
    this.#state = this.#owned.add(channels.state('state:simulator', { run: null, types }))
    this.#owned.add(commands.handle('simulator.event', (args, context) => this.#event(args, context)))
    this.#owned.add(
      commands.handle('simulator.payload', ({ type, seed }) => {
        return { payload: makePayload(knownType(type), createMaker(seed, clock.now())) }
      }),
    )
    this.#owned.add(
      commands.handle('simulator.burst', (args, context) => {
        return { runId: this.#start('burst', burstOf(args), 1, context) }
      }),
    )
    this.#owned.add(
      commands.handle('simulator.demo.start', ({ seed, speed }, context) => {
        const reel = new ListReel(demoItems(seed, clock.now()), DEMO_DURATION_MS)
        const runId = this.#start('demo', reel, speed, context)
        return { runId, durationMs: Math.round(reel.lengthMs / speed) }
      }),
    )
    this.#owned.add(
      commands.handle('simulator.recordings', async () => ({ recordings: await listRecordings(store, clock.now()) })),
    )
    this.#owned.add(
      commands.handle('simulator.replay', ({ from, to, speed, counted }, context) => {
        // What is published now must not be read again.
        const reel = new RecordingReel(store, { from, to: Math.min(to, clock.now()) })
        if (reel.lengthMs <= 0) throw new CommandError('invalid_args', 'this time is yet to come', { path: 'from' })
        const runId = this.#start('replay', reel, speed, context, counted)
        return { runId, durationMs: Math.round(reel.lengthMs / speed) }
      }),
    )
    this.#owned.add(commands.handle('simulator.pause', () => this.#change({ paused: true })))
    this.#owned.add(commands.handle('simulator.resume', () => this.#change({ paused: false })))
    this.#owned.add(commands.handle('simulator.speed.set', ({ speed }) => this.#change({ speed })))
    this.#owned.add(commands.handle('simulator.seek', ({ positionMs }) => this.#seek(positionMs)))
    this.#owned.add(
      commands.handle('simulator.stop', () => {
        this.#end()
        return {}
      }),
    )
  }

  dispose(): void {
    this.#turn += 1
    this.#playing = null
    this.#options.scenery.set(EMPTY_STAGE)
    this.#owned.dispose()
  }

  async #event(
    args: { type: string; payload: Record<string, unknown>; seed?: number | undefined },
    context: CommandContext,
  ): Promise<{ eventId: string }> {
    const type = knownType(args.type)
    const made = makePayload(type, createMaker(args.seed ?? randomSeed(), this.#options.clock.now()))
    const { id } = await this.#publish({ type, payload: overridePayload(type, made, args.payload) }, context, false)
    return { eventId: id }
  }

  async #perform(item: ReelItem, { run: { counted }, cause, widgets }: Playing): Promise<void> {
    if ('change' in item) {
      this.#options.scenery.set(demoSetting(widgets, item.atMs))
      return
    }
    if (!('command' in item)) {
      const { type, seq } = await this.#publish(item, cause, counted)
      if (type === CHAT_MESSAGE) this.#chatSeq = seq
      return
    }
    const { commands } = this.#options
    const { command } = item
    // Where it can't be done just now, the broadcast goes on without it.
    if (command.name !== 'chat.highlight') await commands.run(command.name, command.args, SIMULATOR_ACTOR)
    else await commands.run(command.name, { seq: this.#chatSeq, ...command.args }, SIMULATOR_ACTOR)
  }

  #publish({ type, payload, source }: Omit<ReelEvent, 'atMs'>, { id, correlationId }: Cause, counted: boolean) {
    // Type and payload come from one maker; the union can't be told from its parts.
    const draft = { type, payload } as { type: 'twitch.channel.follow'; payload: EventPayload<'twitch.channel.follow'> }
    const told = counted && source !== undefined ? source : SIMULATOR_SOURCE
    return this.#options.bus.publish({ ...draft, source: told, causedBy: { id, correlationId } })
  }

  // --- the run ---

  #start(kind: Run['kind'], reel: Reel, speed: number, { id, correlationId }: CommandContext, counted = false): string {
    if (this.#playing) {
      throw new CommandError('conflict', `a ${this.#playing.run.kind} is running; stop it first with "simulator.stop"`)
    }
    const { clock } = this.#options
    const run = { runId: newId(), kind, startedAt: clock.now(), counted }
    const cause = { id, correlationId }
    const widgets = kind === 'demo' ? demoWidgets(this.#options.isOnMain) : []
    this.#playing = { run, reel, speed, paused: false, position: 0, since: clock.monotonic(), done: 0, cause, widgets }
    if (kind === 'demo') this.#announce('simulator.demo.started', this.#playing)
    this.#goOn()
    return run.runId
  }

  #change(change: Partial<Pick<Playing, 'paused' | 'speed'>>): Record<string, never> {
    const playing = this.#running()
    this.#settlePosition(playing)
    Object.assign(playing, change)
    this.#goOn()
    return {}
  }

  #seek(positionMs: number): Record<string, never> {
    const playing = this.#running()
    if (positionMs > playing.reel.lengthMs) {
      const why = `the run has ${playing.reel.lengthMs} ms; choose a place within`
      throw new CommandError('invalid_args', why, { path: 'positionMs' })
    }
    playing.reel = playing.reel.from(positionMs)
    playing.position = positionMs
    playing.since = this.#options.clock.monotonic()
    if (playing.run.kind === 'demo') this.#options.scenery.set(demoSetting(playing.widgets, positionMs))
    this.#goOn()
    return {}
  }

  #running(): Playing {
    if (this.#playing) return this.#playing
    throw new CommandError('conflict', 'nothing is played; start a demo, a burst or a replay first')
  }

  #positionOf({ reel, paused, position, since, speed }: Playing): number {
    if (paused) return position
    return Math.min(reel.lengthMs, position + (this.#options.clock.monotonic() - since) * speed)
  }

  #settlePosition(playing: Playing): void {
    playing.position = this.#positionOf(playing)
    playing.since = this.#options.clock.monotonic()
  }

  /** Plays on from where it now stands; whatever was under way before has had its say. */
  #goOn(): void {
    this.#turn += 1
    this.#timer.set(undefined)
    this.#tell()
    if (this.#playing && !this.#playing.paused) this.#pumpAfter(this.#playing, this.#turn, 0)
  }

  #pumpAfter(playing: Playing, turn: number, delayMs: number): void {
    const pump = () => {
      const pumped = this.#pumping.then(() => this.#pump(playing, turn))
      this.#pumping = pumped.catch((error) => {
        if (turn !== this.#turn) return
        this.#options.log.error({ err: error, runId: playing.run.runId }, 'a simulated run ended: an event was refused')
        this.#end()
      })
    }
    this.#timer.set(this.#options.clock.setTimeout(pump, delayMs))
  }

  /** Publishes what is due, then sleeps until the next is. Waits for the store, so that nothing piles up. */
  async #pump(playing: Playing, turn: number): Promise<void> {
    const { clock } = this.#options
    for (;;) {
      if (turn !== this.#turn) return
      const { reel } = playing
      const { items, nextAtMs } = await reel.due(this.#positionOf(playing), BATCH_MAX, clock.now())
      // Stopped, or elsewhere. What was only held or sped up plays these: nobody is given them again.
      if (this.#playing !== playing || playing.reel !== reel) return
      await Promise.all(items.map((item) => this.#perform(item, playing)))
      // They are out, whatever has been decided meanwhile.
      playing.done += items.length
      if (turn !== this.#turn) return
      if (nextAtMs === null && this.#positionOf(playing) >= this.#endOf(playing)) {
        this.#end()
        return
      }
      if (clock.monotonic() - this.#toldAt >= PROGRESS_PERIOD_MS) this.#tell()
      const waitMs = ((nextAtMs ?? this.#endOf(playing)) - this.#positionOf(playing)) / playing.speed
      if (waitMs > 0) {
        this.#pumpAfter(playing, turn, Math.min(Math.ceil(waitMs), LONGEST_SLEEP_MS))
        return
      }
    }
  }

  /** A recording goes on to its end in silence; all else is over with its last event. */
  #endOf({ run, reel }: Playing): number {
    return run.kind === 'replay' ? reel.lengthMs : 0
  }

  #end(): void {
    const playing = this.#playing
    this.#turn += 1
    this.#timer.set(undefined)
    this.#playing = null
    this.#options.scenery.set(EMPTY_STAGE)
    this.#tell()
    if (playing?.run.kind === 'demo') this.#announce('simulator.demo.ended', playing)
  }

  /** After all that was published before it: who hears of it has taken in the rest. */
  #announce(type: 'simulator.demo.started' | 'simulator.demo.ended', { run: { runId }, cause }: Playing): void {
    this.#options.bus
      .publish({ type, source: SIMULATOR_SOURCE, payload: { runId }, causedBy: cause })
      .catch((error) => {
        this.#options.log.error({ err: error, runId }, 'the beginning or end of the demo could not be stored')
      })
  }

  #tell(): void {
    const { clock } = this.#options
    this.#toldAt = clock.monotonic()
    const run = this.#playing && this.#runOf(this.#playing)
    this.#state.update((draft) => {
      draft.run = run
    })
  }

  #runOf(playing: Playing): Run {
    const { run, reel, speed, paused, done } = playing
    const positionMs = Math.round(this.#positionOf(playing))
    const { lengthMs, total } = reel
    return { ...run, lengthMs, positionMs, toldAt: this.#options.clock.now(), speed, paused, done, total }
  }
}

function demoItems(seed: number, startAt: number): ReelItem[] {
  const changes = demoChanges().map((atMs): ReelItem => ({ atMs, change: true }))
  const commands = demoCommands.map((command): ReelItem => ({ atMs: command.atMs, command }))
  return [...changes, ...demoScript(seed, startAt), ...commands].toSorted((a, b) => a.atMs - b.atMs)
}

function burstOf({ type, mix, count, seconds, perSecond, seed }: ParsedCommandArgs<'simulator.burst'>): BurstReel {
  const entries = mix ?? [{ type: type ?? '', weight: 1 }]
  const types = entries.map((entry) => ({ type: knownType(entry.type), weight: entry.weight }))
  const [first, ...rest] = types
  if (!first) throw new CommandError('invalid_args', 'a mix needs a type', { path: 'mix' })
  const events = count ?? Math.max(1, Math.round((seconds ?? 1) * perSecond))
  return new BurstReel({ types: [first, ...rest], count: events, perSecond, seed: seed ?? randomSeed() })
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
