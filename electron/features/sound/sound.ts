/**
 * The sound: starts the sounds of alerts, in exactly one place. The hub elects the place among the stages and the
 * picture's viewers that can be heard, tells it alone, and asks the next one when it does not play. Knows neither what an
 * alert looks like nor how a sound is made. After a restart of the hub nothing sounds again: what was playing is not kept.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { Alert } from '../../../contracts/alert.ts'
import {
  cueStartedSchema,
  type OverlayPushes,
  overlayJoinSchema,
  type SoundCue,
} from '../../../contracts/overlay-presence.ts'
import type { AlertsState } from '../../../contracts/state/alerts.ts'
import { OVERLAY_TOPIC_PREFIX } from '../../../contracts/topics.ts'
import type { Channels, Guest } from '../../kernel/channels/channels.ts'
import { CommandError } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import { Election } from './election.ts'
import type { SoundViewers } from './sound-viewers.ts'

/** A player that has not started by then loses its office. */
export const START_DEADLINE_MS = 400
/** Later than this nobody else is asked: the sound would no longer belong to its picture. */
export const CUE_LIFE_MS = 1000

/** As many as a page holds decoded; the rest is fetched when it is wanted. */
const MAX_PREPARED = 24

export interface Sound extends Service {
  /** Where sounds play: the id of a guest or of a viewer; null when nothing can be heard anywhere. */
  readonly elected: string | null
  readonly onDidChange: Event<void>
}

export interface SoundOptions {
  channels: Pick<Channels, 'presence' | 'onMessage'>
  viewers: SoundViewers
  alerts: {
    /** An alert comes on screen for the first time. */
    readonly onDidStart: Event<{ alert: Pick<Alert, 'sound' | 'volume'>; sound: AlertsState['sound'] }>
    /** The volume of all sounds. */
    readonly sound: AlertsState['sound']
  }
  /** Which sounds there are, and which of them may be wanted soon. */
  library: {
    has(sound: string): boolean
    readonly wanted: readonly string[]
    readonly onDidChangeWanted: Event<void>
    /** The streamer wants to hear one. */
    readonly onDidTest: Event<Pick<Alert, 'volume'> & { sound: string }>
  }
  producer: {
    /** A rule of the show's table has a sound. */
    readonly onDidSound: Event<Pick<Alert, 'volume'> & { sound: string }>
  }
  clock: Clock
  log: Pick<Logger, 'warn' | 'debug'>
}

export function createSound(options: SoundOptions): Sound {
  const didChange = new Emitter<void>()
  let elected: string | null = null
  const onElected = (id: string | null) => {
    if (id === elected) return
    elected = id
    didChange.fire()
  }
  return {
    id: 'sound',
    ...ALWAYS_HEALTHY,
    get elected() {
      return elected
    },
    onDidChange: didChange.event,
    async run(signal) {
      const session = new SoundSession(options, onElected)
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
        onElected(null)
      }
    },
  }
}

/** A cue on its way: nobody has said yet that it started it. */
interface PendingCue {
  readonly cue: SoundCue
  /** Everyone it was sent to: nobody gets it twice. */
  readonly sentTo: Set<string>
  /** Whose answer is awaited. */
  player: string | null
  /** On the monotonic clock. */
  readonly endsAt: number
}

class SoundSession {
  readonly #options: SoundOptions
  readonly #onElected: (id: string | null) => void
  readonly #owned = new DisposableStore()
  /** The end of the wait for a player, or of the cue itself. */
  readonly #wait = this.#owned.add(new MutableDisposable())
  readonly #pardon = this.#owned.add(new MutableDisposable())
  readonly #election = new Election()
  readonly #stages = new Map<string, Guest>()
  #elected: string | null = null
  /** At most one: a newer sound takes the place of an older one that nobody has started. */
  #pending: PendingCue | null = null

  constructor(options: SoundOptions, onElected: (id: string | null) => void) {
    this.#options = options
    this.#onElected = onElected
    const { channels, viewers, alerts, producer, library } = options
    const topic = `${OVERLAY_TOPIC_PREFIX}*`
    const scopes = ['overlay'] as const
    this.#owned.add(viewers.onDidJoin(() => this.#playersChanged()))
    this.#owned.add(viewers.onDidLeave(() => this.#playersChanged()))
    this.#owned.add(viewers.onDidStartCue(({ viewer, id }) => this.#started(viewer, id)))
    this.#owned.add(
      channels.presence({
        topic,
        scopes,
        onJoin: (guest) => this.#stageJoined(guest),
        onLeave: ({ id }) => {
          if (this.#stages.delete(id)) this.#playersChanged()
        },
      }),
    )
    this.#owned.add(
      channels.onMessage({
        topic,
        event: 'cue-started',
        scopes,
        handle: (payload, { guestId }) => {
          this.#started(guestId ?? '', parseCueStarted(payload))
          return {}
        },
      }),
    )
    this.#owned.add(alerts.onDidStart(({ alert, sound }) => this.#play(alert, sound)))
    this.#owned.add(producer.onDidSound((cue) => this.#play(cue, alerts.sound)))
    this.#owned.add(library.onDidTest((cue) => this.#play(cue, alerts.sound)))
    this.#owned.add(library.onDidChangeWanted(() => this.#prepare()))
    this.#playersChanged()
  }

  dispose(): void {
    this.#pending = null
    this.#owned.dispose()
  }

  // Who plays

  #stageJoined(guest: Guest): void {
    if (!overlayJoinSchema.safeParse(guest.params).data?.canPlay) return
    this.#stages.set(guest.id, guest)
    // A page that comes back may believe that it still is what it was.
    tellElected(guest, false)
    this.#playersChanged()
  }

  #playersChanged(): void {
    const viewers = this.#options.viewers.viewers().filter(({ canPlay }) => canPlay)
    this.#election.setPlayers([
      ...[...this.#stages.values()].map(({ id, since, agent }) => ({ id, since, agent, drawsLayers: true })),
      ...viewers.map(({ id, since, agent }) => ({ id, since, agent, drawsLayers: false })),
    ])
    this.#elect()
    this.#pursue()
  }

  #elect(): void {
    const { clock } = this.#options
    const next = this.#election.pardon(clock.monotonic())
    const wait = next === null ? undefined : clock.setTimeout(() => this.#elect(), next - clock.monotonic())
    this.#pardon.set(wait)
    const best = this.#election.best()
    if (best === this.#elected) return
    const before = this.#stages.get(this.#elected ?? '')
    // First silence, then sound: for a moment none, never two.
    if (before) tellElected(before, false)
    this.#elected = best
    const after = this.#stages.get(best ?? '')
    if (after) tellElected(after, true)
    if (this.#options.library.wanted.length > 0) this.#prepare()
    this.#onElected(best)
  }

  /** Who is elected has at hand what it may be asked for, so that a sound starts with its picture. */
  #prepare(): void {
    const player = this.#elected
    if (player === null) return
    const sounds = this.#options.library.wanted.slice(0, MAX_PREPARED)
    const stage = this.#stages.get(player)
    if (stage) stage.push('prepare', { sounds } satisfies OverlayPushes['prepare'])
    else this.#options.viewers.prepare(player, sounds)
  }

  // What is played

  #play({ sound, volume }: Pick<Alert, 'sound' | 'volume'>, master: AlertsState['sound']): void {
    const loudness = Math.min(1, Math.max(0, volume * master.volume))
    if (sound === null || master.muted || loudness === 0) return
    if (!this.#options.library.has(sound)) {
      this.#options.log.warn({ sound }, 'a sound was not played: it is not there any more; choose another in the rule')
      return
    }
    const endsAt = this.#options.clock.monotonic() + CUE_LIFE_MS
    this.#pending = { cue: { id: newId(), sound, volume: loudness }, sentTo: new Set(), player: null, endsAt }
    this.#pursue()
  }

  /** Sees to it that the pending cue is with a player that is there, as long as it makes sense. */
  #pursue(): void {
    const pending = this.#pending
    if (!pending || (pending.player !== null && this.#election.has(pending.player))) return
    const { clock } = this.#options
    const lifeMs = pending.endsAt - clock.monotonic()
    if (lifeMs <= 0) {
      this.#giveUp(pending)
      return
    }
    pending.player = this.#election.best(pending.sentTo)
    const waitMs = pending.player === null ? lifeMs : START_DEADLINE_MS
    this.#wait.set(clock.setTimeout(() => this.#overdue(pending), waitMs))
    if (pending.player !== null) this.#send(pending.player, pending)
  }

  #send(player: string, { cue, sentTo }: PendingCue): void {
    sentTo.add(player)
    const stage = this.#stages.get(player)
    if (stage) stage.push('cue', cue satisfies OverlayPushes['cue'])
    else this.#options.viewers.cue(player, cue)
  }

  #overdue(pending: PendingCue): void {
    if (pending.player !== null) this.#election.demote(pending.player, this.#options.clock.monotonic())
    pending.player = null
    this.#elect()
    this.#pursue()
  }

  #giveUp({ cue, sentTo }: PendingCue): void {
    this.#pending = null
    this.#wait.set(undefined)
    const { log } = this.#options
    const about = { sound: cue.sound, asked: sentTo.size }
    // While no page is open nobody expects to hear anything.
    if (sentTo.size === 0) log.debug(about, 'a sound was not heard: no page that could play it was there')
    else log.warn(about, 'a sound was not heard: no page played it in time')
  }

  /** A player that answers too late has lost its office already; what it says changes nothing. */
  #started(player: string, id: string): void {
    const pending = this.#pending
    if (pending?.cue.id !== id || pending.player !== player) return
    this.#pending = null
    this.#wait.set(undefined)
    this.#election.prove(player)
    this.#elect()
  }
}

function tellElected(guest: Guest, elected: boolean): void {
  guest.push('elected', { elected } satisfies OverlayPushes['elected'])
}

function parseCueStarted(payload: unknown): string {
  const parsed = cueStartedSchema.safeParse(payload)
  if (parsed.success) return parsed.data.id
  throw new CommandError('invalid_args', 'payload.id: must be the id of the cue', { path: 'payload.id' })
}
