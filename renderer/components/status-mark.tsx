/** A status as a shape, so that colour is never the only sign. The word stands beside it. */
import './status-mark.css'

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off'

export function StatusMark(props: { tone: Tone }) {
  return (
    <svg class="mark" data-tone={props.tone} viewBox="0 0 12 12" aria-hidden="true">
      {shapeOf(props.tone)}
    </svg>
  )
}

function shapeOf(tone: Tone) {
  switch (tone) {
    case 'ok':
      return <circle cx="6" cy="6" r="5" />
    case 'busy':
      return <circle class="ring" cx="6" cy="6" r="4" />
    case 'warn':
      return <path d="M6 .5 11.8 11H.2z" />
    case 'bad':
      return <path d="M1 1h10v10H1z" />
    case 'off':
      return <path class="ring" d="M2 6h8" />
  }
}
