/**
 * Where Twitch's events enter the hub: each is announced once, in the order in which it came, together with the memory of
 * it. Owns the publishing of everything that came from Twitch, live or read back. Knows nothing of sockets.
 */
import type { Clock } from '../../../base/clock.ts'
import { errorMessage } from '../../../base/result.ts'
import type { Bus, EventDraft } from '../../kernel/bus.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Statement } from '../../kernel/store/store.ts'
import { isAlreadySeen, keysOf, type Seen } from './seen.ts'
import type { TwitchDraft } from './wire.ts'

/** More events than this waiting for the store, and Twitch is asked to wait (the socket is paused). */
const FULL_AT = 2000
/** The socket goes on when so many are left. */
const DRAINED_AT = 500
/** An event's time is Twitch's, unless it lies further ahead of our clock than this, ms. */
const CLOCK_AHEAD_MS = 60_000

type InboxOutcome = 'published' | 'duplicate' | 'failed'

interface InboxEntry {
  draft: TwitchDraft
  messageId?: string | undefined
  /** ms epoch. */
  at?: number | null | undefined
  alongside?: readonly Statement[] | undefined
}

export interface Inbox {
  accept(entry: InboxEntry): Promise<InboxOutcome>
  readonly isFull: boolean
  /** Resolves when the socket may go on. */
  drained(): Promise<void>
  /** Resolves when everything accepted so far is stored. */
  flush(): Promise<void>
  readonly counts: Readonly<Record<InboxOutcome, number>>
}

export interface InboxOptions {
  bus: Pick<Bus, 'publish'>
  seen: Seen
  clock: Clock
  log: Logger
  /** Hears of each event just before it is stored; answers what is to be written with it. */
  onAccept(draft: TwitchDraft): readonly Statement[]
}

export function createInbox({ bus, seen, clock, log, onAccept }: InboxOptions): Inbox {
  const pending = new Set<Promise<InboxOutcome>>()
  const counts = { published: 0, duplicate: 0, failed: 0 }
  let whenDrained: (() => void)[] = []

  async function publish({ draft, messageId, at, alongside = [] }: InboxEntry): Promise<InboxOutcome> {
    const keys = keysOf(draft, messageId)
    if (seen.has(keys.alike)) return 'duplicate'
    seen.add([...keys.own, ...keys.noted])
    const now = clock.now()
    try {
      await bus.publish({
        ...draft,
        source: 'twitch',
        at: at === null || at === undefined || at > now + CLOCK_AHEAD_MS ? now : at,
        alongside: [...seen.statements(keys), ...onAccept(draft), ...alongside],
        // What happened a moment ago can't have been announced and forgotten; of older things the table has the last word.
        mayBeRefused: at === null || at === undefined || !seen.remembers(at),
        // The draft's type ties the payload to the type; the union can't be rebuilt from parts by the compiler.
      } as EventDraft)
      return 'published'
    } catch (error) {
      if (isAlreadySeen(error)) return 'duplicate'
      seen.remove(keys.own)
      log.error(
        { err: error, type: draft.type, messageId },
        `an event of Twitch could not be stored: ${errorMessage(error)}`,
      )
      return 'failed'
    }
  }

  function settle(work: Promise<InboxOutcome>, outcome: InboxOutcome): void {
    pending.delete(work)
    counts[outcome] += 1
    if (pending.size > DRAINED_AT) return
    for (const go of whenDrained) go()
    whenDrained = []
  }

  return {
    accept(entry) {
      const work = publish(entry)
      pending.add(work)
      void work.then((outcome) => settle(work, outcome))
      return work
    },
    get isFull() {
      return pending.size >= FULL_AT
    },
    drained: () =>
      pending.size <= DRAINED_AT ? Promise.resolve() : new Promise((resolve) => whenDrained.push(resolve)),
    async flush() {
      while (pending.size > 0) await Promise.all(pending)
    },
    counts,
  }
}
