/** A name or a line in one row that never leaves its box: shrunk to four fifths at most, then cut between characters. */
import { createMemo } from 'solid-js'
import { fitText } from './fit-text.ts'
import { measureText } from './text-measure.ts'
import './fitted-text.css'

export interface FittedTextProps {
  text: string
  /** What it may take up, px. */
  maxWidth: number
  /** Of the full size. */
  sizePx: number
  weight?: 'text' | 'strong'
}

/** As in `tokens.css`; a canvas knows no variables. */
const WEIGHTS = { text: 500, strong: 750 } as const
const FACES = '"Inter Variable", "Noto Sans CJK JP", sans-serif'

export function FittedText(props: FittedTextProps) {
  const font = () => `${WEIGHTS[props.weight ?? 'strong']} ${props.sizePx}px ${FACES}`
  const fitted = createMemo(() => fitText(props.text, props.maxWidth, (text) => measureText(text, font())))
  return (
    <span
      class="fitted-text"
      style={{
        'font-size': `${props.sizePx * fitted().scale}px`,
        'font-weight': `var(--weight-${props.weight ?? 'strong'})`,
        'max-width': `${props.maxWidth}px`,
      }}
    >
      <bdi>{fitted().text}</bdi>
    </span>
  )
}
