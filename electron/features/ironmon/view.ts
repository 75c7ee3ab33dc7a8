/** What is known, as pages see it. Pure. */
import { ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import type { IronmonLink, IronmonRun, IronmonState } from '../../../contracts/state/ironmon.ts'
import { indexOf, leaderOf } from './checkpoints.ts'
import type { Book } from './edit.ts'
import { clearedCount, currentOf, type Run } from './run.ts'
import { bestOf, clearRate, type Statistics } from './run-store.ts'

export function toState(book: Book, statistics: Statistics, link: IronmonLink): IronmonState {
  const { profile, profiles, run, game, team, location, battle } = book
  const { runs, lost, won } = statistics
  return {
    link,
    profile,
    profiles: [...profiles],
    game,
    run: run && runOf(run),
    checkpoints: ironmonCheckpoints.map((name) => {
      const { clears, losses, lastCleared } = statistics.checkpoints.get(name) ?? NEVER
      const result = run?.results.get(name)
      return {
        name,
        index: indexOf(name),
        leader: leaderOf(name),
        clearedAt: result?.cleared ? result.at : null,
        proof: result?.cleared ? result.proof : null,
        clears,
        losses,
        clearRate: clearRate(clears, runs),
        lastCleared,
      }
    }),
    team: [...team],
    location,
    battle,
    statistics: { runs, lost, won, best: bestOf(statistics) },
  }
}

const NEVER = { clears: 0, losses: 0, lastCleared: null }

function runOf(run: Run): IronmonRun {
  const { attempt, startedAt, endedAt, outcome, endReason } = run
  return { attempt, startedAt, endedAt, outcome, endReason, cleared: clearedCount(run), current: currentOf(run) }
}
