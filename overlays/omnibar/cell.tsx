/** What contents of the bar are put together from: a cell, a figure, quiet words, a track that fills up. */
import type { JSX } from 'solid-js'
import { figure } from './omnibar-words.ts'

/** Cells that find no room are not seen: they wrap to a row that is cut off. `rank`: 0 is the first among its like. */
export function Cell(props: { children: JSX.Element; rank?: number }) {
  return (
    <div class="cell" data-rank={props.rank}>
      {props.children}
    </div>
  )
}

export function Figure(props: { value: number }) {
  return <span class="figure">{figure(props.value)}</span>
}

export function Quiet(props: { children: JSX.Element }) {
  return <span class="quiet">{props.children}</span>
}

/** `share`: 0 to 1; more is full. */
export function Track(props: { share: number }) {
  return (
    <div class="track">
      <div class="track-fill" style={{ transform: `scaleX(${Math.min(1, Math.max(0, props.share))})` }} />
    </div>
  )
}
