/** One row: words that shrink and are cut, and a figure at its end that keeps its size. */
import { Show } from 'solid-js'
import { FittedText } from '../text/fitted-text.tsx'
import { measureText } from '../text/text-measure.ts'

interface LineProps {
  words: string
  /** Empty: none, and the words have all the room. */
  figure: string
  /** Smaller, behind the figure. */
  note?: string | undefined
  widthPx: number
}

const WORDS_PX = 30
const NOTE_PX = 24
const GAP_PX = 24
const FACES = '"Inter Variable", sans-serif'
/** A canvas measures digits as they are by nature; on the page all are as wide as the widest. */
const DIGITS_SLACK = 1.08

export function Line(props: LineProps) {
  const room = () => {
    if (props.figure === '') return props.widthPx
    const figure = measureText(props.figure, `750 ${WORDS_PX}px ${FACES}`)
    const note = props.note ? measureText(` ${props.note}`, `500 ${NOTE_PX}px ${FACES}`) : 0
    return Math.max(0, Math.floor(props.widthPx - (figure + note) * DIGITS_SLACK - GAP_PX))
  }
  return (
    <p class="line">
      <FittedText text={props.words} maxWidth={room()} sizePx={WORDS_PX} />
      <Show when={props.figure !== ''}>
        <span class="line-figure">
          <strong>{props.figure}</strong>
          <Show when={props.note}> {props.note}</Show>
        </span>
      </Show>
    </p>
  )
}
