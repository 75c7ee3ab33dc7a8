/** Who speaks and what they say, as chat and highlight draw it. What viewers write is text, always. */
import { For, Show } from 'solid-js'
import { readableColour } from '../../../base/readable-colour.ts'
import type { PictureMotion } from '../../../contracts/pictures.ts'
import type { ChatLine } from '../../../contracts/state/chat.ts'
import { BadgePicture } from '../../pictures/badge-picture.tsx'
import { PicturedWords } from '../../pictures/pictured-words.tsx'
import { FittedText } from '../../text/fitted-text.tsx'

/** `--plate` as it is over a dark frame; over a bright one it is hardly brighter. */
const PLATE = '#0b0c0f'
/** For who never chose a colour; told apart by who they are. */
const COLOURS = ['#ffc46b', '#ff96b0', '#85cdff', '#7ce8be', '#d6d9e0'] as const

export interface ChatterProps {
  line: ChatLine
  textSize: number
  maxWidth: number
  showBadges: boolean
}

export function Chatter(props: ChatterProps) {
  return (
    <span class="chatter" style={{ color: colourOf(props.line) }}>
      <Show when={props.showBadges}>
        <For each={props.line.badges.slice(0, 3)}>
          {(badge) => <BadgePicture badge={badge} sizePx={Math.round(props.textSize * 0.9)} />}
        </For>
      </Show>
      <FittedText text={props.line.user_name} maxWidth={props.maxWidth} sizePx={props.textSize} />
    </span>
  )
}

export interface SaidProps {
  line: ChatLine
  textSize: number
  emotes: PictureMotion | 'words'
}

export function Said(props: SaidProps) {
  return (
    <bdi class="said">
      <PicturedWords fragments={props.line.fragments} textSize={props.textSize} pictures={props.emotes} />
    </bdi>
  )
}

function colourOf({ color, user_id }: ChatLine): string {
  const chosen = readableColour(color, PLATE)
  if (chosen) return chosen
  const sum = [...user_id].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0)
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0]
}
