/**
 * How many watch and how many follow: Twitch sends no events of it, so it is asked once a minute while the session stands.
 * What can't be read stays as it was. Knows no state topic.
 */
import { z } from 'zod'
import { type Clock, sleep } from '../../../base/clock.ts'
import type { Logger } from '../../kernel/log.ts'
import { SignedOutError } from './auth.ts'
import type { Helix } from './helix.ts'

export interface TwitchFigures {
  /** Null while there is no stream. */
  viewers: number | null
  /** Null until it is known. */
  followers: number | null
}

/** As often as Twitch itself counts anew. */
export const FIGURES_EVERY_MS = 60_000

export interface FiguresOptions {
  helix: Pick<Helix, 'list' | 'total'>
  userId: string
  /** Whether the permission to read followers was given. */
  mayReadFollowers: boolean
  clock: Clock
  log: Pick<Logger, 'debug'>
  onFigures: (figures: Partial<TwitchFigures>) => void
}

const streamSchema = z.object({ viewer_count: z.number().int().nonnegative() })

/** Until `signal` aborts. Rejects when the sign-in is gone. */
export async function watchFigures(options: FiguresOptions, signal: AbortSignal): Promise<void> {
  const { helix, userId, mayReadFollowers, clock, log, onFigures } = options
  async function read(what: string, work: () => Promise<Partial<TwitchFigures>>): Promise<void> {
    try {
      const figures = await work()
      if (!signal.aborted) onFigures(figures)
    } catch (error) {
      if (error instanceof SignedOutError) throw error
      if (!signal.aborted) log.debug({ err: error }, `${what} could not be read; asked again in a minute`)
    }
  }
  while (!signal.aborted) {
    await read('viewers', async () => {
      const [stream] = await helix.list('streams', { user_id: userId }, streamSchema)
      return { viewers: stream?.viewer_count ?? null }
    })
    if (mayReadFollowers) {
      await read('followers', async () => {
        const followers = await helix.total('channels/followers', { broadcaster_id: userId, first: '1' })
        return { followers }
      })
    }
    await sleep(clock, FIGURES_EVERY_MS, signal)
  }
}
