/** An emote as its picture; until that is there, and where it can't be had, whatever else stands for it. */
import { type JSX, Show } from 'solid-js'
import type { EmoteRef, PictureMotion } from '../../contracts/pictures.ts'
import { emoteAddress } from './picture-address.ts'
import { createPictureLoad } from './picture-load.ts'
import './pictures.css'

export interface EmotePictureProps {
  /** Null: there is no picture. */
  emote: EmoteRef | null
  /** As it is written in chat. */
  name: string
  /** Its height; wide ones take up to three times that. */
  sizePx: number
  motion: PictureMotion
  fallback: JSX.Element
}

export function EmotePicture(props: EmotePictureProps) {
  const address = () => emoteAddress(props.emote, props.motion)
  const isReady = createPictureLoad(address)
  return (
    <Show when={isReady()} fallback={props.fallback}>
      <img
        class="emote-picture"
        src={address()}
        alt={props.name}
        decoding="sync"
        draggable={false}
        style={{ height: `${props.sizePx}px`, 'max-width': `${props.sizePx * 3}px` }}
      />
    </Show>
  )
}
