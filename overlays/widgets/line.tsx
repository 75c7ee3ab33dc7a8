/** One row: words that shrink and are cut, and at its end a figure that keeps its size, or a few words that give way last. */
import { Show } from 'solid-js'
import { fitText, MIN_SCALE } from '../text/fit-text.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { measureText } from '../text/text-measure.ts'

interface LineProps {
  words: string
  /** Empty: none, and the words have all the room. */
  figure: string
  /** It is words as well: smaller, and cut where they would leave too little room for the others. */
  isFigureSoft?: boolean
  /** Smaller, behind the figure. */
  note?: string | undefined
  widthPx: number
}

const WORDS_PX = 30
const NOTE_PX = 24
/** Of the width: what a soft figure may take up. */
const SOFT_SHARE = 0.55
const GAP_PX = 24
const FACES = '"Inter Variable", sans-serif'
/** A canvas measures digits as they are by nature; on the page all are as wide as the widest. */
const DIGITS_SLACK = 1.08

function softWidthOf(text: string): number {
  return measureText(text, `500 ${NOTE_PX}px ${FACES}`) * DIGITS_SLACK
}

export function Line(props: LineProps) {
  const softPx = () => Math.floor(props.widthPx * SOFT_SHARE)
  // Small already: cut to what fits as it is, not shrunk further.
  const soft = () => fitText(props.figure, softPx() * MIN_SCALE, softWidthOf).text
  const room = () => {
    if (props.figure === '') return props.widthPx
    if (props.isFigureSoft) {
      return Math.floor(props.widthPx - Math.min(softWidthOf(soft()), softPx()) - GAP_PX)
    }
    const figure = measureText(props.figure, `750 ${WORDS_PX}px ${FACES}`)
    const note = props.note ? measureText(` ${props.note}`, `500 ${NOTE_PX}px ${FACES}`) : 0
    return Math.max(0, Math.floor(props.widthPx - (figure + note) * DIGITS_SLACK - GAP_PX))
  }
  return (
    <p class="line">
      <FittedText text={props.words} maxWidth={room()} sizePx={WORDS_PX} />
      <Show when={props.figure !== ''}>
        <span class="line-figure">
          <Show when={props.isFigureSoft} fallback={<strong>{props.figure}</strong>}>
            <bdi>{soft()}</bdi>
          </Show>
          <Show when={props.note}> {props.note}</Show>
        </span>
      </Show>
    </p>
  )
}
