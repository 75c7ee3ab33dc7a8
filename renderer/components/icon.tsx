/** The few marks that need no translation. Always beside a word, or with a label of the control around them. */
import type { JSX } from 'solid-js'
import './icon.css'

const shapes = {
  check: () => <path d="M3 8.5 6.5 12 13 4.5" />,
  cross: () => <path d="M4 4l8 8M12 4l-8 8" />,
  warning: () => <path d="M8 2 15 14H1L8 2Zm0 5v3m0 1.8v.4" />,
  play: () => <path class="fill" d="M4 2.5v11l9-5.5z" />,
  pause: () => <path class="fill" d="M4 3h3v10H4zM9 3h3v10H9z" />,
  skip: () => <path class="fill" d="M3 3v10l7-5zM11 3h2v10h-2z" />,
  replay: () => <path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5.2h2.8" />,
  record: () => <circle class="fill" cx="8" cy="8" r="4.5" />,
  stop: () => <path class="fill" d="M4 4h8v8H4z" />,
  speaker: () => <path d="M2.5 6v4H5l3.5 3V3L5 6zM11 5.5a3.5 3.5 0 0 1 0 5" />,
  muted: () => <path d="M2.5 6v4H5l3.5 3V3L5 6zM11 6l3.5 4m0-4L11 10" />,
  copy: () => <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  search: () => <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14" />,
  up: () => <path d="M8 13V3M4 7l4-4 4 4" />,
  down: () => <path d="M8 3v10M4 9l4 4 4-4" />,
  'chevron-up': () => <path d="M3 10.5 8 5.5l5 5" />,
  plus: () => <path d="M8 3v10M3 8h10" />,
  eye: () => (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  'eye-off': () => (
    <path d="M2 2l12 12M4 4.8A12 12 0 0 0 1.5 8S4 12.5 8 12.5c1.3 0 2.4-.4 3.3-1M6.8 3.6C7.2 3.5 7.6 3.5 8 3.5c4 0 6.5 4.5 6.5 4.5s-.6 1-1.6 2.1" />
  ),
  grip: () => <path class="fill" d="M5 3h2v2H5zM9 3h2v2H9zM5 7h2v2H5zM9 7h2v2H9zM5 11h2v2H5zM9 11h2v2H9z" />,
  undo: () => <path d="M6 3 2.5 6.5 6 10M3 6.5h6a4 4 0 0 1 0 8H7" />,
  redo: () => <path d="M10 3l3.5 3.5L10 10M13 6.5H7a4 4 0 0 0 0 8h2" />,
  sun: () => (
    <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
  ),
  moon: () => <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z" />,
  half: () => (
    <>
      <circle cx="8" cy="8" r="6" />
      <path class="fill" d="M8 2a6 6 0 0 1 0 12z" />
    </>
  ),
  link: () => <path d="M6.5 9.5l3-3M7 4.5 9 2.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-2 2A3.2 3.2 0 0 1 2.5 9l2-2" />,
} satisfies Record<string, () => JSX.Element>

export type IconName = keyof typeof shapes

export function Icon(props: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      {shapes[props.name]()}
    </svg>
  )
}
