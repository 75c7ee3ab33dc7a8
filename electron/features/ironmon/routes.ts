/**
 * The original system's HTTP routes for IronMON, in its own envelope. There a challenge is what we call a profile, a seed's
 * id is its attempt number and a checkpoint's id its place from 1 to 23; `challenge_id` chooses another profile than the
 * one that is played.
 */
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import { type IronmonCheckpoint, ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import type { IronmonState } from '../../../contracts/state/ironmon.ts'
import { HttpAnswer, type RouteRequest, type Routes } from '../../kernel/http/routes.ts'
import type { Store } from '../../kernel/store/store.ts'
import { indexOf, leaderOf } from './checkpoints.ts'
import { clearedCount } from './run.ts'
import { clearRate, countRuns, loadProfiles, loadRun, recentResults } from './run-store.ts'

export interface IronmonRoutesOptions {
  routes: Routes
  store: Pick<Store, 'all'>
  state: () => IronmonState
  clock: Clock
  version: string
}

const noQuery = z.object({})
const challengeQuery = z.strictObject({ challenge_id: z.coerce.number().int().positive().optional() })
const recentQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  /** Results with an id below it: the last one of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
})

/** An answer other than success; thrown by the handlers below. */
class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Adds the routes until disposed of. */
export function addIronmonRoutes({ routes, store, state, clock, version }: IronmonRoutesOptions): Disposable {
  const owned = new DisposableStore()
  const now = () => new Date(clock.now()).toISOString()

  function add<Q extends z.ZodType>(
    path: string,
    summary: string,
    query: Q,
    handle: (request: RouteRequest<z.output<Q>, unknown>) => Promise<unknown> | unknown,
  ): void {
    owned.add(
      routes.add({
        method: 'GET',
        path: `/api/ironmon/${path}`,
        scope: 'read',
        summary,
        query,
        async handle(request) {
          try {
            const data = await handle(request)
            return { success: true, data, meta: { timestamp: now(), server_version: version } }
          } catch (error) {
            if (!(error instanceof Refused)) throw error
            const { status, code, message } = error
            return new HttpAnswer(status, { success: false, error: { code, message, timestamp: now() } })
          }
        },
      }),
    )
  }

  async function profileOf(id: number) {
    const profile = (await loadProfiles(store)).find((each) => each.id === id)
    if (!profile)
      throw new Refused(404, 'not_found', `there is no challenge ${id}; GET /api/ironmon/challenges lists them`)
    return profile
  }

  add('run', 'The run that is played, in figures', noQuery, () => runFigures(state()))
  add('challenges', 'The profiles', noQuery, () => loadProfiles(store))
  add('challenges/:id/checkpoints', 'The checkpoints of a profile', noQuery, async ({ params }) => {
    const { id } = await profileOf(idIn(params.id, 'a challenge'))
    return ironmonCheckpoints.map((name) => {
      return { id: indexOf(name), name, trainer: leaderOf(name), order: indexOf(name), challenge_id: id }
    })
  })
  add('checkpoints/:id/stats', 'How often a checkpoint was cleared and lost at', challengeQuery, async (request) => {
    const checkpoint = checkpointIn(request.params.id)
    const profile = await profileOf(request.query.challenge_id ?? state().profile.id)
    const { checkpoints } = await countRuns(store, profile.id)
    const { clears: wins, losses } = checkpoints.get(checkpoint) ?? { clears: 0, losses: 0 }
    return { wins, losses, total: wins + losses, win_rate: clearRate(wins, wins + losses) ?? 0 }
  })
  add('results/recent', 'What became of checkpoints, newest first', recentQuery, async ({ query }) => {
    const results = await recentResults(store, query.limit, query.cursor ?? null)
    const last = results.at(-1)
    return {
      results: results.map(({ id, attempt, profileId, checkpoint, cleared, at }) => ({
        id,
        seed_id: attempt,
        challenge_id: profileId,
        checkpoint_id: indexOf(checkpoint),
        checkpoint_name: checkpoint,
        trainer: leaderOf(checkpoint),
        result: cleared,
        at,
      })),
      next_cursor: last && results.length === query.limit ? last.id : null,
    }
  })
  add('seeds/:id/challenge', 'The profile of a seed and how far it came', challengeQuery, async ({ params, query }) => {
    const attempt = idIn(params.id, 'a seed')
    const profile = await profileOf(query.challenge_id ?? state().profile.id)
    const run = await loadRun(store, profile.id, attempt)
    if (!run) throw new Refused(404, 'not_found', `there is no seed ${attempt} in "${profile.name}"`)
    const last = [...run.results].sort(([, a], [, b]) => b.at - a.at)[0]
    return {
      seed_id: attempt,
      challenge_name: profile.name,
      completed_checkpoints: clearedCount(run),
      last_result: last ? { checkpoint_name: last[0], result: last[1].cleared, at: last[1].at } : null,
    }
  })
  return owned
}

function idIn(text: string | undefined, what: string): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text)
  throw new Refused(400, 'bad_request', `"${text}" is no id of ${what}: expected a number`)
}

function checkpointIn(text: string | undefined): IronmonCheckpoint {
  const checkpoint = ironmonCheckpoints[idIn(text, 'a checkpoint') - 1]
  if (checkpoint) return checkpoint
  throw new Refused(404, 'not_found', `there is no checkpoint ${text}; they are 1 to ${ironmonCheckpoints.length}`)
}

/** As the original's overlays know a run. */
function runFigures({ run, checkpoints }: IronmonState) {
  if (!run) throw new Refused(404, 'not_found', 'no run is played: the game has not told of one yet')
  const current = checkpoints.find(({ name }) => name === run.current)
  return {
    run_number: run.attempt,
    checkpoints_cleared: run.cleared,
    total_checkpoints: checkpoints.length,
    progress_percentage: Math.round((run.cleared / checkpoints.length) * 1000) / 10,
    current_checkpoint: run.current,
    trainer: current?.leader ?? null,
    clear_rate: current?.clearRate ?? null,
    last_cleared: current?.lastCleared ?? null,
    outcome: run.outcome,
  }
}
