/** What the omnibar can say of the run: the state as content. Knows neither layers nor times. */

import { Emitter } from '../../../base/emitter.ts'
import type { ContentOf, StandingContentType } from '../../../contracts/content.ts'
import type { IronmonState } from '../../../contracts/state/ironmon.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'

/** Null while nothing was ever run: there is nothing to say then. */
function runStatisticsOf(state: IronmonState): ContentOf<'run-statistics'> | null {
  const { run, checkpoints } = state
  if (!run) return null
  const current = checkpoints.find(({ name }) => name === run.current)
  return {
    type: 'run-statistics',
    run_number: run.attempt,
    checkpoints_cleared: run.cleared,
    total_checkpoints: checkpoints.length,
    progress_percentage: (run.cleared / checkpoints.length) * 100,
    current_checkpoint: run.current,
    trainer: current?.leader ?? null,
    clear_rate: current?.clearRate ?? null,
  }
}

/** As `runStatisticsOf`. A run that is over has no current checkpoint. */
function runProgressionOf(state: IronmonState): ContentOf<'run-progression'> | null {
  const { run, checkpoints, statistics } = state
  if (!run) return null
  const isActive = run.endedAt === null
  const current = isActive ? checkpoints.find(({ name }) => name === run.current) : undefined
  return {
    type: 'run-progression',
    has_active_run: isActive,
    current_checkpoint: current?.name ?? null,
    trainer: current?.leader ?? null,
    clear_rate: current?.clearRate ?? null,
    last_cleared_seed: current?.lastCleared ?? null,
    attempts_on_record: statistics.runs,
    checkpoints: checkpoints.map(({ name, clearedAt }) => ({
      name,
      status: clearedAt !== null ? 'cleared' : name === current?.name ? 'current' : 'pending',
    })),
  }
}

/** Offers both for as long as the feature runs, and says which of them has changed. */
export class RunContent implements ContentProvider {
  readonly types = ['run-statistics', 'run-progression'] as const
  readonly #didChange = new Emitter<StandingContentType>()
  readonly onDidChange = this.#didChange.event
  #statistics: ContentOf<'run-statistics'> | null = null
  #progression: ContentOf<'run-progression'> | null = null

  read(type: StandingContentType): ContentOf<'run-statistics'> | ContentOf<'run-progression'> | null {
    if (type === 'run-statistics') return this.#statistics
    return type === 'run-progression' ? this.#progression : null
  }

  /** `state`: null when the feature has stopped. */
  take(state: IronmonState | null): void {
    const statistics = state && runStatisticsOf(state)
    const progression = state && runProgressionOf(state)
    const changed = this.types.filter(
      (type) => !isEqual(type === 'run-statistics' ? statistics : progression, this.read(type)),
    )
    this.#statistics = statistics
    this.#progression = progression
    for (const type of changed) this.#didChange.fire(type)
  }
}

function isEqual(a: object | null, b: object | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
