/**
 * Whether the stream was on at a given moment. OBS's word counts before Twitch's; but when OBS dies its word dies with it,
 * and that must not look like the end of the stream: what it last said is remembered for a while. Who ends the stream, or
 * OBS, by hand ends it at once, though Twitch takes a minute to notice. Knows no rule and no machine.
 */
import type { Clock } from '../../../../base/clock.ts'
import { Emitter, type Event } from '../../../../base/emitter.ts'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import type { EventType } from '../../../../contracts/events.ts'
import type { Bus } from '../../../kernel/bus.ts'

/** How long a stream counts as on after OBS has vanished in the middle of it, ms: the time it takes to bring it back twice. */
const REMEMBERED_MS = 10 * 60_000
/** The same where the hub itself was away, ms: it can't know for how long. */
const REMEMBERED_OVER_RESTART_MS = 60_000

type StreamEvent = Extract<EventType, `obs.${string}` | `twitch.stream.${string}`>

export interface OnAirOptions {
  bus: Pick<Bus, 'on'>
  clock: Clock
  /** Whether OBS streams; null while the hub is not connected to it. */
  obs: () => boolean | null
  /** Whether Twitch says that the channel is live; null while the hub can't know. */
  twitch: () => boolean | null
  /** OBS's last word before the hub was started anew. */
  wasStreaming: boolean
}

export class OnAir extends DisposableStore {
  readonly #clock: Clock
  readonly #twitch: () => boolean | null
  readonly #didChange = this.add(new Emitter<void>())
  /** OBS's word. */
  #obs: boolean | null
  /** Until when OBS's word of before it vanished counts, ms epoch. */
  #rememberedUntil: number | null
  #lostAt: number | null = null
  /** OBS was told to end the stream: Twitch's word is out of date. */
  #endedByHand = false
  #onUntil: number | null = null

  constructor({ bus, clock, obs, twitch, wasStreaming }: OnAirOptions) {
    super()
    this.#clock = clock
    this.#twitch = twitch
    this.#obs = obs()
    this.#rememberedUntil = wasStreaming && this.#obs === null ? clock.now() + REMEMBERED_OVER_RESTART_MS : null
    const on = (types: readonly StreamEvent[], hear: (at: number) => void) =>
      this.add(
        bus.on(types, ({ at, source }) => {
          // What is made up goes on nobody's air.
          if (source !== 'simulator') hear(at)
        }),
      )
    on(['obs.connected'], () => this.#hear(obs() ?? false))
    on(['obs.stream.started'], () => this.#hear(true))
    // After a crash it is told on the way back, when it is known already: then it is no act of anybody.
    on(['obs.stream.stopped', 'obs.exiting'], (at) => this.#endByHand(at))
    on(['obs.disconnected'], (at) => this.#lose(at))
    on(['twitch.stream.online'], () => this.#begin())
    on(['twitch.stream.offline'], (at) => this.#end(at))
  }

  /** Something changed that one may have waited for. */
  readonly onDidChange: Event<void> = this.#didChange.event

  /** What to hand in as `wasStreaming` next time. */
  get isStreaming(): boolean {
    return this.#obs ?? this.#isRemembered
  }

  get isObsAway(): boolean {
    return this.#obs === null
  }

  /** When the hub last lost OBS, ms epoch. */
  get obsLostAt(): number | null {
    return this.#lostAt
  }

  /** `at`: ms epoch, lately. */
  wasOn(at: number): boolean {
    if (this.#obs === true || this.#isRemembered) return true
    if (this.#twitch() === true && !this.#endedByHand) return true
    return this.#onUntil !== null && this.#onUntil >= at
  }

  get #isRemembered(): boolean {
    return this.#rememberedUntil !== null && this.#clock.now() < this.#rememberedUntil
  }

  #hear(isStreaming: boolean): void {
    this.#obs = isStreaming
    this.#rememberedUntil = null
    if (isStreaming) this.#endedByHand = false
    this.#didChange.fire()
  }

  #endByHand(at: number): void {
    if (this.#obs !== true) return
    this.#obs = false
    this.#endedByHand = true
    this.#onUntil = at
    this.#didChange.fire()
  }

  #lose(at: number): void {
    if (this.#obs === null) return
    if (this.#obs) this.#rememberedUntil = this.#clock.now() + REMEMBERED_MS
    this.#obs = null
    this.#lostAt = at
    this.#didChange.fire()
  }

  #begin(): void {
    this.#endedByHand = false
    this.#didChange.fire()
  }

  /** Twitch says that it is over. Where OBS streams elsewhere that is no matter. */
  #end(at: number): void {
    if (!this.#endedByHand) this.#onUntil = at
    this.#rememberedUntil = null
    this.#endedByHand = false
    this.#didChange.fire()
  }
}
