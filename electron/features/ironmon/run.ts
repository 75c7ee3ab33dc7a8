/**
 * One run and what may happen to it. Pure: no clock, no table, no page. A run that is lost has, besides the checkpoints it
 * cleared, one result that is a loss: where it was lost.
 */
import {
  type IronmonCheckpoint,
  type IronmonEndReason,
  type IronmonProof,
  ironmonCheckpoints,
} from '../../../contracts/ironmon.ts'

interface Result {
  cleared: boolean
  /** ms epoch. */
  at: number
  proof: IronmonProof | null
}

export interface Run {
  /** With the attempt, what it is known by: attempt numbers start again in each profile. */
  readonly profileId: number
  readonly attempt: number
  /** ms epoch. */
  readonly startedAt: number
  readonly endedAt: number | null
  readonly outcome: 'lost' | 'won' | null
  readonly endReason: IronmonEndReason | null
  readonly results: ReadonlyMap<IronmonCheckpoint, Result>
}

/** What became of it; words for the event log. */
export type RunFact =
  | { kind: 'ended'; outcome: 'lost' | 'won'; reason: IronmonEndReason }
  | { kind: 'reopened' }
  | { kind: 'cleared'; checkpoint: IronmonCheckpoint; proof: IronmonProof }
  | { kind: 'taken-back'; checkpoint: IronmonCheckpoint }

export interface RunStep {
  run: Run
  /** Empty: nothing has changed. */
  facts: RunFact[]
}

export function newRun(profileId: number, attempt: number, startedAt: number): Run {
  return { profileId, attempt, startedAt, endedAt: null, outcome: null, endReason: null, results: new Map() }
}

function isCleared(run: Run, checkpoint: IronmonCheckpoint): boolean {
  return run.results.get(checkpoint)?.cleared === true
}

export function clearedCount(run: Run): number {
  return ironmonCheckpoints.filter((checkpoint) => isCleared(run, checkpoint)).length
}

/** The next after the furthest cleared: some can be passed by, like the second rival. null when the last is cleared. */
export function currentOf(run: Run): IronmonCheckpoint | null {
  const furthest = ironmonCheckpoints.findLastIndex((checkpoint) => isCleared(run, checkpoint))
  return ironmonCheckpoints[furthest + 1] ?? null
}

/**
 * Nothing changes when it was cleared before. A checkpoint cleared shows that a loss we concluded was none; one that the
 * streamer declared stands.
 */
export function clearCheckpoint(run: Run, checkpoint: IronmonCheckpoint, proof: IronmonProof, at: number): RunStep {
  if (isCleared(run, checkpoint)) return { run, facts: [] }
  if (run.outcome === 'lost' && run.endReason === 'manual' && proof !== 'manual') return { run, facts: [] }
  const before = run.outcome === 'lost' && proof !== 'manual' ? reopenRun(run) : { run, facts: [] }
  const results = new Map(before.run.results).set(checkpoint, { cleared: true, at, proof })
  const facts: RunFact[] = [...before.facts, { kind: 'cleared', checkpoint, proof }]
  const cleared = withLossInPlace({ ...before.run, results })
  if (checkpoint !== 'CHAMP') return { run: cleared, facts }
  const won = endRun({ ...cleared, endedAt: null, outcome: null, endReason: null }, 'champion', at)
  return { run: won.run, facts: [...facts, ...won.facts] }
}

export function takeBack(run: Run, checkpoint: IronmonCheckpoint): RunStep {
  if (!isCleared(run, checkpoint)) return { run, facts: [] }
  const results = new Map(run.results)
  results.delete(checkpoint)
  const without = { ...run, results }
  const opened = checkpoint === 'CHAMP' ? reopenRun(without) : { run: withLossInPlace(without), facts: [] }
  return { run: opened.run, facts: [{ kind: 'taken-back', checkpoint }, ...opened.facts] }
}

export function endRun(run: Run, reason: IronmonEndReason, at: number): RunStep {
  if (run.outcome !== null) return { run, facts: [] }
  const outcome = reason === 'champion' ? 'won' : 'lost'
  const ended = withLossInPlace({ ...run, endedAt: at, outcome, endReason: reason })
  return { run: ended, facts: [{ kind: 'ended', outcome, reason }] }
}

export function reopenRun(run: Run): RunStep {
  if (run.outcome === null) return { run, facts: [] }
  const open = withLossInPlace({ ...run, endedAt: null, outcome: null, endReason: null })
  return { run: open, facts: [{ kind: 'reopened' }] }
}

/** A lost run has its loss where it stands now; any other has none. */
function withLossInPlace(run: Run): Run {
  const results = new Map([...run.results].filter(([, { cleared }]) => cleared))
  const current = currentOf({ ...run, results })
  if (run.outcome === 'lost' && current !== null) {
    results.set(current, { cleared: false, at: run.endedAt ?? run.startedAt, proof: null })
  }
  return { ...run, results }
}
