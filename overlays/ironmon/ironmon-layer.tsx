/**
 * The run beside the game: a rail on the right edge, over the omnibar, 432 px wide, so that a game of 3:2 or 4:3 stays
 * free on its left. Attempt, way, team and battle as the state says; when a run ends, the rail says that alone for a
 * while. Drawn only while a show that wears the theme is on and a run is known; otherwise there is no element at all.
 */
import { createEffect, createMemo, createSignal, onCleanup, Show } from 'solid-js'
import type { IronmonBattle, IronmonRun, IronmonState } from '../../contracts/state/ironmon.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { EdgePanel } from '../layer/edge-panel.tsx'
import { createMotionTally } from '../layer/motion-tally.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { RunMoment } from './run-moment.tsx'
import { RunWay } from './run-way.tsx'
import { foeWords } from './run-words.ts'
import { SeedCounter } from './seed-counter.tsx'
import { HealthBar, Level, TeamList } from './team-list.tsx'
import './ironmon.css'

export interface IronmonLayerProps {
  /** Undefined until the hub was heard once; so is `state`. */
  show: CurrentShow | undefined
  state: IronmonState | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

/** A state with a run in it. */
type Running = IronmonState & { run: IronmonRun }

/** How long the end of a run is all there is, ms. */
export const MOMENT_MS = 10_000
const FOE_WIDTH = 300
const OPPONENT_WIDTH = 252

export function IronmonLayer(props: IronmonLayerProps) {
  const tally = createMotionTally((animating) => props.onAnimating(animating))
  const running = createMemo(() => {
    const { show, state } = props
    return show?.theme === 'ironmon' && state?.run ? (state as Running) : null
  })
  const ended = createMoment(() => props.state?.run ?? null, props.hubNow)
  const moment = createMemo(() => (ended() ? running() : null))
  return (
    <div class="ironmon" data-show="ironmon" style={accentStyle(props.show)}>
      <EdgePanel content={running()} edge="right" class="rail" onMotion={tally.of('rail')}>
        {(state) => (
          <>
            <div class="rail-plate" />
            <Seed run={state().run} onMotion={tally.of('seed')} />
            <div class="rail-body">
              <RunWay run={state().run} checkpoints={state().checkpoints} />
              <TeamList team={state().team} />
            </div>
          </>
        )}
      </EdgePanel>
      <EdgePanel
        content={fightOf(moment() ? null : running())}
        edge="right"
        class="battle"
        onMotion={tally.of('battle')}
      >
        {(state) => <Battle battle={state().battle} checkpoints={state().checkpoints} />}
      </EdgePanel>
      <EdgePanel content={moment()} edge="right" class="moment" onMotion={tally.of('moment')}>
        {(state) => <RunMoment run={state().run} checkpoints={state().checkpoints} />}
      </EdgePanel>
    </div>
  )
}

type Fighting = IronmonState & { battle: IronmonBattle }

function fightOf(state: IronmonState | null): Fighting | null {
  return state?.battle ? (state as Fighting) : null
}

/**
 * Whether the run has ended a moment ago: since this page saw it, for the game's own clock may be another; a page that is
 * loaded then goes by the hub's.
 */
function createMoment(run: () => IronmonRun | null, hubNow: () => number): () => boolean {
  const [isOn, setOn] = createSignal(false)
  let seen: { attempt: number; isOver: boolean } | null = null
  let ending: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(ending))
  createEffect(() => {
    const current = run()
    const before = seen
    seen = current && { attempt: current.attempt, isOver: current.outcome !== null }
    if (!current || current.outcome === null) return end()
    if (before?.attempt === current.attempt && before.isOver) return
    const sinceMs = before ? 0 : Math.max(0, hubNow() - (current.endedAt ?? 0))
    if (sinceMs >= MOMENT_MS) return end()
    clearTimeout(ending)
    setOn(true)
    ending = setTimeout(() => setOn(false), MOMENT_MS - sinceMs)
  })
  function end(): void {
    clearTimeout(ending)
    setOn(false)
  }
  return isOn
}

const OUTCOMES = { lost: 'Lost', won: 'Won' } as const

function Seed(props: { run: IronmonRun; onMotion: (moving: boolean) => void }) {
  return (
    <header class="seed" data-outcome={props.run.outcome ?? undefined}>
      <span class="seed-label">
        Attempt
        <Show when={props.run.outcome}>{(outcome) => <strong class="seed-outcome">{OUTCOMES[outcome()]}</strong>}</Show>
      </span>
      <SeedCounter attempt={props.run.attempt} onMotion={props.onMotion} />
    </header>
  )
}

function Battle(props: { battle: IronmonBattle; checkpoints: IronmonState['checkpoints'] }) {
  return (
    <>
      <div class="battle-foe">
        <i class="battle-mark" />
        <FittedText text={foeWords(props.battle, props.checkpoints)} maxWidth={FOE_WIDTH} sizePx={24} />
      </div>
      <Show when={props.battle.opponent}>
        {(opponent) => (
          <>
            <div class="member-line">
              <FittedText text={opponent().name || 'Unknown'} maxWidth={OPPONENT_WIDTH} sizePx={36} />
              <Level level={opponent().level} />
            </div>
            <Show when={opponent().hp}>{(hp) => <HealthBar hp={hp()} />}</Show>
          </>
        )}
      </Show>
    </>
  )
}
