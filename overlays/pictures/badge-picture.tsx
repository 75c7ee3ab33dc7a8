/** A chat badge as its picture; where it can't be had a word for those that matter, and nothing for the others. */
import { Show } from 'solid-js'
import type { BadgeRef } from '../../contracts/pictures.ts'
import { badgeAddress } from './picture-address.ts'
import { createPictureLoad } from './picture-load.ts'
import './pictures.css'

const WORDS: Readonly<Record<string, string>> = {
  broadcaster: 'Host',
  moderator: 'Mod',
  lead_moderator: 'Mod',
  vip: 'VIP',
  subscriber: 'Sub',
  founder: 'Sub',
}

export function BadgePicture(props: { badge: BadgeRef; sizePx: number }) {
  const address = () => badgeAddress(props.badge)
  const isReady = createPictureLoad(address)
  const word = () => (Object.hasOwn(WORDS, props.badge.set_id) ? WORDS[props.badge.set_id] : undefined)
  return (
    <Show when={isReady()} fallback={<Show when={word()}>{(text) => <span class="badge-word">{text()}</span>}</Show>}>
      <img
        class="badge-picture"
        src={address()}
        alt={word() ?? ''}
        decoding="sync"
        draggable={false}
        style={{ width: `${props.sizePx}px`, height: `${props.sizePx}px` }}
      />
    </Show>
  )
}
